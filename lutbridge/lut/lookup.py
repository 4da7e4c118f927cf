"""Lookup in one 3D LUT on the CPU, compiled by Numba: for colours in float, and for photos from codes to codes.

Pixels are taken in blocks, footprints first and sums after. `train.lookup` has the same lookup in torch; the tests hold
the two together.
"""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from lutbridge.lut import emitter, footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.emitter import I64, data, floats, footprint, load, store, weighted_sum
from lutbridge.lut.footprints import BLOCK, ONE, ZERO, tetrahedral, trilinear

BAND = 2**15  # pixels a thread takes at once
INTERPOLATIONS = ("trilinear", "tetrahedral")


def pad(lattice: np.ndarray) -> np.ndarray:
    """A lattice (M, M, M, 3) as the lookup reads it: flat float32, four values a point, the fourth never at an end."""
    padded = np.full((*lattice.shape[:3], 4), 0.5, np.float32)
    padded[..., :3] = lattice
    return padded.ravel()


def look_up(
    points: np.ndarray,
    grid_size: int,
    values: np.ndarray,
    interpolation: str = "tetrahedral",
    out: np.ndarray | None = None,
) -> tuple[np.ndarray, int]:
    """Map colours through a LUT on the unit cube, in bands of rows shared among threads.

    Args:
        points: the lattice, from `pad`.
        grid_size: M.
        values: (..., 3), any strides: float32, clamped to [0, 1]; or uint8 or uint16 codes, with the largest as 1.
        interpolation: "trilinear" or "tetrahedral".
        out: array for the result, same shape and dtype, may be `values`; a new array if None.
    Returns:
        The result, and the number of newly clipped pixels. Floats are not clipped, and the count is 0; codes are
        rounded to nearest and clamped.
    Raises:
        ValueError: no such interpolation.
    """
    if interpolation not in INTERPOLATIONS:
        raise ValueError(f"the interpolation is one of {INTERPOLATIONS}, not {interpolation!r}")
    out = np.empty(values.shape, values.dtype) if out is None else out
    rows, targets = _as_rows(values), _as_rows(out)
    top = np.float32(1 if values.dtype == np.float32 else np.iinfo(values.dtype).max)
    step = max(1, BAND // max(1, rows.shape[1]))

    def band(start):
        source, target = rows[start : start + step], targets[start : start + step]
        result = target if target.flags.c_contiguous else np.empty(target.shape, target.dtype)
        flat = np.require(source, requirements="CA").reshape(-1, 3)
        flat.flags.writeable = False  # a read-only view: the kernel is compiled once for both kinds of array
        clipped = _look_up(points, grid_size, flat, top, result.reshape(-1, 3), interpolation == "trilinear")
        if result is not target:
            target[:] = result
        return clipped

    starts = range(0, len(rows), step)
    if len(starts) <= 1:
        return out, sum(map(band, starts))
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "lutbridge-lut") as threads:
        return out, sum(threads.map(band, starts))


def _as_rows(values):
    """A photo unchanged; anything else as a column of colours."""
    return values if values.ndim == 3 else values.reshape(values.size // 3, 1, 3)


@kept(footprints, emitter)
def _look_up(points, grid_size, values, top, out, is_trilinear):
    """Values (P, 3) to `out` (P, 3), both C-contiguous and of one dtype; returns how many are newly clipped."""
    corners, kind, clipped = 8 if is_trilinear else 4, values.dtype.type, 0
    rgb, result = np.zeros(3 * BLOCK, np.float32), np.empty(4 * BLOCK, np.float32)
    offsets, shares = np.empty(8 * BLOCK, np.int32), np.empty(8 * BLOCK, np.float32)
    for start in range(0, len(values), BLOCK):
        count = min(BLOCK, len(values) - start)
        block, into = values[start : start + count], out[start : start + count]
        for p in range(count):
            rgb[p], rgb[p + BLOCK] = np.float32(block[p, 0]) / top, np.float32(block[p, 1]) / top
            rgb[p + 2 * BLOCK] = np.float32(block[p, 2]) / top
        if is_trilinear:
            trilinear(rgb, grid_size, 4, offsets, shares)
        else:
            tetrahedral(rgb, grid_size, 4, offsets, shares)
        result[:] = ZERO
        for four in range(0, corners, 4):
            _add(points, offsets[four * BLOCK :], shares[four * BLOCK :], result)
        if top > ONE and _round(result, top):
            clipped += _newly_clipped(rgb, result, top, count)
        for p in range(count):
            into[p, 0], into[p, 1], into[p, 2] = kind(result[4 * p]), kind(result[4 * p + 1]), kind(result[4 * p + 2])
    return clipped


@njit(**COMPILED)
def _add(points, offsets, shares, result):
    """Add four corners to each pixel's four values of `result`."""
    for p in range(BLOCK):
        _add_pixel(points, offsets, shares, result, p)


@intrinsic
def _add_pixel(typing, points, offsets, shares, result, p):
    """`_add` of pixel p."""
    signature = types.none(points, offsets, shares, result, types.int64)
    four = floats(4)

    def generate(context, builder, signature, args):
        points, offsets, shares, result = (data(context, builder, signature, args, i) for i in range(4))
        into = builder.mul(args[4], I64(4))
        corners = footprint(builder, offsets, shares, args[4], 4, four)
        store(builder, weighted_sum(builder, points, corners, load(builder, result, into, four)), result, into)
        return context.get_dummy_value()

    return signature, generate


@njit(**COMPILED)
def _round(result, top):
    """Make a block's values codes; returns whether one is at the end of the range, as in most blocks none is."""
    at_the_end = np.int32(0)
    for p in range(4 * BLOCK):
        code = np.rint(min(max(result[p], ZERO), ONE) * top)
        at_the_end |= np.int32((code <= ZERO) | (code >= top))
        result[p] = code
    return at_the_end != 0


@njit(**COMPILED)
def _newly_clipped(rgb, result, top, count):
    newly = np.zeros(BLOCK, np.int32)
    for c in range(3):
        before = rgb[c * BLOCK :]
        for p in range(BLOCK):
            after = result[4 * p + c]
            newly[p] |= ((after <= ZERO) & (before[p] > ZERO)) | ((after >= top) & (before[p] < ONE))
    return newly[:count].sum()
