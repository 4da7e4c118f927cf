"""The fused CPU kernel, compiled by Numba: local context, softmax, lookup and fusion in one pass over rows.

Pixels are taken in blocks of BLOCK along a row, and every quantity of a block is a plane of BLOCK float32: the loops
over a plane have a constant length and no remainder, so that LLVM turns them into full SIMD instructions, and a
pixel's result depends on its place in the row alone, not on the strip or the thread it is rendered in.
"""

from copy import copy

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from lutbridge.lut import emitter, footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.emitter import (
    I64,
    data,
    everywhere,
    floats,
    folded,
    footprint,
    load,
    multiply_add,
    pick,
    store,
    weighted_sum,
)
from lutbridge.lut.footprints import BLOCK, ZERO, tetrahedral, trilinear
from lutbridge.model.network import Look, Network
from lutbridge.render import blocks, layers, simd
from lutbridge.render.blocks import finish_block, write_block
from lutbridge.render.layers import layer
from lutbridge.render.layout import GROUP, lay_out, reweigh
from lutbridge.render.simd import WIDE, attend, interleave_four
from lutbridge.strength import Strength


class LocalContextKernel:
    """One photo's kernel."""

    def __init__(self, network: Network, look: Look):
        self._network, self._layout = network, lay_out(network, look.w_image)

    def for_look(self, look: Look) -> "LocalContextKernel":
        """The kernel of another photo by the same network, which is not laid out a second time."""
        other = copy(self)
        other._layout = reweigh(self._layout, self._network, look.w_image)
        return other

    def rows(self, rows, lead, out, top, height, white, strength: Strength) -> int:
        """Retouch rows; as `render_rows`. Where they lie in the photo does not matter here."""
        return render_rows(rows, lead, out, white, np.float32(strength.person), self._layout)


