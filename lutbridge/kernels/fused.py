"""The fused CPU kernel, compiled by Numba: local context, softmax, lookup and fusion in one pass over rows.

Pixels are taken in blocks of BLOCK along a row, and every quantity of a block is a plane of BLOCK float32: the loops
over a plane have a constant length and no remainder, so that LLVM turns them into full SIMD instructions, and a
pixel's result depends on its place in the row alone, not on the strip or the thread it is rendered in.
"""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from lutbridge.lut import footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.footprints import BLOCK, ONE, ZERO, tetrahedral, trilinear

TILE = 4  # inputs × outputs of a layer held in registers
GROUP = 4  # basis LUTs read at once; a lattice point holds r, g, b and a zero for each: 16 float32, one SIMD register

# exp(x) = 2^n · exp(r), n = round(x / ln 2): ROUNDER's last bit is worth 1, so adding it rounds, and n stands in the
# low bits of the sum. LN2 in two parts, and the polynomial of exp(r) for |r| ≤ ln 2 / 2, from Cephes' expf.
LOG2_E, ROUNDER, LOWEST = np.float32(1.44269504), np.float32(12582912), np.float32(-87)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
E2, E3, E4 = np.float32(5.0000001201e-1), np.float32(1.6666665459e-1), np.float32(4.1665795894e-2)
E5, E6, E7 = np.float32(8.3334519073e-3), np.float32(1.3981999507e-3), np.float32(1.9875691500e-4)
EXPONENT_BITS, EXPONENT_BIAS = np.int32(23), np.int32(127 << 23)


@kept(footprints)
def render_rows(rows, lead, out, top, strength, packed):
    """Retouch rows of a photo.

    Args:
        rows: (H', W, 3) C-contiguous uint8, uint16 or float32, sRGB-encoded: the rows to retouch and, where the photo
            has them, k // 2 rows above and below; beyond its ends the photo's border is replicated.
        lead: rows of `rows` above the first one to retouch.
        out: (H, W, 3) of the same type, written: clamped, and codes rounded to nearest.
        top: float32, the code of 1.0; 1 for float32 pixels.
        strength: float32, [0, 1]; x + strength · (f(x) − x).
        packed: a `kernels.packed.Packed`.
    Returns:
        pixels with a channel at the end of the range where `rows` had none.
    """
    height, width, k = out.shape[0], out.shape[1], packed.k
    edge, area, lanes = k // 2, k * k, len(packed.weights.bias)
    pitch = (width + BLOCK - 1) // BLOCK * BLOCK + k - 1
    ring = np.zeros((k, 3, pitch), np.float32)  # the k rows around the present one, row y at y % k
    window = np.zeros((3 * area + TILE) * BLOCK, np.float32)
    hidden = np.empty(max(len(packed.context.bias), len(packed.voxel.bias)) * BLOCK, np.float32)
    logits = np.empty(len(packed.attention.bias) * BLOCK, np.float32)
    weights, mixing = np.empty(lanes * BLOCK, np.float32), np.empty(lanes * BLOCK, np.float32)
    rgb, result = np.empty(3 * BLOCK, np.float32), np.empty(4 * BLOCK, np.float32)
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
            _layer(packed.context, window, hidden)
            _relu(hidden, len(packed.context.bias))
            _layer(packed.attention, hidden, logits)
            _attend(logits, area, window)
            _layer(packed.voxel, window, hidden)
            _relu(hidden, len(packed.voxel.bias))
            _layer(packed.weights, hidden, weights)
            _transpose(weights, lanes, mixing)
            if packed.tetrahedral:
                tetrahedral(rgb, packed.grid_size, 4 * lanes, offsets, shares)
            else:
                trilinear(rgb, packed.grid_size, 4 * lanes, offsets, shares)
            result[:] = ZERO
            _mix(packed.luts, offsets, shares, mixing, lanes, result)
            if not packed.tetrahedral:
                _mix(packed.luts, offsets[4 * BLOCK :], shares[4 * BLOCK :], mixing, lanes, result)
            _finish(rgb, top, strength, result)
            clipped += _store(rgb, result, top, out[y - edge, left : left + BLOCK])
    return clipped


