"""Lookup in N basis LUTs at once on the CPU, and its gradient, compiled by Numba.

Lattices are as in model files: (C, M, M, M) indexed [r, g, b], with C = 3 · N for N LUTs, or any number of values per
lattice point. `train.lookup` combines both into one differentiable operation for torch.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from lutbridge.lut import emitter, footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.emitter import (
    DOUBLE,
    FLOAT,
    I64,
    data,
    everywhere,
    floats,
    footprint,
    load,
    multiply_add,
    store,
    weighted_sum,
)
from lutbridge.lut.footprints import BLOCK, tetrahedral, trilinear

WIDTH = 8  # channels read at once; a lattice point holds a multiple of them
BAND = 2**13  # colours a thread takes at once
MOST_PARTS = 8  # of the colours, each with a gradient of its own to be added up


def look_up_basis(
    lattices: np.ndarray, rgb: np.ndarray, interpolation: str = "tetrahedral", threads: int | None = None
) -> np.ndarray:
    """Look colours up in all lattices at once.

    Args:
        lattices: (C, M, M, M) float32 or float64, any range; `luts.reshape(-1, M, M, M)` of luts (N, 3, M, M, M).
        rgb: (P, 3) of the same dtype; values outside [0, 1] are clamped to the domain.
        interpolation: "trilinear" or "tetrahedral".
        threads: to share the colours among; as many as NUMBA_NUM_THREADS says without it. Any number gives the same
            bits.
    Returns:
        (P, C) of the same dtype; of N LUTs, `.reshape(P, N, 3)` says what each makes of each colour.
    """
    C, M = lattices.shape[:2]
    rgb = np.ascontiguousarray(rgb)
    points, out = np.empty((M**3, _lanes(C)), rgb.dtype), np.empty((len(rgb), C), rgb.dtype)
    _interleave(np.ascontiguousarray(lattices).reshape(C, -1), points)
    is_trilinear = interpolation == "trilinear"
    bands = [slice(start, start + BAND) for start in range(0, len(rgb), BAND)]
    _share(lambda band: _look_up(points.ravel(), M, rgb[band], is_trilinear, out[band]), bands, threads)
    return out


def lattice_gradient(
    gradient: np.ndarray, rgb: np.ndarray, grid_size: int, interpolation: str, threads: int | None = None
) -> np.ndarray:
    """The backward pass of `look_up_basis`: the gradient of the lattices.

    Args:
        gradient: (P, C) of the result.
        rgb: (P, 3), as looked up, of the same dtype.
        grid_size: M.
    Returns:
        (C, M, M, M) of the same dtype.
    """
    C, points = gradient.shape[1], grid_size**3
    rgb, gradient = np.ascontiguousarray(rgb), np.ascontiguousarray(gradient)
    # Colours fall on the same points, so threads cannot add into one gradient; and one more costs its points.
    count = min(MOST_PARTS, max(1, len(rgb) // points))
    totals = np.zeros((count, points, _lanes(C)), rgb.dtype)
    ends = [len(rgb) * part // count for part in range(count + 1)]

    def spread(part):
        own = slice(ends[part], ends[part + 1])
        _spread(totals[part].ravel(), grid_size, rgb[own], interpolation == "trilinear", gradient[own])

    _share(spread, range(count), threads)
    total = np.empty((C, points), rgb.dtype)
    _separate(totals, total)
    return total.reshape(C, *[grid_size] * 3)


def _lanes(C):
    return -(-C // WIDTH) * WIDTH


def _share(work: Callable, parts: Sequence, threads: int | None):
    """Do all parts of some work, each in one thread."""
    count = threads or numba.config.NUMBA_NUM_THREADS
    if count == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(count, "lutbridge-lookup") as pool:
        list(pool.map(work, parts))


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


@kept(emitter, footprints)
def _look_up(points, grid_size, colours, is_trilinear, out):
    """Points, flat (M³, lanes), looked up at colours (P, 3), to `out` (P, C)."""
    count, C = out.shape
    lanes = len(points) // grid_size**3
    rgb, shares = np.zeros(3 * BLOCK, points.dtype), np.empty(8 * BLOCK, points.dtype)
    offsets, flat, last = np.empty(8 * BLOCK, np.int32), out.ravel(), np.empty(lanes, points.dtype)
    for start in range(0, count, BLOCK):
        _footprint(colours[start : start + BLOCK], grid_size, lanes, is_trilinear, rgb, offsets, shares)
        for p in range(min(BLOCK, count - start)):
            at = (start + p) * C
            # A pixel's lanes reach into the pixels after it, which are written later; behind the last ones are none.
            if at + lanes > len(flat):
                _gather(points, offsets, shares, p, is_trilinear, last, 0, lanes)
                flat[at : at + C] = last[:C]
            else:
                _gather(points, offsets, shares, p, is_trilinear, flat, at, lanes)


@kept(emitter, footprints)
def _spread(total, grid_size, colours, is_trilinear, gradient):
    """Add to `total`, flat (M³, lanes), what each colour's gradient (P, C) says about its lattice points."""
    count, C = gradient.shape
    lanes = len(total) // grid_size**3
    rgb, shares = np.zeros(3 * BLOCK, total.dtype), np.empty(8 * BLOCK, total.dtype)
    offsets, flat, last = np.empty(8 * BLOCK, np.int32), gradient.ravel(), np.zeros(lanes, total.dtype)
    for start in range(0, count, BLOCK):
        _footprint(colours[start : start + BLOCK], grid_size, lanes, is_trilinear, rgb, offsets, shares)
        for p in range(min(BLOCK, count - start)):
            at = (start + p) * C
            if at + lanes > len(flat):
                last[:C] = flat[at : at + C]
                _scatter(total, offsets, shares, p, is_trilinear, last, 0, lanes)
            else:  # lanes past the last channel hold the next pixel's values, and are dropped in the end
                _scatter(total, offsets, shares, p, is_trilinear, flat, at, lanes)