@kept(emitter, footprints, layers, simd, blocks)
def render_rows(rows, lead, out, white, strength, layout):
    """Retouch rows of a photo.

    Args:
        rows: (H', W, 3) C-contiguous uint8, uint16 or float32, sRGB-encoded: the rows to retouch and, where the photo
            has them, k // 2 rows above and below; beyond its ends the photo's border is replicated.
        lead: rows of `rows` above the first one to retouch.
        out: (H, W, 3) of the same type, written: clamped, and codes rounded to nearest.
        white: float32, the code of 1.0; 1 for float32 pixels.
        strength: float32, [0, 1]; x + strength · (f(x) − x).
        layout: a `render.layout.Layout`.
    Returns:
        pixels with a channel at the end of the range where `rows` had none.
    """
    height, width, k = out.shape[0], out.shape[1], layout.k
    edge, area, lanes = k // 2, k * k, len(layout.weights.bias)
    pitch = (width + BLOCK - 1) // BLOCK * BLOCK + k - 1
    ring = np.zeros((k, 3, pitch), np.float32)  # the k rows around the present one, row y at y % k
    window = np.empty(3 * area * BLOCK, np.float32)
    hidden = np.empty(max(len(layout.context.bias), len(layout.voxel.bias)) * BLOCK, np.float32)
    logits = np.empty(len(layout.attention.bias) * BLOCK, np.float32)
    weights, mixing = np.empty(lanes * BLOCK, np.float32), np.empty(lanes * BLOCK, np.float32)
    rgb, result = np.empty(3 * BLOCK, np.float32), np.empty(4 * BLOCK, np.float32)
    finished, newly = np.empty(3 * BLOCK, np.float32), np.empty(BLOCK, np.int32)
    strengths = np.full(BLOCK, strength, np.float32)
    offsets, shares = np.empty(8 * BLOCK, np.int32), np.empty(8 * BLOCK, np.float32)
    clipped = 0
    for y in range(-edge, height + edge):
        _load_row(rows, lead + y, white, edge, ring[(y + k) % k])
        if y < edge:
            continue
        target = out[y - edge].ravel()
        for left in range(0, width, BLOCK):
            _load_window(ring, y - 2 * edge, left, window)
            for c in range(3):
                centre = window[(c * area + area // 2) * BLOCK :]
                for p in range(BLOCK):
                    rgb[c * BLOCK + p] = centre[p]
            layer(layout.context.weights, layout.context.bias, window, True, hidden)
            layer(layout.attention.weights, layout.attention.bias, hidden, False, logits)
            for p in range(0, BLOCK, WIDE):
                attend(logits[p:], area, window[p:])
            layer(layout.voxel.weights, layout.voxel.bias, window, True, hidden)
            layer(layout.weights.weights, layout.weights.bias, hidden, False, weights)
            _transpose(weights, lanes, mixing)
            if layout.is_tetrahedral:
                tetrahedral(rgb, layout.grid_size, 4 * lanes, offsets, shares)
            else:
                trilinear(rgb, layout.grid_size, 4 * lanes, offsets, shares)
            result[:] = ZERO
            _mix(layout.luts, offsets, shares, mixing, lanes, result)
            if not layout.is_tetrahedral:
                _mix(layout.luts, offsets[4 * BLOCK :], shares[4 * BLOCK :], mixing, lanes, result)
            finish_block(rgb, white, strengths, result, finished)
            clipped += write_block(rgb, finished, white, newly, target[3 * left : 3 * (left + BLOCK)])
    return clipped


@njit(**COMPILED)
def _load_row(rows, y, white, edge, line):
    """Row y, or the nearest there is, as three planes [0, 1], its ends replicated `edge` times."""
    row = rows[min(max(y, 0), len(rows) - 1)]
    width = len(row)
    for c in range(3):
        values, plane = row.ravel()[c:], line[c, edge:]
        for x in range(width):
            plane[x] = np.float32(values[3 * x]) / white
        line[c, :edge] = line[c, edge]
        line[c, edge + width : edge + width + edge] = line[c, edge + width - 1]


@njit(**COMPILED)
def _load_window(ring, first, left, window):
    """The k² neighbours of a block's pixels, as 3 · k² planes: channels, then rows from row `first`, then columns."""
    k = len(ring)
    for dy in range(k):
        for c in range(3):
            line = ring[(first + dy + k) % k, c]
            for dx in range(k):
                source, start = line[left + dx :], ((c * k + dy) * k + dx) * BLOCK
                for p in range(BLOCK):
                    window[start + p] = source[p]


@njit(**COMPILED)
def _transpose(planes, lanes, pixels):
    """`lanes` planes to pixels of `lanes` values."""
    for n in range(0, lanes, GROUP):
        for p in range(0, BLOCK, WIDE):
            interleave_four(planes[n * BLOCK + p :], pixels[p * lanes + n :], lanes)


@njit(**COMPILED)
def _mix(luts, offsets, shares, mixing, lanes, result):
    """Add Σ_n w_n Σ_corner share · φ_n(corner), over four corners, to each pixel's four values of `result`."""
    for p in range(BLOCK):
        _mix_pixel(luts, offsets, shares, mixing, lanes, result, p)


@intrinsic
def _mix_pixel(typing, luts, offsets, shares, mixing, lanes, result, p):
    """`_mix` of pixel p, in LLVM's own vectors."""
    signature = types.none(luts, offsets, shares, mixing, types.int64, result, types.int64)
    group, wide = floats(GROUP), floats(4 * GROUP)

    def generate(context, builder, signature, args):
        luts, offsets, shares, mixing, result = (data(context, builder, signature, args, i) for i in (0, 1, 2, 3, 5))
        lanes, p = args[4], args[6]
        corners = footprint(builder, offsets, shares, p, 4, wide)
        total = cgutils.alloca_once_value(builder, everywhere(0.0, wide))
        with cgutils.for_range_slice(builder, I64(0), lanes, I64(GROUP), I64) as (n, _):
            weights = load(builder, mixing, builder.add(builder.mul(p, lanes), n), group)
            looked_up = weighted_sum(builder, luts, corners, everywhere(0.0, wide), builder.mul(n, I64(4)))
            weights = pick(builder, weights, [i // 4 for i in range(4 * GROUP)])
            builder.store(multiply_add(builder, weights, looked_up, builder.load(total)), total)
        mixed = folded(builder, builder.load(total), 4)  # r, g, b and the zero
        into = builder.mul(p, I64(4))
        store(builder, builder.fadd(load(builder, result, into, mixed.type), mixed), result, into)
        return context.get_dummy_value()

    return signature, generate