@njit(**COMPILED)
def _load_row(rows, y, top, edge, line):
    """Row y, or the nearest there is, as three planes [0, 1], its ends replicated `edge` times."""
    row = rows[min(max(y, 0), len(rows) - 1)]
    width = len(row)
    r, g, b = line[0, edge:], line[1, edge:], line[2, edge:]
    for x in range(width):
        r[x], g[x], b[x] = np.float32(row[x, 0]) / top, np.float32(row[x, 1]) / top, np.float32(row[x, 2]) / top
    for c in range(3):
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
def _layer(layer, inputs, outputs):
    """Planes of inputs to planes of outputs, TILE × TILE at a time."""
    n_out = len(layer.bias)
    n_in = len(layer.weights) // n_out
    for o in range(0, n_out, TILE):
        a = outputs[o * BLOCK : (o + TILE) * BLOCK]
        b0, b1, b2, b3 = layer.bias[o], layer.bias[o + 1], layer.bias[o + 2], layer.bias[o + 3]
        for p in range(BLOCK):
            a[p], a[p + BLOCK], a[p + 2 * BLOCK], a[p + 3 * BLOCK] = b0, b1, b2, b3
        for i in range(0, n_in, TILE):
            w = layer.weights[o * n_in + TILE * i : o * n_in + TILE * i + TILE * TILE]
            w00, w01, w02, w03, w10, w11, w12, w13 = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
            w20, w21, w22, w23, w30, w31, w32, w33 = w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15]
            x = inputs[i * BLOCK : (i + TILE) * BLOCK]
            for p in range(BLOCK):
                x0, x1, x2, x3 = x[p], x[p + BLOCK], x[p + 2 * BLOCK], x[p + 3 * BLOCK]
                a0 = a[p] + w00 * x0 + w01 * x1 + w02 * x2 + w03 * x3
                a1 = a[p + BLOCK] + w10 * x0 + w11 * x1 + w12 * x2 + w13 * x3
                a2 = a[p + 2 * BLOCK] + w20 * x0 + w21 * x1 + w22 * x2 + w23 * x3
                a3 = a[p + 3 * BLOCK] + w30 * x0 + w31 * x1 + w32 * x2 + w33 * x3
                a[p], a[p + BLOCK], a[p + 2 * BLOCK], a[p + 3 * BLOCK] = a0, a1, a2, a3


@njit(**COMPILED)
def _relu(planes, count):
    for i in range(0, count * BLOCK, BLOCK):
        a = planes[i : i + BLOCK]
        for p in range(BLOCK):
            a[p] = max(a[p], ZERO)


@njit(**COMPILED)
def _attend(logits, area, window):
    """Softmax over the logits' first `area` planes, multiplied into each channel's planes of the window."""
    most = logits[:BLOCK].copy()
    total = np.zeros(BLOCK, np.float32)
    for j in range(1, area):
        a = logits[j * BLOCK : (j + 1) * BLOCK]
        for p in range(BLOCK):
            most[p] = max(most[p], a[p])
    for j in range(area):
        a = logits[j * BLOCK : (j + 1) * BLOCK]
        for p in range(BLOCK):
            a[p] = _exp(a[p] - most[p])
            total[p] += a[p]
    for p in range(BLOCK):
        total[p] = ONE / total[p]
    for j in range(area):
        a, r, g, b = (
            logits[j * BLOCK :],
            window[j * BLOCK :],
            window[(area + j) * BLOCK :],
            window[(2 * area + j) * BLOCK :],
        )
        for p in range(BLOCK):
            share = a[p] * total[p]
            r[p] *= share
            g[p] *= share
            b[p] *= share


@njit(**COMPILED)
def _exp(x):
    """exp of x ≤ 0, float32."""
    x = max(x, LOWEST)
    rounded = x * LOG2_E + ROUNDER
    n = rounded - ROUNDER
    r = x - n * LN2_HIGH - n * LN2_LOW
    polynomial = ((((E7 * r + E6) * r + E5) * r + E4) * r + E3) * r + E2
    power = np.int32((np.float32(rounded).view(np.int32) << EXPONENT_BITS) + EXPONENT_BIAS).view(np.float32)
    return (polynomial * r * r + r + ONE) * power


@njit(**COMPILED)
def _transpose(planes, lanes, pixels):
    """`lanes` planes to pixels of `lanes` values."""
    for n in range(0, lanes, GROUP):
        plane, pixel = planes[n * BLOCK : (n + GROUP) * BLOCK], pixels[n:]
        for p in range(BLOCK):
            pixel[p * lanes], pixel[p * lanes + 1] = plane[p], plane[p + BLOCK]
            pixel[p * lanes + 2], pixel[p * lanes + 3] = plane[p + 2 * BLOCK], plane[p + 3 * BLOCK]


