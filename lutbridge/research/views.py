"""How far a model's single-LUT views are from its pixel-adaptive render."""

import numpy as np

from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.research.systems import in_memory
from lutbridge.retouch import VIEWS, Retoucher


def view_errors(retoucher: Retoucher, pixels: np.ndarray) -> dict[str, tuple[float, float]]:
    """ΔE2000 of each view to the full render of one photo, rendered at 16 bit so that rounding does not count.

    Args:
        pixels: (H, W, 3) uint8 or uint16, sRGB-encoded.
    Returns:
        view → mean and 95th percentile over the pixels.
    """
    photo = in_memory(to_codes(to_float(pixels), np.uint16))
    full = srgb_to_lab(to_float(retoucher.render(photo).pixels))
    errors = {}
    for view in VIEWS:
        single = retoucher.lut(photo, view).apply(to_float(photo.pixels))
        difference = delta_e_2000(full, srgb_to_lab(single))
        errors[view] = float(difference.mean()), float(np.percentile(difference, 95))
    return errors
