"""CIELAB with the D65 white point, from sRGB-encoded values (CIE 15:2004), for numpy arrays and torch tensors."""

import numpy as np

from lutbridge.color.srgb import RGB_TO_XYZ, WHITE_D65_XYZ, eotf_srgb

# CIE 15:2004's intended fractions; the rounded 0.008856 and 903.3 leave a step at the joint.
EPSILON = 216 / 24389
KAPPA = 24389 / 27

# Dividing by the white inside the matrix keeps greys at a* = b* = 0 to rounding.
_RGB_TO_XYZ_OVER_WHITE = RGB_TO_XYZ / WHITE_D65_XYZ[:, None]


def srgb_to_lab(rgb):
    """Convert sRGB-encoded values to CIELAB (D65).

    Args:
        rgb: (..., 3) array or tensor, floating point, sRGB-encoded, [0, 1].
    Returns:
        (..., 3) of the same type: L* [0, 100], a* and b* (about ±128).
    """
    rgb_linear = eotf_srgb(rgb)
    if isinstance(rgb_linear, np.ndarray):
        xyz = rgb_linear @ _RGB_TO_XYZ_OVER_WHITE.T.astype(rgb_linear.dtype)
        f = np.where(xyz > EPSILON, np.cbrt(xyz), (KAPPA * xyz + 16) / 116)
        stack = np.stack
    else:
        import torch

        xyz = rgb_linear @ torch.from_numpy(_RGB_TO_XYZ_OVER_WHITE.T).to(rgb_linear)
        # The cube root's gradient is infinite at zero, also in the branch not taken.
        f = torch.where(xyz > EPSILON, xyz.clamp(min=EPSILON) ** (1 / 3), (KAPPA * xyz + 16) / 116)
        stack = torch.stack
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
