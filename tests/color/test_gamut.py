import io

import colour
import numpy as np
import pytest
from PIL import Image, ImageCms

from lutbridge.color import gamut
from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.gamut import SRGB, Lcms, MatrixCurves, space_of
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.color.tables import Tables

from ..image import profiles, samples

MATRICES = {
    "Adobe RGB": profiles.adobe_rgb(),
    "Display P3": profiles.display_p3(),
    "ProPhoto": profiles.prophoto(),
    "tabulated": profiles.tabulated_p3(),
}
WIDE = {**MATRICES, "tables": profiles.camera()}


def cube(dtype, steps=23):
    """Colours of the whole space, its corners and edges among them."""
    axis = np.rint(np.linspace(0, np.iinfo(dtype).max, steps)).astype(dtype)
    return np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(steps, -1, 3)


def inside(space, codes):
    """Which colours lie inside sRGB."""
    linear = space.linear_srgb(codes)
    return ((linear > 0.001) & (linear < 0.999)).all(-1)


def test_which_way_a_profile_goes():
    assert all(isinstance(space_of(icc, ""), MatrixCurves) for icc in MATRICES.values())
    assert isinstance(space_of(WIDE["tables"], ""), Tables)
    assert space_of(profiles.camera(both_ways=False), "") is None


@pytest.mark.parametrize(("off", "is_exact"), [(0.001, True), (0.004, False)])
def test_curves_and_matrix_are_used_only_where_they_agree_with_lcms(monkeypatch, off, is_exact):
    """By 0.002 in linear light: a profile whose curves say something else than lcms reads goes through lcms."""
    seen = MatrixCurves.linear_srgb
    monkeypatch.setattr(MatrixCurves, "linear_srgb", lambda self, codes: seen(self, codes) + np.float32(off))
    space_of.cache_clear()
    assert isinstance(space_of(profiles.display_p3(), "off"), MatrixCurves) == is_exact
    space_of.cache_clear()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", WIDE)
def test_nothing_moved_is_nothing_changed(name, dtype):
    space = space_of(WIDE[name], name)
    codes = cube(dtype) if name == "tables" else np.arange(65536, dtype=np.uint16).astype(dtype).reshape(256, 256, 1)
    codes = np.broadcast_to(codes, (*codes.shape[:2], 3))
    seen = space.to_model(codes)
    assert seen.dtype == np.float32 and seen.flags.c_contiguous and seen.min() >= 0 and seen.max() <= 1
    assert np.array_equal(space.from_model(seen, seen, codes), codes)
    codes = cube(dtype)
    seen = space.to_model(codes)
    assert np.array_equal(space.from_model(seen, seen, codes), codes)


@pytest.mark.parametrize("name", WIDE)
def test_colours_inside_srgb_get_exactly_the_model_s_result(name):
    space = space_of(WIDE[name], name)
    codes = cube(np.uint16)
    codes = codes[inside(space, codes)]
    assert len(codes) > 2000
    before = space.to_model(codes)
    after = 0.8 * before + 0.1
    result = space.to_model(space.from_model(after, before, codes))
    error = np.abs(result - after)
    if name == "tables":  # as exact as the tables' own way to and fro, which is coarse for dark saturated colours
        assert error.mean() < 3e-3
    else:  # one code of ProPhoto's is worth six of sRGB's where they are dark
        assert error.max() < 1e-4 and error.mean() < 1e-5


@pytest.mark.parametrize("name", MATRICES)
def test_colours_outside_keep_their_distance(name):
    space = space_of(MATRICES[name], name)
    codes = cube(np.uint16)
    linear, before = space.linear_srgb(codes), space.to_model(codes)
    residual = linear - linear.clip(0, 1)
    outside = np.abs(residual).max(-1) > 0.01
    assert outside.sum() > 1000
    after = 0.8 * before + 0.1
    result = space.from_model(after, before, codes)
    expected = eotf_srgb(after) + residual
    kept = outside & ((result > 0) & (result < 65535)).all(-1)  # else the container's range cuts
    assert kept.sum() > 300
    assert np.abs(space.linear_srgb(result) - expected)[kept].max() < 1e-4


@pytest.mark.parametrize("name", WIDE)
def test_greys_stay_grey(name):
    space = space_of(WIDE[name], name)
    codes = np.repeat(np.arange(0, 65536, 5, dtype=np.uint16)[None, :, None], 3, axis=2)
    before = space.to_model(codes)
    assert np.ptp(before, axis=-1).max() < (5e-3 if name == "tables" else 2e-6)
    if name != "tables":
        result = space.from_model(np.sqrt(before[..., 1:2]).repeat(3, -1), before, codes).astype(int)
        assert np.ptp(result, axis=-1).max() <= 1


