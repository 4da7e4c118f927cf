"""Lookup in several LUTs at once on the CPU, and its gradient, compiled by Numba: for training.

`lut.interpolation` is the same in torch, and differentiable in the colours too; the tests hold the two together.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from torch.autograd.function import once_differentiable

from lutbridge.lut import footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.footprints import BLOCK, tetrahedral, trilinear

WIDTH = 8  # channels read at once; a lattice point holds a multiple of them
BAND = 2**13  # colours a thread takes at once
MOST_PARTS = 8  # of the colours, each with a gradient of its own to be added up


class LookUpSeveral(torch.autograd.Function):
    """`lut.interpolation.interpolate`, differentiable in the lattice only; on as many threads as torch has.

    Any number of threads gives the same bits.
    """

    @staticmethod
    def forward(ctx, lattice: torch.Tensor, rgb: torch.Tensor, interpolation: str) -> torch.Tensor:
        """(C, M, M, M) and (P, 3), both float32 or both float64 and on the CPU, to (P, C)."""
        ctx.save_for_backward(rgb)
        ctx.shape, ctx.trilinear = lattice.shape, interpolation == "trilinear"
        C, M = lattice.shape[:2]
        colours = rgb.detach().contiguous().numpy()
        points, out = np.empty((M**3, _lanes(C)), colours.dtype), np.empty((len(rgb), C), colours.dtype)
        _interleave(lattice.detach().contiguous().view(C, -1).numpy(), points)
        bands = [slice(start, start + BAND) for start in range(0, len(rgb), BAND)]
        _share(lambda band: _look_up(points.ravel(), M, colours[band], ctx.trilinear, out[band]), bands)
        return torch.from_numpy(out)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: torch.Tensor):
        (rgb,) = ctx.saved_tensors
        C, M = ctx.shape[:2]
        colours, gradient = rgb.detach().contiguous().numpy(), gradient.contiguous().numpy()
        # Colours fall on the same points, so threads cannot add into one gradient; and one more costs its points.
        count = min(MOST_PARTS, max(1, len(rgb) // M**3))
        totals = np.zeros((count, M**3, _lanes(C)), colours.dtype)
        ends = [len(rgb) * part // count for part in range(count + 1)]

        def spread(part):
            own = slice(ends[part], ends[part + 1])
            _spread(totals[part].ravel(), M, colours[own], ctx.trilinear, gradient[own])

        _share(spread, range(count))
        total = np.empty((C, M**3), colours.dtype)
        _separate(totals, total)
        return torch.from_numpy(total).view(ctx.shape), None, None


def _lanes(C):
    return -(-C // WIDTH) * WIDTH


def _share(work, parts):
    """Do all parts of some work, each in one thread."""
    count = torch.get_num_threads()
    if count == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(count, "lutbridge-lookup") as threads:
        list(threads.map(work, parts))


@kept()
def _interleave(planes, points):
    """Planes (C, M³) to points (M³, lanes), a run at a time, as one of the two is read or written across."""
    for start in range(0, len(points), BLOCK):
        run = points[start : start + BLOCK]
        run[:, len(planes) :] = 0
        for c in range(len(planes)):
            plane = planes[c, start : start + BLOCK]
            for i in range(len(run)):
                run[i, c] = plane[i]


@kept()
def _separate(parts, planes):
    """The sum of parts (·, M³, lanes) as planes (C, M³)."""
    for start in range(0, planes.shape[1], BLOCK):
        for c in range(len(planes)):
            plane = planes[c, start : start + BLOCK]
            for i in range(len(plane)):
                plane[i] = parts[0, start + i, c]
            for part in range(1, len(parts)):
                run = parts[part, start : start + BLOCK]
                for i in range(len(plane)):
                    plane[i] += run[i, c]


@kept(footprints)
def _look_up(points, grid_size, colours, is_trilinear, out):
    """Colours (P, 3) to `out` (P, C), both C-contiguous; `points` flat (M³, lanes)."""
    count, C = out.shape
    lanes, corners = len(points) // grid_size**3, 8 if is_trilinear else 4
    rgb, shares = np.zeros(3 * BLOCK, points.dtype), np.empty(8 * BLOCK, points.dtype)
    offsets, flat, last = np.empty(8 * BLOCK, np.int32), out.ravel(), np.empty(lanes, points.dtype)
    for start in range(0, count, BLOCK):
        _footprint(colours[start : start + BLOCK], grid_size, lanes, is_trilinear, rgb, offsets, shares)
        for p in range(min(BLOCK, count - start)):
            at = (start + p) * C
            # A pixel's lanes reach into the pixels after it, which are written later; behind the last ones are none.
            if at + lanes > len(flat):
                for n in range(0, lanes, WIDTH):
                    _gather(points, n, offsets, shares, p, corners, last, n)
                flat[at : at + C] = last[:C]
            else:
                for n in range(0, lanes, WIDTH):
                    _gather(points, n, offsets, shares, p, corners, flat, at + n)


@kept(footprints)
def _spread(total, grid_size, colours, is_trilinear, gradient):
    """Add to `total`, flat (M³, lanes), what each colour's gradient (P, C) says about its lattice points."""
    count, C = gradient.shape
    lanes, corners = len(total) // grid_size**3, 8 if is_trilinear else 4
    rgb, shares = np.zeros(3 * BLOCK, total.dtype), np.empty(8 * BLOCK, total.dtype)
    offsets, flat, last = np.empty(8 * BLOCK, np.int32), gradient.ravel(), np.zeros(lanes, total.dtype)
    for start in range(0, count, BLOCK):
        _footprint(colours[start : start + BLOCK], grid_size, lanes, is_trilinear, rgb, offsets, shares)
        for p in range(min(BLOCK, count - start)):
            at = (start + p) * C
            if at + lanes > len(flat):
                last[:C] = flat[at : at + C]
                for n in range(0, lanes, WIDTH):
                    _scatter(last, n, offsets, shares, p, corners, total, n)
            else:  # lanes past the last channel get what is the next pixels', and are left out in the end
                for n in range(0, lanes, WIDTH):
                    _scatter(flat, at + n, offsets, shares, p, corners, total, n)


