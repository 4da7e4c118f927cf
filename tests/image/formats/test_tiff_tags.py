from lutbridge.image.formats import tiff_tags as tags
from lutbridge.image.metadata.ifd import EXIF_IFD, MAKER_NOTE, Entry, Layout

from .. import samples


def test_what_describes_the_pixels_is_not_carried_over():
    numbers = (256, 258, 273, 324, 330, 37724, 34675, 700, 301, 320)
    of_pixels = tuple(Entry(tag, 4, 1, b"\0\0\0\1", 0) for tag in numbers)
    kept = (Entry(271, 2, 4, b"Abc\0", 0), Entry(274, 3, 1, b"\0\6", 0), Entry(65000, 7, 3, b"own", 0))
    assert tags.carried_over((*of_pixels, *kept)) == kept


def test_directories_of_unknown_kind_are_left_out():
    assert tags.carried_over((Entry(50000, 13, 1, b"\0\0\0\x08", 0),)) == ()


def test_resources_lose_their_thumbnail_and_go_when_that_was_all():
    (entry,) = tags.carried_over((Entry(tags.RESOURCES, 7, 1, samples.resources(), 0),))
    assert samples.THUMBNAIL not in entry.value and entry.count == len(entry.value)
    only = b"8BIM\x04\x0c\0\0\0\0\0\x02\xff\xd8"
    assert tags.carried_over((Entry(tags.RESOURCES, 7, len(only), only, 0),)) == ()


def test_values():
    layout = Layout(">")
    entries = (Entry(258, 3, 3, b"\0\x10\0\x10\0\x10", 0), Entry(700, 1, 3, b"xmp", 0))
    assert tags.numbers(entries, layout, 258) == (16, 16, 16)
    assert tags.numbers(entries, layout, 257, (7,)) == (7,)
    assert tags.block(entries, 700) == b"xmp"
    assert tags.block(entries, 34675) is None


def test_a_maker_note_inside_its_entry_needs_no_place():
    for value, found in ((b"12345678", False), (b"123456789", True)):
        note = Entry(MAKER_NOTE, 7, len(value), value, 100)
        assert tags.maker_note((Entry(EXIF_IFD, 4, 1, (note,), 50),)) == (note if found else None)
    assert tags.maker_note(()) is None
