import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms

from lutbridge.color.codes import to_16_bit, to_codes, to_float
from lutbridge.color.gamut import SRGB
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.errors import ReadError
from lutbridge.image import convert
from lutbridge.image.convert import to_srgb
from lutbridge.image.read import read
from lutbridge.image.write import write

from . import profiles, samples


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strips_and_strides_make_no_difference(monkeypatch, dtype):
    codes = samples.ramp(dtype)
    whole = to_srgb(codes, profiles.display_p3())
    monkeypatch.setattr(convert, "_STRIP_CODES", 130 * 3 * 5)
    turned = to_srgb(codes.copy().swapaxes(0, 1), profiles.display_p3()).swapaxes(0, 1)
    assert whole.dtype == np.uint16 and np.array_equal(whole, turned)
    assert np.array_equal(to_srgb(codes, imagecodecs.cms_profile("srgb")), to_16_bit(codes))


def test_a_profile_for_other_codes_is_refused():
    with pytest.raises(imagecodecs.CmsError):
        to_srgb(samples.ramp(), imagecodecs.cms_profile("gray", gamma=1.8))


@pytest.mark.parametrize("black", [0.0, 0.01, 0.03])
def test_the_darkest_ink_becomes_black(black):
    """Black point compensation: a print's black gives back 1 % or 3 % of the light, and is shown as black."""
    codes = np.zeros((1, 2, 4), np.uint8)
    codes[0, 0] = 255
    darkest, paper = to_float(to_srgb(codes, profiles.press(black)))[0]
    assert darkest.max() < 0.01 and paper.min() > 0.99


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
    assert photo.notices == ("CMYK photo, written as RGB in sRGB",) and photo.pixels.dtype == np.uint16
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
    assert np.abs(read(tmp_path / "b.jpg").pixels - photo.pixels / 257).max() < 12
    with Image.open(tmp_path / "b.jpg") as written:
        assert written.mode == "RGB"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_cmyk_tiff_becomes_srgb_with_its_depth(tmp_path, dtype):
    photo = read(cmyk_tiff(tmp_path / "a.tif", dtype))
    assert_looks_printed(photo, 0.03)
    write(tmp_path / "b.tif", photo, photo.pixels)
    again = read(tmp_path / "b.tif")
    assert again.pixels.dtype == dtype and again.notices == ()
    assert np.array_equal(again.pixels, to_codes(to_float(photo.pixels), dtype))


def test_inks_of_8_bit_are_not_rounded_before_the_model(tmp_path):
    """A smooth print has more tones in sRGB than 8 bits tell apart; they are there until the result is written."""
    codes = np.zeros((1, 256, 4), np.uint8)
    codes[0, :, 3] = np.arange(256)
    path = samples.write_tiff(tmp_path / "a.tif", codes, photometric="separated", iccprofile=profiles.press())
    values = read(path).pixels[0, :, 0]
    assert (values % 257 != 0).mean() > 0.9


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


def test_lab_becomes_srgb_as_littlecms_has_it(tmp_path):
    Image.fromarray(samples.lab_codes(), "LAB").save(tmp_path / "a.tif")
    photo = read(tmp_path / "a.tif")
    assert photo.notices[0] == "Lab photo, written as RGB in sRGB" and photo.color is SRGB
    exactly = ImageCms.Flags.NOOPTIMIZE  # its table for 8-bit codes is off by eight codes
    profiles_ = (ImageCms.createProfile(name) for name in ("LAB", "sRGB"))
    transform = ImageCms.buildTransform(*profiles_, "LAB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, exactly)
    with Image.open(tmp_path / "a.tif") as image:
        expected = np.asarray(ImageCms.applyTransform(image, transform))
    assert np.abs(photo.pixels / 257 - expected).max() < 0.6  # half a code of rounding
    write(tmp_path / "b.tif", photo, photo.pixels)
    assert read(tmp_path / "b.tif").pixels.dtype == np.uint8


@pytest.mark.parametrize("photometric", ["cielab", "icclab"])
def test_lab_of_16_bit_and_of_either_kind_means_the_same(tmp_path, photometric):
    eight = samples.lab_codes()
    Image.fromarray(eight, "LAB").save(tmp_path / "a.tif")
    signed = eight.astype(np.int8)[..., 1:].astype(int)
    if photometric == "cielab":
        lightness, colours = eight[..., :1].astype(int) * 257, signed * 256 & 65535
    else:
        lightness, colours = eight[..., :1].astype(int) * 256, (signed + 128) * 256
    sixteen = np.concatenate((lightness, colours), axis=-1).astype(np.uint16)
    photo = read(samples.write_tiff(tmp_path / "b.tif", sixteen, photometric=photometric))
    assert np.abs(photo.pixels.astype(int) - read(tmp_path / "a.tif").pixels).max() <= 1
    assert photo.container.bits == 16


def test_lab_outside_srgb_is_clipped_and_counted(tmp_path):
    codes = np.full((10, 10, 3), 128, np.uint8)
    codes[0, :5] = 200, 255, 0
    photo = read(samples.write_tiff(tmp_path / "a.tif", codes, photometric="icclab"))
    assert photo.notices[1] == "5.0% of its pixels are outside sRGB and are clipped"
    assert np.ptp(photo.pixels[5, 5].astype(int)) <= 2  # a grey


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_32_bit_integers_become_16(tmp_path, channels):
    codes = samples.ramp(np.uint16, (96, 130, channels))
    options = {"photometric": "minisblack"} if channels == 1 else {"extrasamples": [2][: channels % 3]}
    wide = codes.astype(np.uint32) * 65537
    photo = read(samples.write_tiff(tmp_path / "a.tif", wide[..., 0] if channels == 1 else wide, **options))
    assert np.array_equal(photo.pixels, codes[..., :3] if channels > 1 else np.repeat(codes, 3, axis=2))
    assert channels < 4 or np.array_equal(photo.alpha, codes[..., 3])
    assert photo.notices[0] == "32-bit integer photo, written with 16 bits per channel"
    tops = np.array([[[0, 32768, 2**32 - 1]]], np.uint32)
    assert read(samples.write_tiff(tmp_path / "b.tif", tops)).pixels.tolist() == [[[0, 0, 65535]]]
