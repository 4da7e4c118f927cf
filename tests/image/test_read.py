import os
import struct

import imagecodecs
import numpy as np
import pytest

from lutbridge.color import profile
from lutbridge.color.codes import to_float
from lutbridge.color.gamut import SRGB, MatrixCurves
from lutbridge.color.lab import srgb_to_lab
from lutbridge.color.srgb import eotf_srgb
from lutbridge.errors import ReadError
from lutbridge.image import read as read_module
from lutbridge.image.convert import to_srgb
from lutbridge.image.orientation import turn_upright
from lutbridge.image.read import read
from lutbridge.image.write import write

from . import profiles, samples


def orient_tiff(path, pixels, orientation):
    return samples.write_tiff(path, pixels, extratags=[(274, 3, 1, orientation, True)])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_stand_upright_in_every_format(tmp_path, orientation):
    for name, pixels, make in (
        ("a.jpg", samples.smooth(), lambda p, a: samples.rich_jpeg(p, orientation, quality=100)),
        ("a.png", samples.ramp(np.uint16), lambda p, a: samples.rich_png(p, a, orientation)),
        ("a.tif", samples.ramp(np.uint16), lambda p, a: orient_tiff(p, a, orientation)),
    ):
        photo = read(make(tmp_path / name, pixels))
        expected = turn_upright(pixels.copy(), orientation)
        assert photo.pixels.shape == expected.shape
        assert np.abs(photo.pixels.astype(int) - expected).max() <= (5 if name == "a.jpg" else 0)
        assert photo.container.orientation == orientation
        assert photo.notices == ()


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_a_meaningless_orientation_counts_as_1(tmp_path, orientation):
    photo = read(orient_tiff(tmp_path / "a.tif", samples.ramp(), orientation))
    assert np.array_equal(photo.pixels, samples.ramp())
    assert photo.container.orientation == 1
    assert str(orientation) in photo.notices[0]


def test_sixteen_bit_never_passes_through_eight(tmp_path):
    pixels = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=2)
    for photo in (read(samples.write_png(tmp_path / "a", pixels)), read(samples.write_tiff(tmp_path / "b", pixels))):
        assert len(np.unique(photo.pixels)) == 65536


def test_grey_has_three_channels_and_alpha_rides_along(tmp_path):
    pixels = samples.ramp(np.uint16, (96, 130, 2))
    photo = read(samples.write_png(tmp_path / "a.png", pixels))
    assert np.array_equal(photo.pixels, np.repeat(pixels[..., :1], 3, axis=2))
    assert np.array_equal(photo.alpha, pixels[..., 1])
    assert photo.notices == () and photo.container.grey


def test_the_extension_does_not_matter(tmp_path):
    for name, make in (("a.png", samples.rich_jpeg), ("a.jpg", lambda path: samples.rich_png(path, samples.ramp()))):
        assert read(make(tmp_path / name)).container.format == ("jpeg" if name == "a.png" else "png")


def test_the_codes_are_held_once(tmp_path):
    photo = read(samples.write_png(tmp_path / "a.png", samples.ramp(np.uint8, (96, 130, 4))))
    assert photo.pixels.base is not None and np.shares_memory(photo.pixels.base, photo.alpha.base)


@pytest.mark.parametrize("icc", [samples.srgb_profile(), None])
def test_srgb_and_no_profile_are_accepted(tmp_path, icc):
    photo = read(samples.write_tiff(tmp_path / "a.tif", samples.ramp(), iccprofile=icc))
    assert photo.color is SRGB and photo.container.icc == icc and photo.notices == ()


def test_another_gamut_is_kept_with_its_codes(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(np.uint16), iccprofile=profiles.display_p3())
    photo = read(path)
    assert np.array_equal(photo.pixels, samples.ramp(np.uint16))
    assert photo.container.icc == profiles.display_p3() and photo.notices == ()
    assert isinstance(photo.color, MatrixCurves)
    named = read(samples.write_tiff(tmp_path / "b.tif", samples.ramp(), iccprofile=profiles.adobe_rgb()))
    assert named.color.name == "Adobe RGB (compatible)"


