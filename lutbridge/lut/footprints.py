"""Which lattice points a colour reads and each one's share: its footprint, trilinear or tetrahedral, compiled.

It is found for blocks of colours, as planes of offsets and of shares; `lut.emitter` has the weighted sum over it.
Every loop over a plane has the same constant length, so that LLVM makes SIMD of it: twice as fast as pixel by pixel.
"""

import numpy as np
from numba import njit

from lutbridge.lut.compiled import COMPILED

BLOCK = 128  # colours of a block, whose planes stay in the first-level cache

ZERO, ONE = np.float32(0), np.float32(1)


@njit(**COMPILED)
def _cell(value, grid_size):
    """The cell of a coordinate and the place inside it, [0, 1]; always an existing cell."""
    position = min(max(value, ZERO), ONE) * np.float32(grid_size - 1)
    cell = min(max(np.int32(position), np.int32(0)), np.int32(grid_size - 2))
    return cell, position - np.float32(cell)


@njit(**COMPILED)
def tetrahedral(rgb, grid_size, step, offsets, shares):
    """The four corners of each colour's tetrahedron, on the way from its cell's black corner to its white corner.

    The cell is cut into six tetrahedra along its black–white diagonal, so neutral colours read neutral lattice points
    only. Source: Kasson, Plouffe and Nin, "A tetrahedral interpolation technique for color space conversion" (1993).

    Args:
        rgb: three planes of BLOCK colours, float32 or float64.
        grid_size: M.
        step: values between two lattice points along b.
        offsets, shares: at least four planes, written: places in an array of points, int32, and shares, as `rgb`, ≥ 0
            and summing to 1.
    """
    step_b = np.int32(step)
    step_g, step_r = np.int32(step_b * grid_size), np.int32(step_b * grid_size * grid_size)
    for p in range(BLOCK):
        r, fr = _cell(rgb[p], grid_size)
        g, fg = _cell(rgb[p + BLOCK], grid_size)
        b, fb = _cell(rgb[p + 2 * BLOCK], grid_size)
        black = np.int32(r * step_r + g * step_g + b * step_b)
        white = np.int32(black + step_r + step_g + step_b)
        longest, shortest = max(max(fr, fg), fb), min(min(fr, fg), fb)
        middle = max(min(fr, fg), min(max(fr, fg), fb))
        first = step_r if fr >= fg and fr >= fb else (step_g if fg >= fb else step_b)
        last = step_b if fb <= fr and fb <= fg else (step_g if fg <= fr else step_r)
        offsets[p], offsets[p + BLOCK] = black, black + first
        offsets[p + 2 * BLOCK], offsets[p + 3 * BLOCK] = white - last, white
        shares[p], shares[p + BLOCK] = ONE - longest, longest - middle
        shares[p + 2 * BLOCK], shares[p + 3 * BLOCK] = middle - shortest, shortest


@njit(**COMPILED)
def trilinear(rgb, grid_size, step, offsets, shares):
    """The eight corners of each colour's cell, each weighted by the volume opposite to it.

    The same arguments, with eight planes of offsets and of shares. Source: the textbook form, e.g. Kang, Computational
    Color Technology (2006), ch. 9.
    """
    step_b = np.int32(step)
    step_g, step_r = np.int32(step_b * grid_size), np.int32(step_b * grid_size * grid_size)
    for p in range(BLOCK):
        r, fr = _cell(rgb[p], grid_size)
        g, fg = _cell(rgb[p + BLOCK], grid_size)
        b, fb = _cell(rgb[p + 2 * BLOCK], grid_size)
        black = np.int32(r * step_r + g * step_g + b * step_b)
        for corner in range(8):
            up_r, up_g, up_b = corner >> 2, corner >> 1 & 1, corner & 1
            offsets[p + corner * BLOCK] = black + up_r * step_r + up_g * step_g + up_b * step_b
            share = (fr if up_r else ONE - fr) * (fg if up_g else ONE - fg) * (fb if up_b else ONE - fb)
            shares[p + corner * BLOCK] = share
