"""The end of every fused CPU kernel: a block's results clamped, blended by strength, rounded and written."""

import numpy as np
from numba import njit

from lutbridge.lut.compiled import COMPILED
from lutbridge.lut.footprints import BLOCK, ONE, ZERO

ROUNDER = np.float32(12582912)  # its last bit is worth 1, so adding it rounds


@njit(**COMPILED)
def finish_block(rgb, white, strength, result, finished):
    """Clamp and blend a block's pixels of four values, and make them three planes of codes, or of floats."""
    rounder = ROUNDER if white > ONE else ZERO
    for c in range(3):
        before, after = rgb[c * BLOCK :], finished[c * BLOCK :]
        for p in range(BLOCK):
            value = min(max(result[4 * p + c], ZERO), ONE)
            value = (value * strength[p] + before[p] * (ONE - strength[p])) * white
            after[p] = (value + rounder) - rounder


@njit(**COMPILED)
def write_block(rgb, finished, white, newly, pixels):
    """Write a block, as far as the row goes; returns how many pixels are newly clipped."""
    newly[:] = 0
    for c in range(3):
        before, after = rgb[c * BLOCK :], finished[c * BLOCK :]
        for p in range(BLOCK):
            low, high = after[p] <= ZERO and before[p] > ZERO, after[p] >= white and before[p] < ONE
            newly[p] |= low | high
    clipped = 0
    kind = pixels.dtype.type
    for p in range(len(pixels)):
        pixels[p, 0] = kind(finished[p])
        pixels[p, 1] = kind(finished[p + BLOCK])
        pixels[p, 2] = kind(finished[p + 2 * BLOCK])
        clipped += newly[p]
    return clipped
