"""The sRGB transfer functions and primaries (IEC 61966-2-1).

The standard specifies the display's EOTF; values in image files are encoded with its inverse.
"""

import numpy as np

# Linear sRGB to CIE XYZ (D65, Y of white = 1), derived from the standard's chromaticities instead of copied at four
# digits, so that white comes out neutral to rounding.
_PRIMARIES_xy = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
WHITE_D65_xy = np.array([0.3127, 0.3290])


def _xy_to_XYZ(xy: np.ndarray) -> np.ndarray:
    x, y = xy[..., 0], xy[..., 1]
    return np.stack([x / y, np.ones_like(x), (1 - x - y) / y], axis=-1)


WHITE_D65_XYZ = _xy_to_XYZ(WHITE_D65_xy)
_PRIMARIES_XYZ = _xy_to_XYZ(_PRIMARIES_xy).T
RGB_TO_XYZ = _PRIMARIES_XYZ * np.linalg.solve(_PRIMARIES_XYZ, WHITE_D65_XYZ)

# Luminance of linear sRGB: the Y row, (0.2126, 0.7152, 0.0722) to four digits.
LUMINANCE = RGB_TO_XYZ[1]

# The power of a negative base is NaN, and its gradient at zero is infinite, even in the branch `where` does not take.
TINY = 1e-8


def eotf_srgb(rgb: np.ndarray | float) -> np.ndarray:
    """Decode sRGB-encoded values to linear light.

    Args:
        rgb: array of any shape, floating point, sRGB-encoded, [0, 1].
    Returns:
        The same shape and type, linear, [0, 1].
    """
    return np.where(rgb <= 0.04045, rgb / 12.92, np.maximum((rgb + 0.055) / 1.055, TINY) ** 2.4)


def inverse_eotf_srgb(rgb_linear: np.ndarray | float) -> np.ndarray:
    """Encode linear light as sRGB.

    Args:
        rgb_linear: array of any shape, floating point, linear, [0, 1].
    Returns:
        The same shape and type, sRGB-encoded, [0, 1].
    """
    encoded = 1.055 * np.maximum(rgb_linear, TINY) ** (1 / 2.4) - 0.055
    return np.where(rgb_linear <= 0.0031308, rgb_linear * 12.92, encoded)
