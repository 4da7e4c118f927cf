import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import FORMATS, to_bytes
from lutbridge.lut.formats.recognise import HEAD_BYTES, recognise

from .samples import look

HEADS = {
    "cube": (
        b"# Ann\n\nLUT_3D_SIZE 2\n",
        b'\xef\xbb\xbftitle "a"\n',
        b"DOMAIN_MIN 0 0 0\n",
        b"LUT_1D_SIZE 9\n",
    ),
    "3dl": (b"# flame\n0 341 682 1023\n", b"3DMESH\r\nMesh 4 12\r\n", b"0 64 128 192\n0 0 0\n"),
    "spi3d": (b"SPILUT 1.0\n", b"spilut 1.0\n"),
    "csp": (b"CSPLUTV100\n3D\n", b"\ncsplutv100\n"),
    "clf": (b"\xef\xbb\xbf<?xml version='1.0'?><ProcessList>", b"<ProcessList id='1'>"),
    "xmp": (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>", b"<rdf:RDF>"),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_of_every_kind_are_recognised_whatever_the_suffix_says(name):
    for head in HEADS[name]:
        assert recognise(head, None) == name
        assert recognise(head, "hald") == name


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_recognised(name):
    assert recognise(to_bytes(FORMATS[name].prepare(look(17)), name)[:HEAD_BYTES], None) == name


def test_the_suffix_decides_about_bare_rows():
    assert recognise(b"0 0 0\n1 1 1\n", "csp") == "csp"
    with pytest.raises(RefusedError, match="no LUT that lutbridge knows"):
        recognise(b"0 0 0\n1 1 1\n", None)


@pytest.mark.parametrize(
    "data, message",
    [
        (b"Dear Ann,\n", "this text is no LUT that lutbridge knows"),
        (b"\x7fELF\x02\x01", "this is no LUT that lutbridge knows"),
        (b"\xff\xd8\xff\xe0", "this is a JPEG photo, not a LUT"),
        (b"<note>hello</note>", "this text is no LUT"),
        (b"\0" * 5000, "the file is empty"),
    ],
)
def test_other_files_are_named(data, message):
    with pytest.raises(RefusedError, match=message):
        recognise(data, None)
