import pytest

from lutbridge.errors import RefusedError
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
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "avif"),
        (b"\0\0\0\x18ftypavif", "avif"),
        (b"\0\0\0\x18ftypcrx ", "raw"),
        (b"II*\0\x10\0\0\0CR\x02\0", "raw"),
        (b"FUJIFILMCCD-RAW 0201", "raw"),
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
        (b"\0\0\0\x18ftypqt  ", "video"),
        (b"GIF89a", "GIF"),
        (b"8BPS\0\1", "Photoshop"),
    ],
)
def test_says_what_it_does_not_read(head, words):
    with pytest.raises(RefusedError, match=words):
        recognise(head)
