"""CIELAB with the D65 white point, from sRGB-encoded values (CIE 15:2004)."""

import numpy as np

from lutbridge.color.srgb import RGB_TO_XYZ, WHITE_D65_XYZ, eotf_srgb

# CIE 15:2004's intended fractions; the rounded 0.008856 and 903.3 leave a step at the joint.
EPSILON = 216 / 24389
KAPPA = 24389 / 27

# Dividing by the white inside the matrix keeps greys at a* = b* = 0 to rounding.
RGB_TO_XYZ_OVER_WHITE = RGB_TO_XYZ / WHITE_D65_XYZ[:, None]


def srgb_to_lab(rgb: np.ndarray) -> np.ndarray:
    """Convert sRGB-encoded values to CIELAB (D65).

    Args:
        rgb: (..., 3) array, floating point, sRGB-encoded, [0, 1].
    Returns:
        (..., 3) of the same type: L* [0, 100], a* and b* (about ±128).
    """
    rgb_linear = eotf_srgb(rgb)
    xyz = rgb_linear @ RGB_TO_XYZ_OVER_WHITE.T.astype(rgb_linear.dtype)
    f = np.where(xyz > EPSILON, np.cbrt(xyz), (KAPPA * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