def test_a_profile_without_a_way_back_is_left_for_srgb(tmp_path):
    icc, codes = profiles.camera(both_ways=False), samples.ramp(shape=(96, 130, 4))
    photo = read(samples.write_tiff(tmp_path / "a.tif", codes, extrasamples=[2], iccprofile=icc))
    assert photo.color is SRGB and photo.container.icc is None
    assert photo.notices == ("its colour profile works in one direction only: written in sRGB",)
    assert np.array_equal(photo.pixels, to_srgb(codes[..., :3], icc))
    assert np.array_equal(photo.alpha, codes[..., 3] * np.uint16(257))
    write(tmp_path / "b.tif", photo, photo.pixels)
    again = read(tmp_path / "b.tif")
    assert again.pixels.dtype == np.uint8 and np.array_equal(again.alpha, codes[..., 3])
    assert np.array_equal(again.pixels, np.rint(photo.pixels / 257))


def test_grey_keeps_its_codes_and_its_curve(tmp_path):
    grey = samples.ramp(np.uint16)[..., 0]
    icc = imagecodecs.cms_profile("gray", gamma=1.8)
    photo = read(samples.write_tiff(tmp_path / "a.tif", grey, photometric="minisblack", iccprofile=icc))
    assert np.array_equal(photo.pixels, np.repeat(grey[..., None], 3, axis=2))
    assert photo.notices == () and photo.container.grey
    assert profile.kind_of(photo.container.icc) == "other" and not profile.is_grey(photo.container.icc)
    seen = photo.color.to_model(photo.pixels)
    assert np.ptp(seen, axis=-1).max() < 2e-6
    assert np.abs(eotf_srgb(seen[..., 0]) - (grey / 65535) ** 1.8).max() < 1e-4


def test_grey_of_a_curve_to_lightness_becomes_srgb(tmp_path):
    grey = samples.ramp(np.uint16)[..., 0]
    icc = bytearray(imagecodecs.cms_profile("gray", gamma=1.0))
    icc[20:24] = b"Lab "
    path = samples.write_tiff(tmp_path / "a.tif", grey, photometric="minisblack", iccprofile=bytes(icc))
    photo = read(path)
    assert photo.color is SRGB and photo.container.icc is None
    assert len(photo.notices) == 2 and np.ptp(photo.pixels.astype(int), axis=-1).max() <= 1
    lightness = srgb_to_lab(to_float(photo.pixels))[..., 0]
    assert np.abs(lightness - grey / 655.35).max() < 0.2


def test_a_damaged_profile_counts_as_srgb(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(), iccprofile=samples.srgb_profile()[:300])
    photo = read(path)
    assert photo.container.icc is None
    assert "treated as sRGB" in photo.notices[0]


def test_a_grey_profile_on_a_colour_photo_counts_as_srgb(tmp_path):
    icc = imagecodecs.cms_profile("gray", gamma=1.8)
    assert "treated as sRGB" in read(samples.write_tiff(tmp_path / "a", samples.ramp(), iccprofile=icc)).notices[0]


def test_what_is_no_photo_gets_a_sentence(tmp_path):
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "page.png").write_text("<html>")
    (tmp_path / "folder.tif").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "header.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "clip.heic").write_bytes(b"\0\0\0\x18ftypqt  " + bytes(100))
    for name, words in (
        ("empty.jpg", "empty"),
        ("page.png", "text"),
        ("folder.tif", "folder"),
        ("pipe.jpg", "pipe"),
        ("missing.jpg", "no such file"),
        ("header.jpg", "damaged"),
        ("clip.heic", "video"),
        ("/dev/zero", "device"),
    ):
        with pytest.raises(ReadError, match=words) as caught:
            read(tmp_path / name)
        assert str(caught.value).startswith(str(tmp_path / name))
        assert "\n" not in str(caught.value)


