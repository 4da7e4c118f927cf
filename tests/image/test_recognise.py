import pytest

from lutbridge.image.formats.codec import RefusedError
from lutbridge.image.recognise import recognise


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"II*\0\x08\0\0\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (b"II+\0\x08\0", "tiff"),
        (b"MM\0+\0\x08", "tiff"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
    ],
)
def test_knows_what_it_reads(head, name):
    assert recognise(head) == name


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (bytes(512), "zero bytes"),
        (b"<!doctype html>\n<html>", "this is text"),
        (b"\x93\x01\xfe\x07", "no picture that lutbridge knows"),
        (b"RIFF\0\0\0\0WAVEfmt ", "no picture"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypavif", "AVIF"),
        (b"\0\0\0\x18ftypcrx ", "RAW"),
        (b"\0\0\0\x18ftypqt  ", "video"),
        (b"II*\0\x10\0\0\0CR\x02\0", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"GIF89a", "GIF"),
        (b"8BPS\0\1", "Photoshop"),
    ],
)
def test_says_what_it_does_not_read(head, words):
    with pytest.raises(RefusedError, match=words):
        recognise(head)
