"""A grey file stays one: one channel of colour, its depth, its profile, its alpha; after a render too."""

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import write
from lutbridge.retouch import Retoucher

from . import samples

GAMMA = imagecodecs.cms_profile("gray", gamma=1.8)


def grey(dtype=np.uint8):
    return np.ascontiguousarray(samples.ramp(dtype)[..., 0])


def write_sample(path, dtype, icc=None):
    if path.suffix == ".tif":
        options = {"iccprofile": icc} if icc else {}
        return samples.write_tiff(path, grey(dtype), photometric="minisblack", **options)
    if dtype == np.uint16:
        return samples.write_png(path, grey(dtype))
    Image.fromarray(grey()).save(path, **({"icc_profile": icc} if icc else {}))
    return path


KINDS = [(".jpg", np.uint8), (".png", np.uint8), (".png", np.uint16), (".tif", np.uint8), (".tif", np.uint16)]


@pytest.mark.parametrize(("suffix", "dtype"), KINDS, ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.parametrize("model", ["toy_model", "parts_model"])
def test_a_grey_file_is_rendered_to_a_grey_file(tmp_path, request, suffix, dtype, model):
    photo = read(write_sample(tmp_path / f"in{suffix}", dtype))
    assert photo.notices == ()
    rendering = Retoucher.load(str(request.getfixturevalue(model)), "cpu").render(photo)
    assert not np.array_equal(rendering.pixels, photo.pixels)
    out = tmp_path / f"out{suffix}"
    write(out, photo, rendering.pixels)
    if suffix == ".tif":
        bits = 8 * np.dtype(dtype).itemsize
        with tifffile.TiffFile(out) as file:
            page = file.pages[0]
            assert (page.photometric.name, page.samplesperpixel, page.bitspersample) == ("MINISBLACK", 1, bits)
    else:
        with Image.open(out) as image:
            assert image.mode == ("L" if dtype == np.uint8 else "I;16")
    again = read(out).pixels
    if suffix != ".jpg":
        assert np.array_equal(again, rendering.pixels)
    assert np.array_equal(again, np.repeat(again[..., :1], 3, -1))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_it_keeps_its_own_profile(tmp_path, suffix):
    photo = read(write_sample(tmp_path / f"in{suffix}", np.uint8, GAMMA))
    write(tmp_path / f"out{suffix}", photo, photo.pixels)
    with Image.open(tmp_path / f"out{suffix}") as image:
        assert image.mode == "L" and image.info["icc_profile"] == GAMMA


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_it_keeps_its_alpha(tmp_path, suffix):
    codes = samples.ramp(np.uint16, (96, 130, 2))
    options = {"photometric": "minisblack", "extrasamples": ["unassalpha"], "planarconfig": "contig"}
    path = tmp_path / f"in{suffix}"
    samples.write_png(path, codes) if suffix == ".png" else samples.write_tiff(path, codes, **options)
    photo = read(path)
    write(tmp_path / f"out{suffix}", photo, photo.pixels)
    again = read(tmp_path / f"out{suffix}")
    assert again.container.grey and np.array_equal(again.pixels, photo.pixels)
    assert np.array_equal(again.alpha, codes[..., 1])


def test_colour_given_to_it_is_kept(tmp_path):
    photo = read(write_sample(tmp_path / "in.png", np.uint8))
    toned = photo.pixels.copy()
    toned[..., 2] //= 2
    write(tmp_path / "out.png", photo, toned)
    assert np.array_equal(read(tmp_path / "out.png").pixels, toned)


def test_it_stays_grey_in_another_format_that_holds_grey(tmp_path):
    photo = read(write_sample(tmp_path / "in.jpg", np.uint8))
    tiff, webp = (retarget(photo, Target(format=format_)) for format_ in ("tiff", "webp"))
    write(tmp_path / "out.tif", tiff, tiff.pixels)
    with tifffile.TiffFile(tmp_path / "out.tif") as file:
        assert file.pages[0].samplesperpixel == 1 and tiff.notices == ()
    write(tmp_path / "out.webp", webp, webp.pixels)
    assert webp.notices == ("grey photo, written as RGB",)
