"""Both footprints of `lut.footprints`, for Triton's kernels: corner by corner."""

import triton
import triton.language as tl


@triton.jit
def cell(value, M: tl.constexpr):
    """The cell of a coordinate and the place inside it, [0, 1]; always an existing cell."""
    position = tl.minimum(tl.maximum(value, 0.0), 1.0) * (M - 1)
    found = tl.minimum(tl.maximum(position.to(tl.int32), 0), M - 2)
    return found, position - found.to(tl.float32)


@triton.jit
def corner(i: tl.constexpr, r, g, b, fr, fg, fb, M: tl.constexpr, TETRAHEDRAL: tl.constexpr):
    """Corner i of four (tetrahedral) or eight (trilinear): the lattice point, and its share."""
    black = (r * M + g) * M + b
    if TETRAHEDRAL:
        longest, shortest = tl.maximum(tl.maximum(fr, fg), fb), tl.minimum(tl.minimum(fr, fg), fb)
        middle = tl.maximum(tl.minimum(fr, fg), tl.minimum(tl.maximum(fr, fg), fb))
        white = black + M * M + M + 1
        if i == 0:
            return black, 1 - longest
        elif i == 1:
            first = tl.where((fr >= fg) & (fr >= fb), M * M, tl.where(fg >= fb, M, 1))
            return black + first, longest - middle
        elif i == 2:
            last = tl.where((fb <= fr) & (fb <= fg), 1, tl.where(fg <= fr, M, M * M))
            return white - last, middle - shortest
        else:
            return white, shortest
    else:
        share = (fr if i & 4 else 1 - fr) * (fg if i & 2 else 1 - fg) * (fb if i & 1 else 1 - fb)
        return black + (i >> 2) * M * M + (i >> 1 & 1) * M + (i & 1), share
