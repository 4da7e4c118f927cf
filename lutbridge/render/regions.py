"""The fused CPU kernel of a model with regions: mask, lookup in two LUTs, mixing, strength and rounding in one pass.

A photo's image-adaptive weights turn the basis LUTs into one LUT for the background and one for the person, so that a
pixel takes one footprint and reads eight values at each of its lattice points, however many basis LUTs there are. The
soft mask's coefficients are spread along a row once for each row of cells; a pixel interpolates them down its column.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from lutbridge.lut import emitter, footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.emitter import (
    I64,
    data,
    everywhere,
    floats,
    footprint,
    load,
    multiply_add,
    pick,
    repeated,
    store,
    weighted_sum,
)
from lutbridge.lut.footprints import BLOCK, ONE, ZERO, tetrahedral, trilinear
from lutbridge.model.network import Look, Network
from lutbridge.model.regions import Places
from lutbridge.render import blocks
from lutbridge.render.blocks import finish_block, load_block, write_block
from lutbridge.strength import Strength

LANES = 8  # values of a lattice point: r, g, b and a zero of the background's LUT, and of the step to the person's


class Layout(NamedTuple):
    """What the kernel reads of a photo's look."""

    points: np.ndarray  # float32, flat (M, M, M, LANES), indexed r, g, b
    grid_size: int
    is_tetrahedral: bool
    lines: np.ndarray  # (4, S, S) float32, as of `model.regions.SoftMask`


class RegionsKernel:
    """One photo's kernel."""

    def __init__(self, network: Network, look: Look):
        M = network.luts.shape[1]
        background, person = (network.fused(weights) for weights in np.split(look.w_image, 2))
        points = np.zeros((M, M, M, LANES), np.float32)
        points[..., :3], points[..., 4:7] = background, person - background
        self._network = network
        self._layout = Layout(points.ravel(), M, network.interpolation == "tetrahedral", look.mask.lines)

    def for_look(self, look: Look) -> "RegionsKernel":
        """The kernel of another photo by the same network."""
        return RegionsKernel(self._network, look)

    def rows(self, rows, lead, out, top, height, white, strength: Strength) -> int:
        """Retouch rows; as `render_rows`, whose first row is row `lead` of `rows`."""
        dials = np.float32(strength.background), np.float32(strength.person)
        columns = Places.along(rows.shape[1], 0, rows.shape[1], self._layout.lines.shape[2])
        own = rows[lead : lead + len(out)]
        return render_rows(own, out, top, height, white, *dials, columns.first, columns.share, self._layout)


@kept(emitter, footprints, blocks)
def render_rows(rows, out, top, height, white, background, person, first, share, layout):
    """Retouch rows of a photo.

    Args:
        rows: (h, W, 3) C-contiguous uint8, uint16 or float32, sRGB-encoded.
        out: of the same shape and type, written: clamped, and codes rounded to nearest.
        top: the photo's row that is the first of `rows`.
        height: of the photo.
        white: float32, the code of 1.0; 1 for float32 pixels.
        background, person: float32, [0, 1], the strength of each; x + s · (f(x) − x), s going over with the mask.
        first, share: (W,) where each column lies among the cells, as of `model.regions.Places`.
        layout: a `Layout`.
    Returns:
        pixels with a channel at the end of the range where `rows` had none.
    """
    width, cells = rows.shape[1], layout.lines.shape[1]
    pitch = (width + BLOCK - 1) // BLOCK * BLOCK
    planes = np.zeros((2, 4, pitch), np.float32)  # the lines of the two rows of cells around the present row
    rgb, mask, strength = np.zeros(3 * BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    result, finished = np.empty(4 * BLOCK, np.float32), np.empty(3 * BLOCK, np.float32)
    offsets, shares = np.empty(8 * BLOCK, np.int32), np.empty(8 * BLOCK, np.float32)
    newly, interleaved = np.empty(BLOCK, np.int32), np.zeros(3 * BLOCK, np.float32)
    clipped, present = 0, -1
    for y in range(len(rows)):
        source, target = rows[y].ravel(), out[y].ravel()
        place = min(max((top + y + 0.5) * cells / height - 0.5, 0.0), cells - 1.0)
        cell = min(int(place), cells - 2)
        if cell != present:
            present = cell
            for i in range(2):
                _spread(layout.lines[:, cell + i], first, share, planes[i])
        down = np.float32(place - cell)
        for left in range(0, width, BLOCK):
            own = slice(3 * left, 3 * min(left + BLOCK, width))
            load_block(source[own], white, interleaved, rgb)
            _weigh(planes[0, :, left:], planes[1, :, left:], down, rgb, mask)
            for p in range(BLOCK):
                strength[p] = background + mask[p] * (person - background)
            if layout.is_tetrahedral:
                tetrahedral(rgb, layout.grid_size, LANES, offsets, shares)
            else:
                trilinear(rgb, layout.grid_size, LANES, offsets, shares)
            result[:] = ZERO
            _mix(layout.points, offsets, shares, mask, result)
            if not layout.is_tetrahedral:
                _mix(layout.points, offsets[4 * BLOCK :], shares[4 * BLOCK :], mask, result)
            finish_block(rgb, white, strength, result, finished)
            clipped += write_block(rgb, finished, white, newly, target[own])
    return clipped


@njit(**COMPILED)
def _spread(lines, first, share, planes):
    """One row of cells (4, S) to four planes along the photo's width."""
    for c in range(4):
        line, plane = lines[c], planes[c]
        for x in range(len(first)):
            before = line[first[x]]
            plane[x] = before + share[x] * (line[first[x] + 1] - before)


@njit(**COMPILED)
def _weigh(above, below, down, rgb, mask):
    """The soft mask of a block."""
    for p in range(BLOCK):
        total = above[3, p] + down * (below[3, p] - above[3, p])
        total += (above[0, p] + down * (below[0, p] - above[0, p])) * rgb[p]
        total += (above[1, p] + down * (below[1, p] - above[1, p])) * rgb[p + BLOCK]
        total += (above[2, p] + down * (below[2, p] - above[2, p])) * rgb[p + 2 * BLOCK]
        mask[p] = min(max(total, ZERO), ONE)


@njit(**COMPILED)
def _mix(points, offsets, shares, mask, result):
    """Add Σ_corner share · (background + mask · step), over four corners, to each pixel's four values of `result`."""
    for p in range(BLOCK):
        _mix_pixel(points, offsets, shares, mask, result, p)


@intrinsic
def _mix_pixel(typing, points, offsets, shares, mask, result, p):
    """`_mix` of pixel p, in LLVM's own vectors."""
    signature = types.none(points, offsets, shares, mask, result, types.int64)
    four, eight = floats(4), floats(LANES)

    def generate(context, builder, signature, args):
        points, offsets, shares, mask, result = (data(context, builder, signature, args, i) for i in range(5))
        p = args[5]
        corners = footprint(builder, offsets, shares, p, 4, eight)
        total = weighted_sum(builder, points, corners, everywhere(0.0, eight))
        background, step = (pick(builder, total, range(first, first + 4)) for first in (0, 4))
        mixed = multiply_add(builder, repeated(builder, mask, p, four), step, background)
        place = builder.mul(p, I64(4))
        store(builder, builder.fadd(load(builder, result, place, four), mixed), result, place)
        return context.get_dummy_value()

    return signature, generate
