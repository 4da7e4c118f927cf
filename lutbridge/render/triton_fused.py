"""The fused GPU kernel, in Triton: local context, softmax, lookup and fusion in one pass, for `render.gpu`."""

import triton
import triton.language as tl

BLOCK = 64  # pixels of a program


@triton.jit
def render_pixels(
    rgb, out, luts, context, context_bias, attention, attention_bias, voxel, voxel_bias, weights, weights_bias,
    pixels, width, pitch, plane,
    k: tl.constexpr, AREA: tl.constexpr, C: tl.constexpr, V: tl.constexpr, N: tl.constexpr, M: tl.constexpr,
    TETRAHEDRAL: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Retouch the pixels of a strip.

    Args:
        rgb: (3, H + k − 1, W + k − 1) float32, [0, 1]: the strip and its neighbours; `pitch` a row's length, `plane` a
            channel's.
        out: (3, H · W) float32, written, clamped; `pixels` is H · W, `width` W.
        luts: (M³, 3, N) float32.
        context, voxel: (3, AREA, C) and (3, AREA, V) float32; AREA is k² padded to a power of two, with zeros.
        attention, weights: (C, AREA) and (V, N) float32, padded with zeros; w_image is worked into the latter.
        …_bias: as long as the second of these; the attention's is −∞ past k².
    """
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = p < pixels
    p = tl.minimum(p, pixels - 1)
    corner = p // width * pitch + p % width  # of the window
    j = tl.arange(0, AREA)
    window = corner[:, None] + (j // k * pitch + j % k)[None, :]
    is_neighbour = (j < k * k)[None, :]
    c, v, n = tl.arange(0, C), tl.arange(0, V), tl.arange(0, N)

    hidden = tl.zeros((BLOCK, C), tl.float32) + tl.load(context_bias + c)[None, :]
    for channel in tl.static_range(3):
        x = tl.load(rgb + channel * plane + window, mask=is_neighbour, other=0.0)
        layer = tl.load(context + channel * AREA * C + j[:, None] * C + c[None, :])
        hidden += tl.dot(x, layer, input_precision="ieee")
    layer = tl.load(attention + c[:, None] * AREA + j[None, :])
    logits = tl.dot(tl.maximum(hidden, 0.0), layer, input_precision="ieee") + tl.load(attention_bias + j)[None, :]
    shares = tl.exp(logits - tl.max(logits, 1)[:, None])
    shares = shares / tl.sum(shares, 1)[:, None]

    hidden = tl.zeros((BLOCK, V), tl.float32) + tl.load(voxel_bias + v)[None, :]
    for channel in tl.static_range(3):
        x = tl.load(rgb + channel * plane + window, mask=is_neighbour, other=0.0)
        layer = tl.load(voxel + channel * AREA * V + j[:, None] * V + v[None, :])
        hidden += tl.dot(x * shares, layer, input_precision="ieee")
    layer = tl.load(weights + v[:, None] * N + n[None, :])
    mixing = tl.dot(tl.maximum(hidden, 0.0), layer, input_precision="ieee") + tl.load(weights_bias + n)[None, :]

    centre = corner + k // 2 * pitch + k // 2
    r, fr = _cell(tl.load(rgb + centre), M)
    g, fg = _cell(tl.load(rgb + plane + centre), M)
    b, fb = _cell(tl.load(rgb + 2 * plane + centre), M)
    black = (r * M + g) * M + b
    red, green, blue = tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32)
    if TETRAHEDRAL:
        longest, shortest = tl.maximum(tl.maximum(fr, fg), fb), tl.minimum(tl.minimum(fr, fg), fb)
        middle = tl.maximum(tl.minimum(fr, fg), tl.minimum(tl.maximum(fr, fg), fb))
        first = tl.where((fr >= fg) & (fr >= fb), M * M, tl.where(fg >= fb, M, 1))
        last = tl.where((fb <= fr) & (fb <= fg), 1, tl.where(fg <= fr, M, M * M))
        white = black + M * M + M + 1
        red, green, blue = _add(luts, black, 1 - longest, mixing, red, green, blue, n, N)
        red, green, blue = _add(luts, black + first, longest - middle, mixing, red, green, blue, n, N)
        red, green, blue = _add(luts, white - last, middle - shortest, mixing, red, green, blue, n, N)
        red, green, blue = _add(luts, white, shortest, mixing, red, green, blue, n, N)
    else:
        for up in tl.static_range(8):
            share = (fr if up & 4 else 1 - fr) * (fg if up & 2 else 1 - fg) * (fb if up & 1 else 1 - fb)
            point = black + (up >> 2) * M * M + (up >> 1 & 1) * M + (up & 1)
            red, green, blue = _add(luts, point, share, mixing, red, green, blue, n, N)
    tl.store(out + p, tl.minimum(tl.maximum(red, 0.0), 1.0), mask=inside)
    tl.store(out + pixels + p, tl.minimum(tl.maximum(green, 0.0), 1.0), mask=inside)
    tl.store(out + 2 * pixels + p, tl.minimum(tl.maximum(blue, 0.0), 1.0), mask=inside)


@triton.jit
def _cell(value, M: tl.constexpr):
    """The cell of a coordinate and its place inside, [0, 1]; whatever the value, a cell that exists."""
    position = tl.minimum(tl.maximum(value, 0.0), 1.0) * (M - 1)
    cell = tl.minimum(tl.maximum(position.to(tl.int32), 0), M - 2)
    return cell, position - cell.to(tl.float32)


@triton.jit
def _add(luts, point, share, mixing, red, green, blue, n, N: tl.constexpr):
    """Add one lattice point's share, mixed over the basis LUTs."""
    at = luts + point[:, None] * (3 * N) + n[None, :]
    red += share * tl.sum(mixing * tl.load(at), 1)
    green += share * tl.sum(mixing * tl.load(at + N), 1)
    blue += share * tl.sum(mixing * tl.load(at + 2 * N), 1)
    return red, green, blue