@njit(**COMPILED)
def _mix(luts, offsets, shares, mixing, lanes, result):
    """Add Σ_n w_n Σ_corner share · φ_n(corner), over four corners, to each pixel's four values of `result`."""
    for p in range(BLOCK):
        _mix_pixel(luts, offsets, shares, mixing, lanes, result, p)


@intrinsic
def _mix_pixel(typing, luts, offsets, shares, mixing, lanes, result, p):
    """`_mix` of pixel p, in LLVM's own vectors: where LLVM has to find the SIMD itself, it takes five times as long."""
    signature = types.none(luts, offsets, shares, mixing, types.int64, result, types.int64)
    wide, group = (ir.VectorType(ir.FloatType(), count) for count in (4 * GROUP, GROUP))
    i64 = ir.IntType(64)

    def generate(context, builder, signature, args):
        def data(i):
            return context.make_array(signature.args[i])(context, builder, args[i]).data

        def address(array, index, vector):
            return builder.bitcast(builder.gep(array, [index]), vector.as_pointer())

        def pick(vector, pattern):
            indices = ir.Constant(ir.VectorType(ir.IntType(32), len(pattern)), list(pattern))
            return builder.shuffle_vector(vector, vector, indices)

        def multiply_add(a, b, total):
            return builder.fadd(total, builder.fmul(a, b, flags=["contract"]), flags=["contract"])

        luts, offsets, shares, mixing, result = (data(i) for i in (0, 1, 2, 3, 5))
        lanes, p = args[4], args[6]
        corners = []
        for corner in range(4):
            i = builder.add(p, i64(corner * BLOCK))
            share = builder.load(address(shares, i, ir.VectorType(ir.FloatType(), 1)), align=4)
            offset = builder.sext(builder.load(builder.gep(offsets, [i])), i64)
            corners.append((offset, pick(share, [0] * 4 * GROUP)))
        total = cgutils.alloca_once_value(builder, ir.Constant(wide, [0.0] * 4 * GROUP))
        with cgutils.for_range_slice(builder, i64(0), lanes, i64(GROUP), i64) as (n, _):
            weights = builder.load(address(mixing, builder.add(builder.mul(p, lanes), n), group), align=4)
            looked_up = ir.Constant(wide, [0.0] * 4 * GROUP)
            for offset, share in corners:
                points = builder.load(address(luts, builder.add(offset, builder.mul(n, i64(4))), wide), align=4)
                looked_up = multiply_add(share, points, looked_up)
            weights = pick(weights, [i // 4 for i in range(4 * GROUP)])
            builder.store(multiply_add(weights, looked_up, builder.load(total)), total)
        total = builder.load(total)
        while total.type.count > 4:  # halves on each other, down to r, g, b and the zero
            half = total.type.count // 2
            total = builder.fadd(pick(total, range(half)), pick(total, range(half, 2 * half)))
        into = address(result, builder.mul(p, i64(4)), total.type)
        builder.store(builder.fadd(builder.load(into, align=4), total), into, align=4)
        return context.get_dummy_value()

    return signature, generate


@njit(**COMPILED)
def _finish(rgb, top, strength, result):
    """Clamp and blend a block's pixels of four values, and make them three planes of codes, or of floats."""
    mixed = result.copy()
    rounder = ROUNDER if top > ONE else ZERO
    for c in range(3):
        before, after = rgb[c * BLOCK :], result[c * BLOCK :]
        for p in range(BLOCK):
            value = min(max(mixed[4 * p + c], ZERO), ONE)
            value = (value * strength + before[p] * (ONE - strength)) * top
            after[p] = (value + rounder) - rounder


@njit(**COMPILED)
def _store(rgb, result, top, pixels):
    """Write a block, as far as the row goes; returns how many pixels are newly clipped."""
    newly = np.zeros(BLOCK, np.int32)
    for c in range(3):
        before, after = rgb[c * BLOCK :], result[c * BLOCK :]
        for p in range(BLOCK):
            low, high = after[p] <= ZERO and before[p] > ZERO, after[p] >= top and before[p] < ONE
            newly[p] |= low | high
    clipped = 0
    kind = pixels.dtype.type
    for p in range(len(pixels)):
        pixels[p, 0] = kind(result[p])
        pixels[p, 1] = kind(result[p + BLOCK])
        pixels[p, 2] = kind(result[p + 2 * BLOCK])
        clipped += newly[p]
    return clipped
