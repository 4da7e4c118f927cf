import pytest

from lutbridge.image.metadata import maker_note
from lutbridge.image.metadata.ifd import MAKER_NOTE, Entry, Layout
from lutbridge.image.read import read

from .. import samples


def note(order, head, place, at=1000):
    layout = Layout(order)
    data = head + layout.pack("H", 1, 0x207, 2) + layout.pack("I", 20, place, 0) + bytes(20)
    return Entry(MAKER_NOTE, 7, len(data), data, at), layout


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("head", [b"", b"OLYMP\0\1\0", b"AOC\0\0\0"])
def test_a_value_that_stands_elsewhere_is_noticed(order, head):
    inside = len(head) + 18
    assert maker_note.points_outside(*note(order, head, 300))
    assert not maker_note.points_outside(*note(order, head, 1000 + inside)), "counted from the file's start"
    assert not maker_note.points_outside(*note(order, head, inside)), "counted from the note's own"


@pytest.mark.parametrize("data", [b"", b"\0", b"text of a phone", bytes(200), b"\xff" * 200])
def test_what_is_no_directory_points_nowhere(data):
    assert not maker_note.points_outside(Entry(MAKER_NOTE, 7, len(data), data, 8), Layout("<"))


def test_a_tiff_whose_note_loses_something_says_so(tmp_path, monkeypatch):
    assert maker_note.NOTICE not in read(samples.rich_tiff(tmp_path / "a.tif", samples.ramp())).notices
    monkeypatch.setattr(samples, "maker_note", lambda order, offset: note(order, b"", 300)[0].value)
    assert maker_note.NOTICE in read(samples.rich_tiff(tmp_path / "b.tif", samples.ramp())).notices