def test_no_byte_of_the_input_changes(tmp_path):
    path = samples.rich_tiff(tmp_path / "a.tif", samples.ramp(), 6)
    path.chmod(0o444)
    before, times = path.read_bytes(), path.stat().st_mtime_ns
    read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, times)


@pytest.mark.parametrize("times", [1, 2])
def test_a_file_that_changes_while_it_is_read_is_tried_twice(tmp_path, monkeypatch, times):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    real, calls = read_module.recognise, []

    def growing(head):
        calls.append(head)
        if len(calls) <= times:
            os.utime(path, ns=(len(calls), len(calls)))
        return real(head)

    monkeypatch.setattr(read_module, "recognise", growing)
    if times == 1:
        assert np.array_equal(read(path).pixels, samples.ramp())
    else:
        with pytest.raises(ReadError, match="changes while it is read"):
            read(path)


def test_too_little_memory_gets_a_sentence(tmp_path, monkeypatch):
    def greedy(file):
        raise MemoryError

    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    monkeypatch.setitem(read_module.DECODERS, "png", greedy)
    with pytest.raises(ReadError, match="not enough memory"):
        read(path)


@pytest.mark.parametrize("make", [samples.rich_jpeg, lambda path: samples.rich_png(path, samples.ramp())])
def test_every_single_byte_error_in_the_metadata_is_survived(tmp_path, make):
    path = make(tmp_path / "a")
    data = path.read_bytes()
    generator = np.random.default_rng(0)
    for at in generator.integers(2, 1500, 150):
        path.write_bytes(data[:at] + struct.pack("B", data[at] ^ 255) + data[at + 1 :])
        try:
            assert read(path).pixels.dtype == np.uint8
        except ReadError as error:
            assert str(path) in str(error)


def in_adobe_rgb(exif):
    """The samples' EXIF block with ColorSpace in the place of its exposure time, and index R03."""
    space = struct.pack("<HHIHH", 40961, 3, 1, 65535, 0)
    at = exif.index(struct.pack("<HHI", 0x829A, 5, 1))
    return exif[:at] + space + exif[at + 12 :].replace(b"R98\0", b"R03\0")


def test_a_camera_s_word_for_adobe_rgb_counts_where_no_profile_speaks(tmp_path):
    block = in_adobe_rgb(samples.exif_block())
    segment = (0xE1, b"Exif\0\0" + block)
    photo = read(samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), (segment,)))
    assert photo.color.name == "Adobe RGB" and photo.container.icc is None
    assert photo.notices == ("Adobe RGB, as its EXIF block says",)
    green = np.array([[[0, 255, 0]]], np.uint8)
    assert photo.color.linear_srgb(green)[0, 0, 0] == pytest.approx(-0.398, abs=0.002)
    profiled = {"icc_profile": samples.srgb_profile()}
    assert read(samples.write_jpeg(tmp_path / "b.jpg", samples.smooth(), (segment,), **profiled)).color is SRGB
    for other in (block.replace(b"R03\0", b"R98\0"), block.replace(b"\xff\xff\0\0", b"\1\0\0\0", 1)):
        path = samples.write_jpeg(tmp_path / "c.jpg", samples.smooth(), ((0xE1, b"Exif\0\0" + other),))
        assert read(path).color is SRGB and read(path).notices == ()


def test_no_damage_to_a_profile_costs_the_photo(tmp_path):
    generator, codes = np.random.default_rng(0), samples.ramp()
    for icc in (profiles.display_p3(), profiles.adobe_rgb(), profiles.tabulated_p3(), profiles.camera()):
        for at in generator.integers(0, 560, 60):
            broken = icc[:at] + bytes([generator.integers(256)]) + icc[at + 1 :]
            photo = read(samples.write_tiff(tmp_path / "a.tif", codes, iccprofile=broken))
            seen = photo.color.to_model(photo.pixels)
            assert seen.min() >= 0 and seen.max() <= 1
            assert np.array_equal(photo.color.from_model(seen, seen, photo.pixels), photo.pixels)
