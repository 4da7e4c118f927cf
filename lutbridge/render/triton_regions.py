"""The fused GPU kernel of regions, in Triton: mask, lookup in two LUTs and mixing in one pass, for `render.gpu`."""

import triton
import triton.language as tl

from lutbridge.render.triton_footprint import cell, corner

BLOCK = 128  # pixels of a program, along one row
LANES = tl.constexpr(8)  # values of a lattice point, as of `render.regions`


@triton.jit
def render_pixels(
    rgb, out, points, lines, row_first, row_share, column_first, column_share, width, plane,
    CELLS: tl.constexpr, M: tl.constexpr, TETRAHEDRAL: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Retouch the pixels of a strip; a program for each BLOCK of a row.

    Args:
        rgb: (3, H, W) float32, [0, 1]; `width` is W, `plane` H · W.
        out: as `rgb`, written, clamped.
        points: (M³, 8) float32: r, g, b of the background's LUT, a zero, and those of the step to the person's.
        lines: (4, CELLS, CELLS) float32, as of `model.regions.SoftMask`.
        row_first, row_share, column_first, column_share: where rows and columns lie among the cells; int32, float32.
    """
    y = tl.program_id(1)
    x = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = x < width
    x = tl.minimum(x, width - 1)
    p = y * width + x
    red, green, blue = tl.load(rgb + p), tl.load(rgb + plane + p), tl.load(rgb + 2 * plane + p)

    at = tl.load(row_first + y) * CELLS + tl.load(column_first + x)
    down, right = tl.load(row_share + y), tl.load(column_share + x)
    mask = _line(lines + 3 * CELLS * CELLS, at, down, right, CELLS)
    mask += _line(lines, at, down, right, CELLS) * red
    mask += _line(lines + CELLS * CELLS, at, down, right, CELLS) * green
    mask += _line(lines + 2 * CELLS * CELLS, at, down, right, CELLS) * blue
    mask = tl.minimum(tl.maximum(mask, 0.0), 1.0)

    r, fr = cell(red, M)
    g, fg = cell(green, M)
    b, fb = cell(blue, M)
    red, green, blue = tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32)
    for i in tl.static_range(4 if TETRAHEDRAL else 8):
        point, share = corner(i, r, g, b, fr, fg, fb, M, TETRAHEDRAL)
        values = points + point * LANES
        red += share * (tl.load(values) + mask * tl.load(values + 4))
        green += share * (tl.load(values + 1) + mask * tl.load(values + 5))
        blue += share * (tl.load(values + 2) + mask * tl.load(values + 6))
    tl.store(out + p, tl.minimum(tl.maximum(red, 0.0), 1.0), mask=inside)
    tl.store(out + plane + p, tl.minimum(tl.maximum(green, 0.0), 1.0), mask=inside)
    tl.store(out + 2 * plane + p, tl.minimum(tl.maximum(blue, 0.0), 1.0), mask=inside)


@triton.jit
def _line(line, at, down, right, CELLS: tl.constexpr):
    """One of the mask's coefficients, interpolated among four cells."""
    above, above_right = tl.load(line + at), tl.load(line + at + 1)
    below, below_right = tl.load(line + at + CELLS), tl.load(line + at + CELLS + 1)
    left = above + down * (below - above)
    return left + right * (above_right + down * (below_right - above_right) - left)
