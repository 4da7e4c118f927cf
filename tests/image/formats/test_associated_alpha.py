import io
import struct

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from lutbridge.image.formats.associated_alpha import divided, multiplied
from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import write

from .. import profiles, samples

SIDE = 64
COLOUR = np.array([200, 100, 50])
ALPHA = np.broadcast_to((np.arange(SIDE) * 4).astype(np.uint8), (SIDE, SIDE))
STRAIGHT = np.dstack([np.broadcast_to(COLOUR.astype(np.uint8), (SIDE, SIDE, 3)), ALPHA])


def as_stored(straight):
    """(H, W, 4) straight uint8 | uint16 as a premultiplied file has it."""
    return np.dstack([multiplied(straight[..., :3], straight[..., 3]), straight[..., 3]])


def write_tiff(path, codes, kind=1, **options):
    return samples.write_tiff(path, codes, extrasamples=[kind], **options)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_no_brighter_than_its_alpha_comes_back_to_the_code(dtype):
    white = np.iinfo(dtype).max
    random = np.random.default_rng(0)
    alpha = random.integers(0, white + 1, (200, 200), dtype)
    alpha[0], alpha[1] = white - 1, white
    codes = (random.random((200, 200, 3)) * (alpha[..., None] + 1.0)).astype(dtype)
    codes = np.minimum(codes, alpha[..., None])
    straight = divided(np.dstack([codes, alpha]))
    assert np.array_equal(straight[..., 3], alpha)
    assert np.array_equal(multiplied(straight[..., :3], alpha), codes)


def test_brighter_than_its_alpha_is_white_and_without_alpha_there_is_no_colour():
    codes = np.array([[[90, 10, 0, 60], [7, 8, 9, 0]]], np.uint8)
    assert divided(codes).tolist() == [[[255, 42, 0, 60], [0, 0, 0, 0]]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_tiff_is_retouched_as_its_colours_and_written_as_it_was(tmp_path, dtype):
    scale = 1 if dtype == np.uint8 else 257
    stored = as_stored(STRAIGHT.astype(dtype) * dtype(scale))
    photo = read(write_tiff(tmp_path / "a.tif", stored))
    shown = photo.alpha > 100 * scale
    assert np.abs(photo.pixels[shown] / scale - COLOUR).max() <= 2
    write(tmp_path / "same.tif", photo, photo.pixels)
    assert np.array_equal(tifffile.imread(tmp_path / "same.tif"), stored)
    lighter = np.minimum(photo.pixels.astype(int) + 40 * scale, 255 * scale).astype(dtype)
    write(tmp_path / "b.tif", photo, lighter)
    with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
        page = tiff.pages[0]
        codes = page.asarray()
        assert page.tags["ExtraSamples"].value == (1,)
    assert (codes[..., :3] <= codes[..., 3:]).all(), "no colour exceeds its alpha"
    assert np.array_equal(codes[..., 3], photo.alpha)
    # The same as from a file that holds the colours themselves.
    straight = read(write_tiff(tmp_path / "straight.tif", np.dstack([lighter, photo.alpha]), 2))
    assert np.array_equal(codes, as_stored(np.dstack([straight.pixels, straight.alpha])))


@pytest.mark.parametrize("format_", ["png", "webp"])
def test_formats_of_straight_alpha_get_straight_colours(tmp_path, format_):
    photo = read(write_tiff(tmp_path / "a.tif", as_stored(STRAIGHT)))
    write(tmp_path / "b", moved := retarget(photo, Target(format_, quality=100)), moved.pixels)
    again = read(tmp_path / "b")
    assert np.abs(again.pixels[ALPHA > 100].astype(int) - COLOUR).max() <= (2 if format_ == "png" else 12)


def test_grey_ink_and_float_tiffs_are_divided_too(tmp_path):
    grey = np.dstack([multiplied(np.full((SIDE, SIDE, 1), 200, np.uint8), ALPHA), ALPHA])
    photo = read(write_tiff(tmp_path / "grey.tif", grey, photometric="minisblack"))
    assert np.abs(photo.pixels[ALPHA > 100].astype(int) - 200).max() <= 1
    inks = np.full((SIDE, SIDE, 4), 60, np.uint8)
    options = {"photometric": "separated", "iccprofile": profiles.press()}
    whole = read(write_tiff(tmp_path / "inks.tif", np.dstack([inks, ALPHA]), 2, **options))
    stored = np.dstack([multiplied(inks, ALPHA), ALPHA])
    divided_ = read(write_tiff(tmp_path / "stored.tif", stored, **options))
    off = np.abs(whole.pixels.astype(int) - divided_.pixels)[ALPHA > 100]
    assert off.max() <= 3 * 257
    floats = (STRAIGHT / 255).astype(np.float32)
    floats[..., :3] *= floats[..., 3:]
    photo = read(write_tiff(tmp_path / "float.tif", floats), float_encoding="srgb")
    assert np.abs(photo.pixels[ALPHA > 0] / 257 - COLOUR).max() < 0.01


def test_neutral_lab_stays_neutral(tmp_path):
    lab = np.dstack([np.full((SIDE, SIDE), 60, np.uint8), np.zeros((SIDE, SIDE, 2), np.uint8), ALPHA])
    photo = read(write_tiff(tmp_path / "a.tif", lab, photometric="cielab"))
    assert np.ptp(photo.pixels[ALPHA > 80].astype(int), axis=-1).max() < 64


def test_premultiplied_heic_and_avif_become_straight_tiffs(tmp_path):
    stored = as_stored(STRAIGHT)
    pillow_heif.from_bytes("RGBa", (SIDE, SIDE), stored.tobytes()).save(tmp_path / "a.heic", quality=-1, chroma=444)
    (tmp_path / "a.avif").write_bytes(premultiplied_avif(stored))
    for name in ("a.heic", "a.avif"):
        photo = read(tmp_path / name)
        assert np.abs(photo.pixels[ALPHA > 100].astype(int) - COLOUR).max() <= 4
        write(tmp_path / "b.tif", photo, photo.pixels)
        with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
            assert tiff.pages[0].tags["ExtraSamples"].value == (2,)


def premultiplied_avif(stored):
    """Pillow's AVIF with one more reference in its iref box, `prem`, from the colours to the alpha (HEIF, 6.10.1.1)."""
    buffer = io.BytesIO()
    Image.fromarray(stored, "RGBA").save(buffer, "AVIF", quality=100, subsampling="4:4:4")
    data = bytearray(buffer.getvalue())
    alpha, _, colours = struct.unpack_from(">HHH", data, data.find(b"auxl") + 4)
    added = struct.pack(">I4sHHH", 14, b"prem", colours, 1, alpha)
    start = data.find(b"iref") - 4
    end = start + struct.unpack_from(">I", data, start)[0]
    for box in (b"iref", b"meta"):
        at = data.find(box) - 4
        struct.pack_into(">I", data, at, struct.unpack_from(">I", data, at)[0] + len(added))
    data[end:end] = added
    first = data.find(b"iloc") + 12
    for at in range(first, first + 14 * struct.unpack_from(">H", data, first - 2)[0], 14):
        struct.pack_into(">I", data, at + 6, struct.unpack_from(">I", data, at + 6)[0] + len(added))
    return bytes(data)
