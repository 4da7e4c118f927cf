import os
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.color import icc
from lutbridge.color.codes import to_16_bit, to_float
from lutbridge.color.gamut import SRGB
from lutbridge.color.profile import kind_of
from lutbridge.color.srgb import eotf_srgb
from lutbridge.errors import UsageError, WriteError
from lutbridge.image.read import read
from lutbridge.image.target import Target, name_for, profile_for, retarget
from lutbridge.image.write import extension_for, write

from . import profiles, samples


def result_of(path, target, change=lambda codes: codes):
    """The photo as it is retouched, and what is read of its result."""
    photo = retarget(read(path), target)
    result = path.with_name(f"result{extension_for(photo)}")
    clipped = write(result, photo, change(photo.pixels))
    return photo, read(result), clipped


def test_nothing_asked_for_changes_nothing(tmp_path):
    for path in (samples.rich_jpeg(tmp_path / "a"), samples.rich_tiff(tmp_path / "b", samples.ramp(np.uint16))):
        photo = read(path)
        again = retarget(photo, Target())
        assert again.container == photo.container and again.pixels is photo.pixels and again.notices == photo.notices


def test_more_bits_hold_the_same_values(tmp_path):
    photo, again, clipped = result_of(samples.rich_png(tmp_path / "a", samples.ramp()), Target(bits=16))
    assert np.array_equal(photo.pixels, to_16_bit(samples.ramp())) and np.array_equal(again.pixels, photo.pixels)
    assert clipped == 0 and b"sBIT" not in {chunk.kind for chunk in photo.container.native.chunks}


