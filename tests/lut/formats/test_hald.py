import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.hald import decode, fits, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import look, random_lut


def png(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("M", [4, 9, 25, 36, 64])
@pytest.mark.parametrize("bits", [8, 16])
def test_rounding_is_all_that_is_lost(M, bits):
    lut = random_lut(M)
    again = decode(to_bytes(lut, bits=bits))
    assert np.abs(again.lut.lattice - lut.lattice).max() <= 0.501 / (2**bits - 1)
    assert to_bytes(again.lut, bits=bits) == to_bytes(lut, bits=bits)
    assert ["8 bits" in notice for notice in again.notices] == [True] * (bits == 8)


def test_red_changes_fastest_along_the_rows_then_green_then_blue():
    codes = imagecodecs.png_decode(to_bytes(Lut3D.identity(4), bits=8))
    assert codes.shape == (8, 8, 3)
    assert codes[0].tolist() == [[85 * r, 85 * g, 0] for g in (0, 1) for r in range(4)]
    assert codes[2, 0].tolist() == [0, 0, 85]


def test_values_outside_the_range_are_clamped():
    lattice = np.full((4, 4, 4, 3), 1.5)
    lattice[..., 0] = -0.25
    assert decode(to_bytes(Lut3D(lattice))).lut.lattice[0, 0, 0].tolist() == [0, 1, 1]


def test_sizes_that_are_no_squares_and_other_depths_are_not_written():
    assert [M for M in range(2, 101) if fits(M)] == [4, 9, 16, 25, 36, 49, 64, 81, 100]
    with pytest.raises(ValueError, match="square"):
        to_bytes(look(33))
    with pytest.raises(ValueError, match="8 or 16 bits"):
        to_bytes(look(4), bits=12)


def test_palettes_opaque_alpha_and_profiles_are_read():
    codes = imagecodecs.png_decode(to_bytes(look(4), bits=8))
    opaque = np.dstack([codes, np.full((8, 8), 255, np.uint8)])
    expected = decode(png(codes)).lut.lattice
    profile = imagecodecs.cms_profile("adobergb")
    assert np.array_equal(decode(png(opaque)).lut.lattice, expected)
    assert np.array_equal(decode(png(codes, icc_profile=profile)).lut.lattice, expected)
    palette = io.BytesIO()
    Image.fromarray(codes).quantize(64).save(palette, "PNG")
    assert decode(palette.getvalue()).lut.grid_size == 4


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_grey_picture_has_three_equal_channels(bits, alpha):
    """As the black-and-white looks of RawTherapee's collection are."""
    if alpha and bits < 8:
        pytest.skip("PNG has no such picture")
    top = 2**bits - 1
    codes = np.random.default_rng(bits).integers(0, top + 1, (8, 8), np.uint16)
    if bits < 8:
        raw = b"".join(
            b"\0" + np.packbits(np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, -bits:]).tobytes()
            for row in codes
        )
    else:
        pixels = np.dstack([codes, np.full_like(codes, top)]) if alpha else codes
        raw = b"".join(b"\0" + row.astype(f">u{bits // 8}").tobytes() for row in pixels)
    ihdr = struct.pack(">IIBBBBB", 8, 8, bits, 4 if alpha else 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(raw)) + END
    expected = np.repeat(codes.reshape(4, 4, 4).transpose(2, 1, 0)[..., None] / top, 3, -1)
    assert np.allclose(decode(data).lut.lattice, expected, atol=1e-6)


def test_an_interlaced_picture_and_one_with_texts_are_read():
    codes = imagecodecs.png_decode(to_bytes(look(9), bits=8))
    rows = [codes[r::dr, c::dc] for r, c, dr, dc in ADAM7]
    raw = b"".join(b"\0" + row.tobytes() for part in rows for row in part if row.size)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 27, 27, 8, 2, 0, 0, 1))
    texts = chunk(b"tEXt", b"Title\0a look") + chunk(b"iCCP", b"nonsense")
    data = head + texts + chunk(b"IDAT", zlib.compress(raw)) + END
    assert np.array_equal(decode(data).lut.lattice, decode(to_bytes(look(9), bits=8)).lut.lattice)


# (row, column, rows between, columns between) of the seven passes of an interlaced PNG
ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width, height):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


HEAD, END = header(8, 8), chunk(b"IEND", b"")
GOOD = to_bytes(look(4), bits=8)


@pytest.mark.parametrize(
    "data, message",
    [
        (GOOD[:20], "no PNG"),
        (GOOD[:-30], "a part of it is cut short or does not match its checksum"),
        (GOOD[:60] + b"\xff\xff" + GOOD[62:], "does not match its checksum"),
        (HEAD, "cut short"),
        (HEAD + END, "its pixels are cut short"),
        (HEAD + chunk(b"IDAT", zlib.compress(bytes(200))[:-1] + b"x") + END, "its pixels do not decode"),
        (HEAD + chunk(b"IDAT", zlib.compress(bytes(200)) + b"x") + END, "holds more than its pixels"),
        (HEAD + chunk(b"IDAT", zlib.compress(bytes(50 << 20))) + END, "holds more than its pixels"),
        (HEAD + chunk(b"IDAT", zlib.compress(bytes(100))) + END, "its pixels do not decode"),
        (header(8, 9), "8 × 9 pixels; a HaldCLUT is a square"),
        (header(100, 100), "100 × 100 pixels"),
        (header(1, 1), "1 × 1 pixels"),
        (header(2**31 - 1, 2**31 - 1), "2147483647 × 2147483647 pixels"),
        (GOOD[:12] + b"iHDR" + GOOD[16:], "header is missing"),
        (png(np.zeros((8, 8, 4), np.uint8)), "transparent in places"),
    ],
)
def test_bad_pictures_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
