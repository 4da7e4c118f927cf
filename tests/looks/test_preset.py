import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.errors import ReadError
from lutbridge.image.read import read
from lutbridge.looks.preset import Preset, lut_from_hald
from lutbridge.lut.lut3d import Lut3D

CURVE = Lut3D(0.05 + 0.9 * Lut3D.identity(17).lattice ** [1.2, 1.0, 0.9], "curve")


def deep(path, **options):
    pixels = np.random.default_rng(0).integers(0, 65536, (31, 47, 3), np.uint16)
    tifffile.imwrite(path, pixels, photometric="rgb", **options)
    return read(path)


def test_sixteen_bits_go_through_at_sixteen_bits(tmp_path):
    photo = deep(tmp_path / "a.tif")
    applied = Preset(CURVE, "curve").render(photo)
    assert applied.pixels.dtype == np.uint16 and applied.image_weights == ()
    assert np.abs(applied.pixels - 65535 * CURVE.apply(photo.pixels / 65535)).max() < 0.6


def test_strength_0_gives_the_very_codes_and_a_half_the_middle(tmp_path):
    photo, preset = deep(tmp_path / "a.tif"), Preset(CURVE, "curve")
    assert np.array_equal(preset.render(photo, 0).pixels, photo.pixels)
    middle = (photo.pixels.astype(float) + preset.render(photo).pixels) / 2
    assert np.abs(preset.render(photo, 0.5).pixels - middle).max() <= 1


def test_a_lut_with_a_domain_gives_what_it_gives_baked(tmp_path):
    photo = deep(tmp_path / "a.tif")
    wide = Lut3D(CURVE.lattice, domain=((0, 0, 0), (2, 2, 2)))
    found = Preset(wide, "wide").render(photo, 0.5).pixels
    exact = photo.pixels / 65535
    exact = exact + 0.5 * (wide.apply(exact) - exact)
    assert np.abs(found - 65535 * exact).max() < 1


@pytest.mark.parametrize("strength", [0, 0.5, 1])
@pytest.mark.parametrize("profile", [None, "adobergb"])
def test_the_result_can_take_the_place_of_the_photo(tmp_path, strength, profile):
    photo = deep(tmp_path / "a.tif", iccprofile=imagecodecs.cms_profile(profile) if profile else None)
    beside = Preset(CURVE, "curve").render(photo, strength)
    within = Preset(CURVE, "curve").render(photo, strength, in_place=True)
    assert within.pixels is photo.pixels and within.clipped == beside.clipped
    assert np.array_equal(within.pixels, beside.pixels)


def test_clipping_is_counted(tmp_path):
    photo = deep(tmp_path / "a.tif")
    applied = Preset(Lut3D(2 * Lut3D.identity(5).lattice), "bright").render(photo)
    assert applied.clipped == pytest.approx(((photo.pixels > 32768).any(-1)).mean(), abs=1e-3)


def test_a_wide_gamut_photo_keeps_its_space_and_what_lies_outside_srgb(tmp_path):
    photo = deep(tmp_path / "a.tif", iccprofile=imagecodecs.cms_profile("adobergb"))
    assert "Adobe" in photo.color.name
    same = Preset(Lut3D.identity(33), "identity").render(photo)
    assert np.abs(same.pixels.astype(int) - photo.pixels).max() <= 2
    before = photo.color.to_model(photo.pixels)
    after = photo.color.to_model(Preset(CURVE, "curve").render(photo).pixels)
    inside = ((before > 0.1) & (before < 0.9)).all(-1)
    assert inside.sum() > 100
    assert np.abs(after - CURVE.apply(before))[inside].max() < 2e-3


def test_a_changed_hald_gives_the_look(tmp_path):
    identity = Lut3D.identity(16).lattice.transpose(2, 1, 0, 3).reshape(64, 64, 3)
    changed = np.rint(CURVE.apply(identity) * 65535).astype(np.uint16)
    tifffile.imwrite(tmp_path / "look.tif", changed, photometric="rgb")
    found = lut_from_hald(read(tmp_path / "look.tif"))
    assert (found.grid_size, found.title) == (16, "look")
    assert np.abs(found.lattice - CURVE.resize(16).lattice).max() < 1e-5


@pytest.mark.parametrize("size", [(64, 63), (63, 63), (1, 1), (65, 65)])
def test_a_picture_that_is_no_hald_is_refused(tmp_path, size):
    Image.new("RGB", size).save(tmp_path / "a.png")
    with pytest.raises(ReadError, match="no HaldCLUT"):
        lut_from_hald(read(tmp_path / "a.png"))
