import re

import pytest

from lutbridge.errors import RefusedError
from lutbridge.image.formats.codec import Header
from lutbridge.image.formats.jpeg_stream import COM, parse, segment_bytes, without_metadata

from .. import samples


@pytest.fixture
def jpeg(tmp_path):
    return samples.rich_jpeg(tmp_path / "a.jpg", restart_marker_blocks=5).read_bytes()


def test_takes_a_file_apart(jpeg):
    stream = parse(jpeg + b"a trailer")
    assert stream.header == Header(130, 96, 8, 3)
    assert stream.sampling == ((1, 1), (1, 1), (1, 1))
    assert stream.single_scan
    assert (COM, b"a comment") in stream.segments
    assert jpeg[stream.end :] == b"\xff\xd9"


def test_other_segments_and_another_end_take_the_place_of_its_own(jpeg):
    comment = segment_bytes(COM, b"the only one")
    lean = without_metadata(jpeg + b"a trailer", parse(jpeg), comment, b"\xff\xd9")
    assert lean.startswith(jpeg[:2] + comment)
    stream = parse(lean)
    assert stream.segments == ((COM, b"the only one"),)
    assert stream.end == len(lean) - 2 and stream.header == parse(jpeg).header
    scan = jpeg.index(b"\xff\xda")
    assert lean.endswith(jpeg[scan:])


def test_a_progressive_file_has_several_scans(tmp_path):
    stream = parse(samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), progressive=True).read_bytes())
    assert not stream.single_scan


def test_fill_bytes_before_a_marker_are_skipped(jpeg):
    assert parse(jpeg[:2] + b"\xff\xff" + jpeg[2:]).header == parse(jpeg).header


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.99])
def test_refuses_a_file_that_is_cut(jpeg, share):
    with pytest.raises(RefusedError, match=re.escape("it ends before the photo is complete")):
        parse(jpeg[: int(len(jpeg) * share)])


def test_refuses_another_file_s_data_inside_the_scan(jpeg):
    half = (jpeg.index(b"\xff\xda") + len(jpeg)) // 2
    with pytest.raises(RefusedError, match="something else begins inside"):
        parse(jpeg[:half] + jpeg)


@pytest.mark.parametrize(
    ("marker", "payload", "words"),
    [
        (0xC0, b"\x0c\0\x10\0\x10\1\1\x11\0", "12-bit"),
        (0xC3, b"\x08\0\x10\0\x10\1\1\x11\0", "lossless"),
        (0xC9, b"\x08\0\x10\0\x10\1\1\x11\0", "arithmetic"),
        (0xC0, b"\x08\0\x10\0\x10\3\1\x11\0", "incomplete"),
        (0xC0, b"\x08\0\x10\0\x10\1\1\0\0", "impossible"),
    ],
)
def test_names_an_uncommon_kind(marker, payload, words):
    with pytest.raises(RefusedError, match=words):
        parse(b"\xff\xd8" + segment_bytes(marker, payload) + b"\xff\xd9")


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8\0\0\0\0"])
def test_refuses_what_has_no_photo(data):
    with pytest.raises(RefusedError, match="damaged"):
        parse(data)
