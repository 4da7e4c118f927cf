"""What a photo's codes say about it before anything is done to them."""

import numpy as np

SPREAD_ROWS = 16  # looked at first: most photos show their colours there


def is_monochrome(pixels: np.ndarray) -> bool:
    """Whether R = G = B in every pixel of (H, W, 3) codes."""
    return _is_grey(pixels[:: max(1, len(pixels) // SPREAD_ROWS)]) and _is_grey(pixels)


def _is_grey(pixels):
    green = pixels[..., 1]
    return bool(np.array_equal(pixels[..., 0], green) and np.array_equal(pixels[..., 2], green))
