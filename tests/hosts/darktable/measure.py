"""Colour measured by another library than ours."""

import colour
import numpy as np


def differences(one, other):
    """ΔE2000 of each pixel between codes of 16 bit or encoded values, sRGB."""
    Lab = [colour.XYZ_to_Lab(colour.sRGB_to_XYZ(encoded(pixels))) for pixels in (one, other)]
    return colour.delta_E(*Lab, method="CIE 2000")


def encoded(pixels):
    return pixels / 65535 if pixels.dtype == np.uint16 else pixels


def through(cube, pixels):
    """Codes through a .cube file."""
    lut = colour.read_LUT(str(cube))
    return lut.apply(encoded(pixels), interpolator=colour.algebra.table_interpolation_tetrahedral)
