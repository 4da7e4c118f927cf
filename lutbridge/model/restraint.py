"""Restraint: skips edits that are too small to be certain.

A predictor gives the edit that is best on average over what a photo might need, so it moves finished photos a
little. Up to a mean ΔE*ab over the thumbnail the edit is not made; from twice that it is made in full, with a smooth
transition.
"""

import numpy as np

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab


def restraint(before: np.ndarray, after: np.ndarray, least: float) -> np.float32:
    """The share of an edit that is made.

    Args:
        before, after: (H, W, 3) float32, sRGB-encoded, [0, 1]: the thumbnail and its retouch.
        least: edits up to this mean ΔE*ab are not made; above 0.
    Returns:
        [0, 1].
    """
    edit = delta_e_76(srgb_to_lab(before), srgb_to_lab(after.clip(0, 1))).mean()
    share = np.clip(edit / least - 1, 0, 1)
    return np.float32(share * share * (3 - 2 * share))