@njit(**COMPILED)
def _footprint(colours, grid_size, lanes, is_trilinear, rgb, offsets, shares):
    for p in range(len(colours)):
        rgb[p], rgb[p + BLOCK], rgb[p + 2 * BLOCK] = colours[p, 0], colours[p, 1], colours[p, 2]
    if is_trilinear:
        trilinear(rgb, grid_size, lanes, offsets, shares)
    else:
        tetrahedral(rgb, grid_size, lanes, offsets, shares)


def _each_corner(generate):
    """An intrinsic (values, start, offsets, shares, p, corners, out, begin) in LLVM's own vectors of WIDTH channels.

    `generate(builder, at, corners)` gets at(array, index), a vector's address, and a loop that yields each corner's
    offset and share. Left to find the vectors itself, LLVM takes several times as long.
    """

    @intrinsic
    def function(typing, values, start, offsets, shares, p, corners, out, begin):
        i64 = types.int64
        signature = types.none(values, i64, offsets, shares, i64, i64, out, i64)
        element = ir.FloatType() if values.dtype == types.float32 else ir.DoubleType()
        vector = ir.VectorType(element, WIDTH)

        def code(context, builder, signature, args):
            values, offsets, shares, out = (
                context.make_array(signature.args[i])(context, builder, args[i]).data for i in (0, 2, 3, 6)
            )
            start, p, corners, begin = args[1], args[4], args[5], args[7]

            def at(array, index):
                return builder.bitcast(builder.gep(array, [index]), vector.as_pointer())

            def each_corner(then):
                with cgutils.for_range(builder, corners) as loop:
                    i = builder.add(p, builder.mul(loop.index, ir.IntType(64)(BLOCK)))
                    share = builder.load(builder.gep(shares, [i]))
                    whole = builder.insert_element(ir.Constant(vector, ir.Undefined), share, ir.IntType(32)(0))
                    whole = builder.shuffle_vector(
                        whole, whole, ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
                    )
                    offset = builder.sext(builder.load(builder.gep(offsets, [i])), ir.IntType(64))
                    then(offset, whole)

            generate(builder, at, each_corner, vector, values, start, out, begin)
            return context.get_dummy_value()

        return signature, code

    return function


def _multiply_add(builder, a, b, total):
    return builder.fadd(total, builder.fmul(a, b, flags=["contract"]), flags=["contract"])


@_each_corner
def _gather(builder, at, each_corner, vector, points, n, out, begin):
    """out[begin :] = Σ_corner share · points[offset + n :]"""
    total = cgutils.alloca_once_value(builder, ir.Constant(vector, [0.0] * WIDTH))

    def add(offset, share):
        point = builder.load(at(points, builder.add(offset, n)), align=4)
        builder.store(_multiply_add(builder, share, point, builder.load(total)), total)

    each_corner(add)
    builder.store(builder.load(total), at(out, begin), align=4)


@_each_corner
def _scatter(builder, at, each_corner, vector, gradient, start, total, n):
    """total[offset + n :] += share · gradient[start :], for each corner"""
    values = builder.load(at(gradient, start), align=4)

    def add(offset, share):
        into = at(total, builder.add(offset, n))
        builder.store(_multiply_add(builder, share, values, builder.load(into, align=4)), into, align=4)

    each_corner(add)