@njit(**COMPILED)
def _footprint(colours, grid_size, lanes, is_trilinear, rgb, offsets, shares):
    for p in range(len(colours)):
        rgb[p], rgb[p + BLOCK], rgb[p + 2 * BLOCK] = colours[p, 0], colours[p, 1], colours[p, 2]
    if is_trilinear:
        trilinear(rgb, grid_size, lanes, offsets, shares)
    else:
        tetrahedral(rgb, grid_size, lanes, offsets, shares)


@njit(**COMPILED)
def _gather(points, offsets, shares, p, is_trilinear, out, at, lanes):
    """out[at : at + lanes] = Σ_corner share · point, for pixel p of a block."""
    if is_trilinear:
        _gather_eight(points, offsets, shares, p, out, at, lanes)
    else:
        _gather_four(points, offsets, shares, p, out, at, lanes)


@njit(**COMPILED)
def _scatter(total, offsets, shares, p, is_trilinear, gradient, at, lanes):
    """Each corner's point of `total` += share · gradient[at : at + lanes], for pixel p of a block."""
    if is_trilinear:
        _scatter_eight(total, offsets, shares, p, gradient, at, lanes)
    else:
        _scatter_four(total, offsets, shares, p, gradient, at, lanes)


def _for_corners(count, step):
    """An intrinsic (points, offsets, shares, p, values, start, lanes), in vectors of WIDTH channels.

    `step(builder, points, corners, n, values, place, vector)` does channels [n, n + WIDTH) of a point, which belong to
    those from `place` on of `values`; `corners` are the pixel's first `count`.
    """

    @intrinsic
    def function(typing, points, offsets, shares, p, values, start, lanes):
        i64 = types.int64
        signature = types.none(points, offsets, shares, i64, values, i64, i64)
        vector = floats(WIDTH, FLOAT if points.dtype == types.float32 else DOUBLE)

        def generate(context, builder, signature, args):
            points, offsets, shares, values = (data(context, builder, signature, args, i) for i in (0, 1, 2, 4))
            p, start, lanes = args[3], args[5], args[6]
            corners = footprint(builder, offsets, shares, p, count, vector)
            with cgutils.for_range_slice(builder, I64(0), lanes, I64(WIDTH), I64) as (n, _):
                step(builder, points, corners, n, values, builder.add(start, n), vector)
            return context.get_dummy_value()

        return signature, generate

    return function


def _gather_step(builder, points, corners, n, out, place, vector):
    store(builder, weighted_sum(builder, points, corners, everywhere(0.0, vector), n), out, place)


def _scatter_step(builder, total, corners, n, gradient, place, vector):
    values = load(builder, gradient, place, vector)
    for offset, share in corners:
        into = builder.add(offset, n)
        store(builder, multiply_add(builder, share, values, load(builder, total, into, vector)), total, into)


_gather_four, _gather_eight = _for_corners(4, _gather_step), _for_corners(8, _gather_step)
_scatter_four, _scatter_eight = _for_corners(4, _scatter_step), _for_corners(8, _scatter_step)
