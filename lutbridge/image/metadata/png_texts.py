"""A PNG's texts and density as an EXIF block, for the other formats.

Source: PNG, third edition, 11.3.3 (textual information) and 11.3.4.3 (pHYs); EXIF 2.32, 4.6.
"""

import struct

from lutbridge.image.formats.png_chunks import Chunk, raw_profile_in, text_in
from lutbridge.image.metadata.ifd import Entry, Layout, ifd_bytes

_ASCII, _SHORT, _RATIONAL = 2, 3, 5  # TIFF types
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _INCH = 282, 283, 296, 2
_TAGS = {"Copyright": 33432, "Author": 315, "Description": 270, "Software": 305}
_METRE = 1  # unit of pHYs
_MOST_BYTES = 8 << 20  # of all texts together, unpacked; a long caption has a few kB


def exif_of(chunks: tuple[Chunk, ...]) -> bytes | None:
    """An EXIF block with the texts that EXIF has a tag for, and the density; None if there is neither."""
    layout = Layout("<")
    entries = [
        Entry(_TAGS[keyword], _ASCII, len(text) + 1, text + b"\0", 0)
        for keyword, text in _texts(chunks).items()
        if keyword in _TAGS
    ]
    for chunk in chunks:
        if chunk.kind == b"pHYs" and len(chunk.data) == 9 and chunk.data[8] == _METRE:
            for tag, density in zip((_X_RESOLUTION, _Y_RESOLUTION), struct.unpack(">II", chunk.data[:8]), strict=True):
                entries.append(Entry(tag, _RATIONAL, 1, layout.pack("I", min(density, 2**25) * 127, 5000), 0))
            entries.append(Entry(_RESOLUTION_UNIT, _SHORT, 1, layout.pack("H", _INCH), 0))
    start = len(layout.header) + layout.inline_bytes
    return layout.header + layout.pack("I", start) + ifd_bytes(layout, tuple(entries), start) if entries else None


def left_out(chunks: tuple[Chunk, ...], has_exif: bool) -> list[str]:
    """A notice that names the texts without a place in the result: all of them, if the PNG has its own EXIF block."""
    lost = [keyword for keyword in _texts(chunks) if has_exif or keyword not in _TAGS]
    return [f"its texts ({', '.join(lost)}) are left out"] if lost else []


def _texts(chunks: tuple[Chunk, ...]) -> dict[str, bytes]:
    """Keyword → text in UTF-8, the first of each."""
    found: dict[str, bytes] = {}
    room = _MOST_BYTES
    for chunk in chunks:
        text = text_in(chunk, room)
        room -= len(text[1]) if text else 0
        if text and (raw_profile_in(chunk) or ("",))[0] != "iptc":
            found.setdefault(*text)
    return found
