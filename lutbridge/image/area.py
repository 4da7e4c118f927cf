"""Sums of a photo's lines, and of pixels along them, compiled by Numba."""

import numpy as np

from lutbridge.lut.compiled import kept


@kept()
def add_lines(lines, share, total):
    """Add lines (L, n) uint8, uint16 or float32, C-contiguous, times their shares (L,), to total (n,), float32."""
    for line in range(len(lines)):
        values, weight = lines[line], share[line]
        for i in range(len(total)):
            total[i] += weight * np.float32(values[i])


@kept()
def average_rows(rows, first, counts, shares, out):
    """Average rows (h, W, 3) float32 along W over cells, to `out` (h, n, 3) of zeros.

    Args:
        first, counts: (n,), the first pixel of each cell, and how many it touches.
        shares: (n, most) float32, the share of each of them.
    """
    for y in range(len(rows)):
        for x in range(len(first)):
            for i in range(counts[x]):
                share, pixel = shares[x, i], rows[y, first[x] + i]
                for c in range(3):
                    out[y, x, c] += share * pixel[c]
