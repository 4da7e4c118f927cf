"""Whether a maker note, in its proprietary format, points to places outside itself."""

from lutbridge.image.metadata.ifd import TYPE_SIZES, Entry, Layout

NOTICE = "its maker note points to places outside itself, and what stood there is left out"
_HEADS = (0, 6, 8, 10, 12, 14, 16, 18)  # bytes of makers' names before their directory, as exiftool lists them
_MOST_ENTRIES, _ENTRY_BYTES = 512, 12


def points_outside(note: Entry, layout: Layout) -> bool:
    """Whether the note is a directory with values elsewhere: neither in it nor relative to its start."""
    return any(_outside(note, layout, head) for head in _HEADS)


def _outside(note: Entry, layout: Layout, head: int) -> bool:
    data, order = note.value, "little" if layout.order == "<" else "big"
    count = int.from_bytes(data[head : head + 2], order)
    end = head + 2 + count * _ENTRY_BYTES
    if not 0 < count <= _MOST_ENTRIES or end > len(data):
        return False
    outside = False
    for at in range(head + 2, end, _ENTRY_BYTES):
        type_, number, place = (
            int.from_bytes(data[at + start : at + stop], order) for start, stop in ((2, 4), (4, 8), (8, 12))
        )
        if type_ not in TYPE_SIZES or not number:
            return False  # no directory after all
        length = number * TYPE_SIZES[type_]
        inside = note.offset <= place and place + length <= note.offset + len(data)
        outside |= length > 4 and not inside and place + length > len(data)
    return outside
