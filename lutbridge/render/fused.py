"""The fused CPU kernel, compiled by Numba: local context, softmax, lookup and fusion in one pass over rows.

Pixels are taken in blocks of BLOCK along a row, and every quantity of a block is a plane of BLOCK float32: the loops
over a plane have a constant length and no remainder, so that LLVM turns them into full SIMD instructions, and a
pixel's result depends on its place in the row alone, not on the strip or the thread it is rendered in.
"""

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
from lutbridge.lut.footprints import BLOCK, ONE, ZERO, tetrahedral, trilinear
from lutbridge.render import layers, simd
from lutbridge.render.layers import layer
from lutbridge.render.simd import WIDE, attend, interleave_four

GROUP = 4  # basis LUTs read at once; a lattice point holds r, g, b and a zero for each: 16 float32, one SIMD register

ROUNDER = np.float32(12582912)  # its last bit is worth 1, so adding it rounds


@kept(emitter, footprints, layers, simd)
def render_rows(rows, lead, out, top, strength, packed):
    """Retouch rows of a photo.

    Args:
        rows: (H', W, 3) C-contiguous uint8, uint16 or float32, sRGB-encoded: the rows to retouch and, where the photo
            has them, k // 2 rows above and below; beyond its ends the photo's border is replicated.
        lead: rows of `rows` above the first one to retouch.
        out: (H, W, 3) of the same type, written: clamped, and codes rounded to nearest.
        top: float32, the code of 1.0; 1 for float32 pixels.
        strength: float32, [0, 1]; x + strength · (f(x) − x).
        packed: a `render.layout.Packed`.
    Returns:
        pixels with a channel at the end of the range where `rows` had none.
    """
    height, width, k = out.shape[0], out.shape[1], packed.k
    edge, area, lanes = k // 2, k * k, len(packed.weights.bias)
    pitch = (width + BLOCK - 1) // BLOCK * BLOCK + k - 1
    ring = np.zeros((k, 3, pitch), np.float32)  # the k rows around the present one, row y at y % k
    window = np.empty(3 * area * BLOCK, np.float32)
    hidden = np.empty(max(len(packed.context.bias), len(packed.voxel.bias)) * BLOCK, np.float32)
    logits = np.empty(len(packed.attention.bias) * BLOCK, np.float32)
    weights, mixing = np.empty(lanes * BLOCK, np.float32), np.empty(lanes * BLOCK, np.float32)
    rgb, result = np.empty(3 * BLOCK, np.float32), np.empty(4 * BLOCK, np.float32)
    finished, newly = np.empty(3 * BLOCK, np.float32), np.empty(BLOCK, np.int32)
    offsets, shares = np.empty(8 * BLOCK, np.int32), np.empty(8 * BLOCK, np.float32)
    clipped = 0
    for y in range(-edge, height + edge):
        _load_row(rows, lead + y, top, edge, ring[(y + k) % k])
        if y < edge:
            continue
        for left in range(0, width, BLOCK):
            _load_window(ring, y - 2 * edge, left, window)
            for c in range(3):
                centre = window[(c * area + area // 2) * BLOCK :]
                for p in range(BLOCK):
                    rgb[c * BLOCK + p] = centre[p]
            layer(packed.context.weights, packed.context.bias, window, True, hidden)
            layer(packed.attention.weights, packed.attention.bias, hidden, False, logits)
            for p in range(0, BLOCK, WIDE):
                attend(logits[p:], area, window[p:])
            layer(packed.voxel.weights, packed.voxel.bias, window, True, hidden)
            layer(packed.weights.weights, packed.weights.bias, hidden, False, weights)
            _transpose(weights, lanes, mixing)
            if packed.tetrahedral:
                tetrahedral(rgb, packed.grid_size, 4 * lanes, offsets, shares)
            else:
                trilinear(rgb, packed.grid_size, 4 * lanes, offsets, shares)
            result[:] = ZERO
            _mix(packed.luts, offsets, shares, mixing, lanes, result)
            if not packed.tetrahedral:
                _mix(packed.luts, offsets[4 * BLOCK :], shares[4 * BLOCK :], mixing, lanes, result)
            _finish(rgb, top, strength, result, finished)
            clipped += _store(rgb, finished, top, newly, out[y - edge, left : left + BLOCK])
    return clipped


@njit(**COMPILED)
def _load_row(rows, y, top, edge, line):
    """Row y, or the nearest there is, as three planes [0, 1], its ends replicated `edge` times."""
    row = rows[min(max(y, 0), len(rows) - 1)]
    width = len(row)
    for c in range(3):
        values, plane = row.ravel()[c:], line[c, edge:]
        for x in range(width):
            plane[x] = np.float32(values[3 * x]) / top
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


@njit(**COMPILED)
def _finish(rgb, top, strength, result, finished):
    """Clamp and blend a block's pixels of four values, and make them three planes of codes, or of floats."""
    rounder = ROUNDER if top > ONE else ZERO
    for c in range(3):
        before, after = rgb[c * BLOCK :], finished[c * BLOCK :]
        for p in range(BLOCK):
            value = min(max(result[4 * p + c], ZERO), ONE)
            value = (value * strength + before[p] * (ONE - strength)) * top
            after[p] = (value + rounder) - rounder


@njit(**COMPILED)
def _store(rgb, finished, top, newly, pixels):
    """Write a block, as far as the row goes; returns how many pixels are newly clipped."""
    newly[:] = 0
    for c in range(3):
        before, after = rgb[c * BLOCK :], finished[c * BLOCK :]
        for p in range(BLOCK):
            low, high = after[p] <= ZERO and before[p] > ZERO, after[p] >= top and before[p] < ONE
            newly[p] |= low | high
    clipped = 0
    kind = pixels.dtype.type
    for p in range(len(pixels)):
        pixels[p, 0] = kind(finished[p])
        pixels[p, 1] = kind(finished[p + BLOCK])
        pixels[p, 2] = kind(finished[p + 2 * BLOCK])
        clipped += newly[p]
    return clipped
