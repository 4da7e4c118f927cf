"""`color.srgb` and `color.lab` as torch operations, whose gradients are finite everywhere."""

import torch

from lutbridge.color.lab import EPSILON, KAPPA, RGB_TO_XYZ_OVER_WHITE
from lutbridge.color.srgb import TINY


def eotf_srgb(rgb: torch.Tensor) -> torch.Tensor:
    """sRGB-encoded values [0, 1] of any shape to linear light, [0, 1]."""
    return torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055).clamp(min=TINY) ** 2.4)


def inverse_eotf_srgb(rgb_linear: torch.Tensor) -> torch.Tensor:
    """Linear light [0, 1] of any shape to sRGB-encoded values, [0, 1]."""
    encoded = 1.055 * rgb_linear.clamp(min=TINY) ** (1 / 2.4) - 0.055
    return torch.where(rgb_linear <= 0.0031308, rgb_linear * 12.92, encoded)


def srgb_to_lab(rgb: torch.Tensor) -> torch.Tensor:
    """sRGB-encoded values (..., 3), [0, 1], to CIELAB (D65): L* [0, 100], a* and b* (about ±128)."""
    rgb_linear = eotf_srgb(rgb)
    xyz = rgb_linear @ torch.from_numpy(RGB_TO_XYZ_OVER_WHITE.T).to(rgb_linear)
    # The cube root's gradient is infinite at zero, also in the branch not taken.
    f = torch.where(xyz > EPSILON, xyz.clamp(min=EPSILON) ** (1 / 3), (KAPPA * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