@pytest.mark.parametrize("name", WIDE)
def test_a_smaller_step_changes_less_down_to_nothing(name):
    space = space_of(WIDE[name], name)
    codes = cube(np.uint16, 12)
    before = space.to_model(codes)

    def change(strength):
        after = before + np.float32(strength) * before * (1 - before)
        return np.abs(space.from_model(after, before, codes).astype(int) - codes)

    changes = [change(strength) for strength in (1e-2, 1e-4, 1e-6, 1e-8)]
    most = [each.max() for each in changes]
    assert sorted(most, reverse=True) == most and most[-1] <= 8  # a pure gamma is infinitely steep at black
    assert np.mean(changes[0]) < 65535 / 200 and np.mean(changes[2]) < (30 if name == "tabulated" else 1)


@pytest.mark.parametrize("name", ["Display P3", "tables"])
def test_bands_make_no_difference(monkeypatch, name):
    space = space_of(WIDE[name], name)
    codes = cube(np.uint16)
    before = space.to_model(codes)
    after = 0.8 * before + 0.1
    result = space.from_model(after, before, codes)
    monkeypatch.setattr(gamut, "_BAND_PIXELS", 2 * codes.shape[1] + 1)
    turned = space.to_model(codes.swapaxes(0, 1)).swapaxes(0, 1)
    assert np.array_equal(space.to_model(codes), before) and np.array_equal(turned, before)
    assert np.array_equal(space.from_model(after, before, codes), result)


@pytest.mark.parametrize("name", ["Adobe RGB", "Display P3", "ProPhoto"])
def test_the_model_sees_what_colour_science_computes(name):
    space = space_of(MATRICES[name], name)
    source = {"Adobe RGB": "Adobe RGB (1998)", "ProPhoto": "ProPhoto RGB"}.get(name, name)
    codes = cube(np.uint16, 9)
    values = to_float(codes).astype(float)
    exponent = {"Adobe RGB": 563 / 256, "ProPhoto": round(1.8 * 256) / 256}.get(name)
    linear = values**exponent if exponent else colour.cctf_decoding(values, "sRGB")
    spaces = colour.RGB_COLOURSPACES[source], colour.RGB_COLOURSPACES["sRGB"]
    expected = colour.RGB_to_RGB(linear, *spaces, chromatic_adaptation_transform="Bradford")
    assert np.abs(space.linear_srgb(codes) - expected).max() < 0.002  # colour's own matrices are rounded to four digits


@pytest.mark.parametrize("name", WIDE)
def test_the_model_sees_what_pillow_shows(name):
    """Against lcms by way of Pillow, in 8 bit."""
    codes = cube(np.uint8)
    source = ImageCms.ImageCmsProfile(io.BytesIO(WIDE[name]))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    shown = ImageCms.profileToProfile(Image.fromarray(codes), source, ImageCms.createProfile("sRGB"), intent)
    seen = to_codes(space_of(WIDE[name], name).to_model(codes), np.uint8).astype(int)
    difference = np.abs(seen - np.asarray(shown))
    # Pillow turns tables into coarser ones, made for 8 bit.
    assert difference.max() <= (10 if name == "tables" else 3) and difference.mean() < 0.4


def test_every_curve_of_the_format():
    """Against lcms; functions 0 to 4 of parametricCurveType and the three kinds of curveType."""
    codes = np.repeat(np.arange(0, 65536, 97, dtype=np.uint16)[None, :, None], 3, axis=2)
    for curve in (
        profiles.para(0, 2.0),
        profiles.para(1, 2.2, 0.9, 0.1),
        profiles.para(2, 2.2, 0.85, 0.1, 0.05),
        profiles.SRGB_CURVE,
        profiles.para(4, 2.4, 0.9, 0.05, 0.1, 0.04, 0.01, 0.005),
        profiles.gamma(1.0),
        b"curv" + bytes(8),
        profiles.table(np.linspace(0, 1, 33) ** 1.5),
    ):
        icc = samples.matrix_profile(profiles.P3_COLORANTS, curve)
        exact, general = MatrixCurves.of(icc, ""), Lcms(icc, "")
        assert np.abs(exact.linear_srgb(codes) - general.linear_srgb(codes)).max() < 3e-4, curve[:10]


@pytest.mark.parametrize(
    "curve",
    [b"", b"curv", b"para\0\0\0\0\0\7\0\0", profiles.para(3, 2.4), profiles.para(1, 2.2, 0, 0), profiles.table([1, 0])],
)
def test_a_damaged_curve_has_no_exact_way(curve):
    with pytest.raises(ValueError):
        MatrixCurves.of(samples.matrix_profile(profiles.P3_COLORANTS, curve), "")


def test_the_same_primaries_three_times_have_no_way_back():
    with pytest.raises(ValueError):
        MatrixCurves.of(samples.matrix_profile([(0.3, 0.3, 0.3)] * 3, profiles.gamma(2.2)), "")


def test_srgb_is_the_model_s_own_space():
    codes = samples.ramp(np.uint16)
    assert np.array_equal(SRGB.to_model(codes), to_float(codes))
    after = inverse_eotf_srgb(to_float(codes))
    assert np.array_equal(SRGB.from_model(after, to_float(codes), codes), to_codes(after, np.uint16))
