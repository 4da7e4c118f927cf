"""Sums of a photo's lines, compiled by Numba."""

import numpy as np

from lutbridge.lut.compiled import kept


@kept()
def add_lines(lines, share, total):
    """Add lines (L, n) uint8, uint16 or float32, C-contiguous, times their shares (L,), to total (n,), float32."""
    for line in range(len(lines)):
        values, weight = lines[line], share[line]
        for i in range(len(total)):
            total[i] += weight * np.float32(values[i])
