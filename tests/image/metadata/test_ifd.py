import io

import pytest

from lutbridge.image.metadata.ifd import EXIF_IFD, GPS_IFD, MAKER_NOTE, Entry, IfdError, Layout, Reader, ifd_bytes

from .. import samples

LAYOUTS = [Layout("<"), Layout(">"), Layout("<", big=True), Layout(">", big=True)]


def file_with(layout, entries):
    head = layout.header + bytes(layout.inline_bytes)
    start = len(head)
    return io.BytesIO(layout.header + layout.pack(layout.offset_format, start) + ifd_bytes(layout, entries, start))


def plain(entries):
    """Tags, types and values without their places, which a copy may change."""
    return [
        (entry.tag, entry.count, plain(entry.value) if isinstance(entry.value, tuple) else (entry.type, entry.value))
        for entry in sorted(entries, key=lambda entry: entry.tag)
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_what_is_written_is_read(layout):
    note = Entry(MAKER_NOTE, 7, 30, bytes(range(30)), 0)
    entries = samples.camera_entries(layout, 6, note)
    file = file_with(layout, entries)
    reader = Reader(file)
    assert reader.layout == layout
    read, following = reader.directory(reader.first)
    assert plain(read) == plain(entries)
    assert following == 0


def test_reads_what_pillow_reads(tmp_path):
    from PIL import Image

    path = samples.rich_tiff(tmp_path / "a.tif", samples.ramp(), byteorder=">")
    with Image.open(path) as image, open(path, "rb") as file:
        exif = image.getexif()
        reader = Reader(file)
        entries = {entry.tag: entry for entry in reader.directory(reader.first)[0]}
        assert set(entries) == set(exif)
        assert entries[256].numbers(reader.layout) == (exif[256],)
        assert {entry.tag for entry in entries[GPS_IFD].value} == set(exif.get_ifd(GPS_IFD))
        assert {entry.tag for entry in entries[EXIF_IFD].value} == set(exif.get_ifd(EXIF_IFD))


def test_a_placed_value_is_pointed_to_and_not_repeated():
    layout = Layout("<")
    note = Entry(MAKER_NOTE, 7, 20, b"somewhere else......", 4711)
    data = ifd_bytes(layout, (note,), 8, frozenset([note]))
    assert note.value not in data
    assert layout.pack("I", 4711) in data


@pytest.mark.parametrize("head", [b"", b"II", b"II*\0", b"XX*\0\x08\0\0\0", b"II+\0\x08\0\0\0", b"II\0\0\x08\0\0\0"])
def test_refuses_what_has_no_header(head):
    with pytest.raises(IfdError):
        Reader(io.BytesIO(head))


@pytest.mark.parametrize("offset", [10, 40, 2**31, 2**63 + 1, 2**64 - 1])
def test_refuses_a_directory_outside_the_file(offset):
    with pytest.raises(IfdError):
        Reader(io.BytesIO(Layout("<", big=True).header + bytes(9))).directory(offset)


def test_leaves_out_values_outside_the_file():
    layout = Layout("<")
    directory = bytearray(ifd_bytes(layout, (Entry(1, 2, 4, b"far\0", 0), Entry(271, 2, 4, b"abc\0", 0)), 8))
    directory[2:14] = layout.pack("H", 1, 2) + layout.pack("I", 100, 10**6)
    entries, _ = Reader(io.BytesIO(layout.header + layout.pack("I", 8) + bytes(directory))).directory(8)
    assert [entry.tag for entry in entries] == [271]


def test_a_directory_is_visited_once():
    layout = Layout("<")
    loops = tuple(Entry(EXIF_IFD, 4, 1, layout.pack("I", 8), 0) for _ in range(4000))
    entries, _ = Reader(file_with(layout, loops)).directory(8)
    assert entries == ()


def test_a_hostile_directory_reads_no_more_than_the_file():
    layout, size = Layout("<"), 10**6
    many = tuple(Entry(40000 + i, 7, size // 2, b"", 0) for i in range(1000))
    directory = layout.pack("H", len(many)) + b"".join(
        layout.pack("H", entry.tag, 7) + layout.pack("I", entry.count, 8) for entry in many
    )
    file = io.BytesIO((layout.header + layout.pack("I", 8) + directory).ljust(size, b"\0"))
    reader = Reader(file)
    entries = [entry for _ in range(3) for entry in reader.directory(8)[0]]
    assert sum(len(entry.value) for entry in entries) <= size


def test_unread_tags_are_known_by_name_only():
    layout = Layout(">")
    entries, _ = Reader(file_with(layout, (Entry(37724, 7, 9, b"too large", 0),)), frozenset([37724])).directory(8)
    assert [(entry.tag, entry.count, entry.value) for entry in entries] == [(37724, 9, b"")]
    assert entries[0].numbers(layout) == ()
