import imagecodecs
import numpy as np
import pytest
from PIL import Image

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.errors import ReadError
from lutbridge.image import convert
from lutbridge.image.codes import to_float
from lutbridge.image.convert import to_srgb
from lutbridge.image.gamut import SRGB
from lutbridge.image.read import read
from lutbridge.image.write import write

from . import profiles, samples


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strips_and_strides_make_no_difference(monkeypatch, dtype):
    codes = samples.ramp(dtype)
    whole = to_srgb(codes, profiles.display_p3())
    monkeypatch.setattr(convert, "_STRIP_CODES", 130 * 3 * 5)
    turned = to_srgb(codes.copy().swapaxes(0, 1), profiles.display_p3()).swapaxes(0, 1)
    assert whole.dtype == dtype and np.array_equal(whole, turned)
    assert np.array_equal(to_srgb(codes, imagecodecs.cms_profile("srgb")), codes)


def test_a_profile_for_other_codes_is_refused():
    with pytest.raises(imagecodecs.CmsError):
        to_srgb(samples.ramp(), imagecodecs.cms_profile("gray", gamma=1.8))


def inks(dtype=np.uint8, channels=4):
    """(96, 130, C) smooth amounts of ink, light enough for the profile's own black."""
    y, x = np.indices((96, 130)) / np.array((96, 130))[:, None, None]
    planes = (x, y, (x + y) / 2, 0.5 * (1 - x), y)[:channels]
    return np.rint(np.stack(planes, axis=-1) * np.iinfo(dtype).max).astype(dtype)


def cmyk_jpeg(path, **options):
    Image.fromarray(inks(), "CMYK").save(path, quality=100, subsampling=0, **options)
    return path


def cmyk_tiff(path, dtype, channels=4):
    extra = [2] if channels == 5 else None
    codes = inks(dtype, channels)
    return samples.write_tiff(path, codes, photometric="separated", extrasamples=extra, iccprofile=profiles.press())


def assert_looks_printed(photo, tolerance):
    expected = profiles.ink_colours(to_float(inks()))
    assert photo.color is SRGB and photo.container.icc is None
    assert photo.notices == ("CMYK photo, written as RGB in sRGB",)
    assert np.abs(to_float(photo.pixels) - expected).max() < tolerance


@pytest.mark.parametrize("adobe", [True, False])
def test_a_cmyk_jpeg_becomes_srgb(tmp_path, adobe):
    path = cmyk_jpeg(tmp_path / "a.jpg", icc_profile=profiles.press())
    if not adobe:  # without Adobe's segment codes are amounts of ink, not of paper
        data = path.read_bytes()
        at = data.index(b"\xff\xee\0\x0eAdobe")
        path.write_bytes(data[:at] + data[at + 16 :])
        photo = read(path)
        upside_down = profiles.ink_colours(1 - to_float(inks()))
        assert np.abs(to_float(photo.pixels) - upside_down).max() < 0.04
        return
    photo = read(path)
    assert_looks_printed(photo, 0.04)
    write(tmp_path / "b.jpg", photo, photo.pixels)
    assert np.abs(read(tmp_path / "b.jpg").pixels.astype(int) - photo.pixels).max() < 12
    with Image.open(tmp_path / "b.jpg") as written:
        assert written.mode == "RGB"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_cmyk_tiff_becomes_srgb_with_its_depth(tmp_path, dtype):
    photo = read(cmyk_tiff(tmp_path / "a.tif", dtype))
    assert photo.pixels.dtype == dtype
    assert_looks_printed(photo, 0.03)
    write(tmp_path / "b.tif", photo, photo.pixels)
    again = read(tmp_path / "b.tif")
    assert np.array_equal(again.pixels, photo.pixels) and again.notices == ()


def test_alpha_beside_inks_rides_along(tmp_path):
    photo = read(cmyk_tiff(tmp_path / "a.tif", np.uint16, 5))
    assert_looks_printed(photo, 0.02)
    assert np.array_equal(photo.alpha, inks(np.uint16, 5)[..., 4])


def test_inks_that_nothing_describes_are_refused(tmp_path):
    with pytest.raises(ReadError, match="CMYK photo without a colour profile; convert it to RGB"):
        read(cmyk_jpeg(tmp_path / "a.jpg"))
    for icc in (profiles.press()[:3000], samples.srgb_profile(), b"?" * 500):
        with pytest.raises(ReadError, match="profile of this CMYK photo is damaged"):
            read(cmyk_jpeg(tmp_path / "a.jpg", icc_profile=icc))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("predictor", [None, 3])
def test_floats_become_codes_of_16_bit(tmp_path, dtype, predictor):
    values = (samples.ramp(np.uint16) / 65535).astype(dtype)
    compression = {"compression": "zlib", "predictor": predictor} if predictor else {}
    path = samples.write_tiff(tmp_path / "a.tif", values, **compression)
    photo = read(path, "srgb")
    assert photo.pixels.dtype == np.uint16 and photo.color is SRGB
    assert np.array_equal(photo.pixels, np.rint(values.astype(np.float32) * np.float32(65535)))
    assert photo.notices == ("floating-point photo, written with 16 bits per channel",)
    linear = read(path, "linear")
    assert np.abs(eotf_srgb(to_float(linear.pixels)) - values).max() < 2e-5
    write(tmp_path / "b.tif", photo, photo.pixels)
    assert np.array_equal(read(tmp_path / "b.tif").pixels, photo.pixels)


def test_a_profile_says_what_floats_are(tmp_path):
    values = (samples.ramp(np.uint16, (96, 130, 4)) / 65535).astype(np.float32)
    path = samples.write_tiff(tmp_path / "a.tif", values, extrasamples=[2], iccprofile=profiles.display_p3())
    for encoding in (None, "linear"):
        photo = read(path, encoding)
        assert photo.container.icc == profiles.display_p3() and photo.color is not SRGB
        assert np.array_equal(photo.pixels, samples.ramp(np.uint16, (96, 130, 4))[..., :3])
        assert np.array_equal(photo.alpha, samples.ramp(np.uint16, (96, 130, 4))[..., 3])


def test_alpha_is_not_light(tmp_path):
    values = np.full((8, 8, 2), 0.5, np.float32)
    path = samples.write_tiff(tmp_path / "a.tif", values, photometric="minisblack", extrasamples=[2])
    photo = read(path, "linear")
    assert photo.alpha[0, 0] == 32768 and photo.pixels[0, 0, 0] == round(65535 * inverse_eotf_srgb(0.5))


def test_floats_that_nothing_describes_are_refused(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", np.zeros((8, 8, 3), np.float32))
    with pytest.raises(ReadError, match=r"without a colour profile; say what .* --input-encoding srgb or .* linear"):
        read(path)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_floats_that_are_no_numbers_are_refused(tmp_path, number):
    values = np.full((500, 700, 3), 0.5, np.float32)
    values[499, 699, 2] = number
    with pytest.raises(ReadError, match="no numbers"):
        read(samples.write_tiff(tmp_path / "a.tif", values), "srgb")


def test_floats_out_of_range_are_clipped_and_counted(tmp_path):
    values = np.full((10, 10, 3), 0.5, np.float32)
    values[0, 0], values[0, 1, 1] = 4, -0.1
    photo = read(samples.write_tiff(tmp_path / "a.tif", values), "linear")
    assert photo.notices[1].startswith("2.0% of its pixels")
    assert photo.pixels[0, 0].tolist() == [65535] * 3 and photo.pixels[0, 1, 1] == 0
