"""The fused GPU kernel of local context, in Triton: attention, lookup and fusion in one pass, for `render.gpu`."""

import triton
import triton.language as tl

from lutbridge.render.triton_footprint import cell, corner

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
    first = p // width * pitch + p % width  # of the window
    j = tl.arange(0, AREA)
    window = first[:, None] + (j // k * pitch + j % k)[None, :]
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

    centre = first + k // 2 * pitch + k // 2
    r, fr = cell(tl.load(rgb + centre), M)
    g, fg = cell(tl.load(rgb + plane + centre), M)
    b, fb = cell(tl.load(rgb + 2 * plane + centre), M)
    red, green, blue = tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32)
    for i in tl.static_range(4 if TETRAHEDRAL else 8):
        point, share = corner(i, r, g, b, fr, fg, fb, M, TETRAHEDRAL)
        at = luts + point[:, None] * (3 * N) + n[None, :]
        red += share * tl.sum(mixing * tl.load(at), 1)
        green += share * tl.sum(mixing * tl.load(at + N), 1)
        blue += share * tl.sum(mixing * tl.load(at + 2 * N), 1)
    tl.store(out + p, tl.minimum(tl.maximum(red, 0.0), 1.0), mask=inside)
    tl.store(out + pixels + p, tl.minimum(tl.maximum(green, 0.0), 1.0), mask=inside)
    tl.store(out + 2 * pixels + p, tl.minimum(tl.maximum(blue, 0.0), 1.0), mask=inside)
