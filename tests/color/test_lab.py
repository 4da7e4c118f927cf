import colour
import numpy as np

from lutbridge.color.lab import srgb_to_lab


def test_agrees_with_colour_science():
    rgb = np.random.default_rng(0).random((500, 3))
    srgb = colour.RGB_COLOURSPACES["sRGB"].copy()
    srgb.use_derived_transformation_matrices(True)  # the standard prints its matrix with four digits only
    expected = colour.XYZ_to_Lab(colour.RGB_to_XYZ(rgb, srgb, apply_cctf_decoding=True), srgb.whitepoint)
    assert np.abs(srgb_to_lab(rgb) - expected).max() < 1e-5


def test_greys_are_neutral_and_white_is_100():
    greys = np.linspace(0, 1, 256)[:, None].repeat(3, 1)
    lab = srgb_to_lab(greys)
    assert np.abs(lab[:, 1:]).max() < 1e-12
    assert abs(lab[-1, 0] - 100) < 1e-12 and lab[0, 0] == 0