def test_fewer_bits_are_rounded_once_at_the_end(tmp_path):
    path = samples.rich_tiff(tmp_path / "a", samples.ramp(np.uint16, (96, 130, 4)), 6, extrasamples=[2])
    photo, again, _ = result_of(path, Target(bits=8), lambda codes: codes // 2)
    assert photo.pixels.dtype == np.uint16 and again.pixels.dtype == np.uint8
    assert np.array_equal(again.pixels, np.rint(photo.pixels // 2 / 257))
    assert np.array_equal(again.alpha, np.rint(photo.alpha / 257))


@pytest.mark.parametrize("format_", ["jpeg", "webp"])
def test_formats_of_8_bit_take_8_bit_and_say_so_about_16(tmp_path, format_):
    path = samples.write_tiff(tmp_path / "a", to_16_bit(samples.smooth()))
    photo, again, _ = result_of(path, Target(format=format_))
    assert photo.pixels.dtype == np.uint16 and again.pixels.dtype == np.uint8
    assert np.abs(again.pixels.astype(int) - samples.smooth()).mean() < 1
    with pytest.raises(WriteError, match="holds 8 bits per channel; choose --format tiff"):
        retarget(read(path), Target(format=format_, bits=16))


def test_jpeg_says_that_it_drops_transparency(tmp_path):
    path = samples.write_png(tmp_path / "a", samples.ramp(shape=(96, 130, 4)))
    photo, again, _ = result_of(path, Target(format="jpeg"))
    assert photo.notices == ("its transparency is left out, because JPEG has none",) and again.alpha is None


@pytest.mark.parametrize("format_", ["png", "tiff", "webp"])
def test_transparency_moves_between_the_others(tmp_path, format_):
    codes = samples.ramp(shape=(96, 130, 4))
    _, again, _ = result_of(samples.write_png(tmp_path / "a", codes), Target(format=format_))
    assert np.array_equal(again.alpha, codes[..., 3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_webp_does_without_transparency_that_hides_nothing(tmp_path, dtype):
    codes = samples.ramp(dtype, (96, 130, 4))
    codes[..., 3] = np.iinfo(dtype).max
    codes[0, 0, 3] -= dtype is np.uint16  # opaque once it is rounded
    _, again, _ = result_of(samples.write_png(tmp_path / "a", codes), Target(format="webp"))
    assert again.alpha is None


@pytest.mark.parametrize("format_", ["png", "webp"])
def test_colours_that_were_multiplied_with_alpha_are_divided_by_it(tmp_path, format_):
    straight = np.array([[[200, 100, 40, 128], [90, 80, 70, 0], [9, 8, 7, 255]]], np.uint8)
    codes = straight.copy()
    codes[..., :3] = np.rint(straight[..., :3] * (straight[..., 3:] / 255))
    path = samples.write_tiff(tmp_path / "a", codes, extrasamples=[1])
    photo, again, _ = result_of(path, Target(format=format_, quality=100))
    assert np.array_equal(photo.pixels, [[[199, 100, 40], [0, 0, 0], [9, 8, 7]]])
    assert np.array_equal(again.alpha, straight[..., 3])
    same = read(path)
    write(tmp_path / "same.tif", same, same.pixels)
    assert np.array_equal(tifffile.imread(tmp_path / "same.tif"), codes)


def test_quality_of_jpeg_and_webp(tmp_path):
    path = samples.write_tiff(tmp_path / "a", samples.smooth())
    sizes = {}
    for format_ in ("jpeg", "webp", "png"):
        for quality in (30, 95, None):
            photo = retarget(read(path), Target(format=format_, quality=quality))
            write(tmp_path / "b", photo, photo.pixels)
            sizes[format_, quality] = (tmp_path / "b").stat().st_size
    assert sizes["jpeg", 30] < sizes["jpeg", 95] == sizes["jpeg", None]
    assert sizes["webp", 30] < sizes["webp", 95] == sizes["webp", None]
    assert sizes["png", 30] == sizes["png", None]
    lossless = samples.write_webp(tmp_path / "c", samples.ramp())
    photo = retarget(read(lossless), Target(quality=50))
    write(tmp_path / "b", photo, photo.pixels)
    assert b"VP8 " in (tmp_path / "b").read_bytes()[:40]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_wide_gamut_becomes_srgb(tmp_path, dtype):
    codes = samples.ramp(dtype)
    path = samples.write_tiff(tmp_path / "a", codes, iccprofile=profiles.display_p3())
    photo, again, clipped = result_of(path, Target(icc=profile_for("srgb")))
    assert photo.pixels.dtype == np.uint16 and photo.color is not SRGB
    assert again.color is SRGB and again.container.icc == icc.srgb() and again.pixels.dtype == dtype
    linear = photo.color.linear_srgb(photo.pixels)
    outside = ((linear < -0.001) | (linear > 1.001)).any(-1)
    assert 0.1 < clipped < 0.9 and clipped == pytest.approx(outside.mean())
    step = 1 / np.iinfo(dtype).max
    assert np.abs(to_float(again.pixels) - SRGB.encode(linear)).max() < 0.51 * step + 1e-6


def test_a_photo_in_srgb_gets_srgb_s_profile_and_keeps_its_own(tmp_path):
    bare, own = samples.write_tiff(tmp_path / "a", samples.ramp()), samples.rich_png(tmp_path / "b", samples.ramp())
    photo, again, _ = result_of(bare, Target(icc=profile_for("srgb")))
    assert photo.pixels.dtype == np.uint8 and np.array_equal(again.pixels, samples.ramp())
    assert again.container.icc == icc.srgb() and kind_of(icc.srgb()) == "srgb"
    assert result_of(own, Target(icc=profile_for("srgb")))[1].container.icc == samples.srgb_profile()


def test_a_profile_from_a_file(tmp_path):
    (tmp_path / "p3.icc").write_bytes(profiles.display_p3())
    path = samples.rich_png(tmp_path / "a", samples.ramp())
    photo, again, clipped = result_of(path, Target(icc=profile_for(str(tmp_path / "p3.icc"))))
    assert again.container.icc == profiles.display_p3() and clipped == 0
    same = eotf_srgb(to_float(samples.ramp()))
    assert np.abs(again.color.linear_srgb(again.pixels) - same).max() < 0.02  # rounded to 8 bit
    exact = retarget(read(path), Target(bits=16, icc=profiles.display_p3()))
    write(tmp_path / "b", exact, exact.pixels)
    again = read(tmp_path / "b")
    assert np.abs(again.color.linear_srgb(again.pixels) - same).max() < 1e-4


def test_chunks_about_the_old_colours_are_left_out(tmp_path):
    chunks = ((b"cICP", b"\x0c\x0d\0\1"), (b"gAMA", b"\0\0\xb1\x8f"), (b"tEXt", b"Author\0me"))
    path = samples.write_png(tmp_path / "a", samples.ramp(), *chunks)
    _, again, _ = result_of(path, Target(icc=profile_for("srgb")))
    assert {chunk.kind for chunk in again.container.native.chunks} == {b"tEXt"}
    assert again.color is SRGB


def test_a_space_that_only_an_exif_entry_names_is_embedded_in_another_format(tmp_path):
    space, at = b"\x01\xa0\x03\0\1\0\0\0\xff\xff\0\0", samples.exif_block().index(b"\x9a\x82\x05\0\1\0\0\0")
    block = samples.exif_block()
    block = block[:at] + space + block[at + 12 :].replace(b"R98\0", b"R03\0")
    path = samples.write_jpeg(tmp_path / "a", samples.smooth(), ((0xE1, b"Exif\0\0" + block),))
    photo, again, _ = result_of(path, Target(format="tiff"))
    assert again.container.icc == icc.adobe_rgb() and again.color.name == "Adobe RGB (1998)"
    assert np.array_equal(again.color.linear_srgb(again.pixels), photo.color.linear_srgb(photo.pixels))
    assert np.abs(to_float(again.pixels) - to_float(photo.pixels)).max() == 0


def test_adobe_rgb_is_adobe_s(tmp_path):
    (red, green, blue), lcms = np.eye(3, dtype=np.uint8) * 255, imagecodecs.cms_profile("adobergb")
    for colour in (red, green, blue):
        by_lcms = read(samples.write_tiff(tmp_path / "a", colour[None, None], iccprofile=lcms)).color
        ours = read(samples.write_tiff(tmp_path / "a", colour[None, None], iccprofile=icc.adobe_rgb())).color
        assert ours.linear_srgb(colour) == pytest.approx(by_lcms.linear_srgb(colour), abs=1e-3)


def test_what_is_no_profile_for_photos_is_refused(tmp_path):
    contents = {"text": b"hello", "grey": imagecodecs.cms_profile("gray", gamma=2.2), "press": profiles.press()}
    contents["one way"] = profiles.camera(both_ways=False)
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match="no colour profile that RGB photos can be written in"):
            profile_for(str(tmp_path / name))
    with pytest.raises(UsageError, match="there is no such file; --icc takes keep, srgb or a profile's file"):
        profile_for(str(tmp_path / "missing"))
    assert profile_for("keep") is None


def test_sides_that_a_format_cannot_hold_are_refused(tmp_path):
    path = samples.write_png(tmp_path / "a.png", np.zeros((2, 16384, 3), np.uint8))
    photo = retarget(read(path), Target(format="webp"))
    with pytest.raises(WriteError, match="at most 16383 pixels a side; choose --format tiff or png"):
        write(tmp_path / "b", photo, photo.pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("name", "format_", "result"),
    [
        ("a.tif", None, "a.tif"),
        ("a.tif", "jpeg", "a.jpg"),
        ("A.JPEG", "jpeg", "A.JPEG"),
        ("a.b.png", "tiff", "a.b.tif"),
        ("noext", "webp", "noext.webp"),
        ("IMG_1.CR2", None, "IMG_1.tif"),
        ("IMG_1.heic", None, "IMG_1.tif"),
        ("IMG_1.avif", "jpeg", "IMG_1.jpg"),
    ],
)
def test_names(name, format_, result):
    assert name_for(Path(name), format_) == result


@pytest.mark.parametrize(
    ("name", "content", "result"),
    [
        ("a.jpg", b"\0\0\0\x18ftypheic", "a.tif"),
        ("a.JPG", b"\0\0\0\x18ftypavif", "a.tif"),
        ("a.heic", b"\xff\xd8\xff\xe0", "a.jpg"),
        ("a.nef", b"MM\0*", "a.tif"),
        ("a.nef", b"\xff\xd8\xff\xe0", "a.jpg"),
        ("a.CR2", b"\x89PNG\r\n\x1a\n", "a.png"),
        ("a.dng", b"RIFF\0\0\0\0WEBP", "a.webp"),
        ("a.raf", b"\0\0\0\x18ftypheic", "a.tif"),
        ("a.arw", b"no photo", "a.tif"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n", "a.jpg"),
        ("a.png", b"no photo", "a.png"),
    ],
)
def test_the_name_goes_by_what_the_file_is(tmp_path, name, content, result):
    (tmp_path / name).write_bytes(content)
    assert name_for(tmp_path / name, None) == result


def test_a_pipe_is_no_profile_and_no_photo(tmp_path):
    os.mkfifo(tmp_path / "pipe.heic")
    assert name_for(tmp_path / "pipe.heic", None) == "pipe.tif"
    with pytest.raises(UsageError, match=r"no ordinary file .*--icc takes keep, srgb or a profile's file"):
        profile_for(str(tmp_path / "pipe.heic"))


def test_pillow_opens_what_was_converted(tmp_path):
    path = samples.write_tiff(tmp_path / "a", samples.ramp(np.uint16))
    for format_, name in (("jpeg", "JPEG"), ("png", "PNG"), ("tiff", "TIFF"), ("webp", "WEBP")):
        photo = retarget(read(path), Target(format=format_, bits=8))
        write(tmp_path / "b", photo, photo.pixels)
        with Image.open(tmp_path / "b") as image:
            image.load()
            assert (image.format, image.size, image.mode) == (name, (130, 96), "RGB")
