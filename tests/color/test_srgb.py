import colour
import numpy as np

from lutbridge.color.srgb import LUMINANCE, RGB_TO_XYZ, WHITE_D65_XYZ, eotf_srgb, inverse_eotf_srgb


def test_eotf_agrees_with_colour_science():
    rgb = np.linspace(0, 1, 1001)
    assert np.abs(eotf_srgb(rgb) - colour.models.eotf_sRGB(rgb)).max() < 1e-7


def test_the_inverse_undoes_the_eotf():
    rgb = np.linspace(0, 1, 1001)
    assert np.abs(inverse_eotf_srgb(eotf_srgb(rgb)) - rgb).max() < 1e-6


def test_white_is_the_white_point_and_luminance_adds_up_to_one():
    assert np.allclose(RGB_TO_XYZ @ np.ones(3), WHITE_D65_XYZ, atol=1e-15)
    assert abs(LUMINANCE.sum() - 1) < 1e-15
