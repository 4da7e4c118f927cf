import io
import zlib

import pytest

from lutbridge.errors import RefusedError
from lutbridge.image.formats.codec import Header
from lutbridge.image.formats.png_chunks import RGB, SIGNATURE, for_decoder, parse, profile_in, xmp_chunk, xmp_in

from .. import samples

IHDR = b"\0\0\0\1\0\0\0\1\x08\2\0\0\0"


def png(*chunks):
    return io.BytesIO(SIGNATURE + b"".join(samples.chunk(*chunk) for chunk in chunks))


def test_takes_a_file_apart():
    pixels = (b"IDAT", b"12"), (b"IDAT", b"3")
    file = png((b"IHDR", IHDR), (b"tEXt", b"a\0b"), *pixels, (b"tIME", b"1234567"), (b"IEND", b""))
    stream = parse(file)
    assert stream.header == Header(1, 1, 8, 3) and stream.colour_type == RGB
    assert [tuple(chunk) for chunk in stream.ancillary] == [(b"tEXt", b"a\0b", False), (b"tIME", b"1234567", True)]
    assert stream.pixel_bytes == 3
    lean = png((b"IHDR", IHDR), *pixels, (b"IEND", b""))
    assert for_decoder(file, stream) == lean.getvalue()


def test_refuses_every_cut():
    whole = png((b"IHDR", IHDR), (b"IDAT", b"123"), (b"IEND", b"")).getvalue()
    for end in range(8, len(whole)):
        with pytest.raises(RefusedError, match="it ends before"):
            parse(io.BytesIO(whole[:end]))


@pytest.mark.parametrize("header", [IHDR[:-1], IHDR[:8] + b"\3" + IHDR[9:], IHDR[:9] + b"\7" + IHDR[10:]])
def test_refuses_an_impossible_header(header):
    with pytest.raises(RefusedError, match="its header"):
        parse(png((b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")))


def test_refuses_a_header_out_of_place():
    with pytest.raises(RefusedError, match="not where it belongs"):
        parse(png((b"IDAT", b""), (b"IHDR", IHDR), (b"IEND", b"")))


def test_checksums_of_pixels_and_of_metadata():
    data = png((b"IHDR", IHDR), (b"tEXt", b"metadata"), (b"IDAT", b"pixels"), (b"IEND", b"")).getvalue()
    with pytest.raises(RefusedError, match="wrong checksum"):
        parse(io.BytesIO(data.replace(b"pixels", b"pixelt")))
    stream = parse(io.BytesIO(data.replace(b"metadata", b"metadatb")))
    assert stream.ancillary == () and stream.damaged_chunks == ("tEXt",)


@pytest.mark.parametrize(
    ("data", "packet"),
    [
        (b"XML:com.adobe.xmp\0\0\0\0\0packet", b"packet"),
        (b"XML:com.adobe.xmp\0\0\0en\0XMP\0packet", b"packet"),
        (b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"packet"), b"packet"),
        (b"XML:com.adobe.xmp\0\1\0\0\0garbage", None),
        (b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(80 << 20), 9), None),
        (b"XML:com.adobe.xmp\0\0\0", None),
        (b"Comment\0\0\0\0\0text", None),
    ],
)
def test_finds_xmp(data, packet):
    assert xmp_in(data) == packet


def test_writes_xmp_as_it_reads_it():
    assert xmp_in(xmp_chunk(samples.XMP)[8:-4]) == samples.XMP


@pytest.mark.parametrize("data", [b"name\0\0garbage", b"name", b"", b"name\0\0" + zlib.compress(b"profile")[:-2]])
def test_a_profile_that_does_not_decompress_is_empty(data):
    assert profile_in(data)[1] == b""
