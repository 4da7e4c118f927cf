"""Retouched pixels back in a photo's own codes, at any strength."""

import numpy as np

from lutbridge.color.gamut import ColorSpace


def blended(
    space: ColorSpace, before: np.ndarray, after: np.ndarray, codes: np.ndarray, strength: float | np.ndarray
) -> tuple[np.ndarray, int]:
    """Codes of a part of a photo after a retouch, and how many of its pixels are newly clipped.

    Args:
        space: of the photo.
        before, after: (H, W, 3) float32, sRGB-encoded, [0, 1]: what `space.to_model` gave, and its retouch.
        codes: (H, W, 3) uint8 | uint16: the photo's own.
        strength: before + strength · (after − before); one number, or (H, W, 1).
    Returns:
        Codes of the same dtype; and the number of newly clipped pixels.
    """
    if np.ndim(strength) or strength != 1:
        after = before + np.asarray(strength, np.float32) * (after - before)
    result = space.from_model(after, before, codes)
    white = np.iinfo(codes.dtype).max
    newly = ((result == 0) & (codes != 0)) | ((result == white) & (codes != white))
    return result, int(newly.any(-1).sum())
