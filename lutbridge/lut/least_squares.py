"""The least squares of `lut.fit`, compiled by Numba: normal equations as stencils on the lattice, and their solution.

A pixel reads the four corners of its tetrahedron, which lie on one monotone path through the cell; so the equations
couple a lattice point only with itself and with the seven neighbours a cell's corner away, and their mirror images.

Values on the lattice are flat planes, with room for one more point at the end of each axis, and at both ends for a
neighbour of any point. These are zero, so that every loop runs over BLOCK points in a row, at any border.
One thread adds in one order: the same pixels give the same bits.
"""

import numpy as np
from numba import njit

from lutbridge.lut import footprints
from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.footprints import BLOCK, ONE, ZERO, tetrahedral

# Weight of the squared Laplacian of the difference from the prior, and of its squared value, in units where every
# pixel pulls with 1/P · M³. The first sets how far a colour's evidence reaches, the second lets it fade to the prior.
SMOOTHNESS = np.float32(3e-2)
FADING = np.float32(1e-4)
MOST_ITERATIONS = 300
SUMMED = COMPILED | {"fastmath": {"contract", "reassoc"}}  # for sums over a block, in as many parts as a vector has


def fit_difference(
    rgb: np.ndarray, residual: np.ndarray, start: np.ndarray, tolerance: float, smoothness: float = SMOOTHNESS
) -> np.ndarray:
    """The lattice to add to a prior so that lookups give the residuals: smooth, and fading away from them.

    Args:
        rgb: (P, 3) float32, C-contiguous, P ≥ 1; values outside [0, 1] are clamped to the domain.
        residual: (P, 3) float32: target minus prior at these colours.
        start: (M, M, M, 3) float32, M ≥ 2: the solver's first guess.
        tolerance: stop when the residual's norm is this share of the right side's.
        smoothness: weight of the squared Laplacian.
    Returns:
        (M, M, M, 3) float32.
    """
    M, smoothness = len(start), np.float32(smoothness)
    sums, pulls = np.zeros((8, M**3)), np.zeros((3, M**3))
    _gather(rgb, residual, M, sums, pulls)
    per_pixel = M**3 / len(rgb)
    couplings, right_side = _spread(sums * per_pixel, M), _spread(pulls * per_pixel, M)
    x = _spread(np.moveaxis(start, -1, 0), M)
    inside = _spread(np.ones((1, M, M, M)), M)[0]
    ends = np.zeros(M)
    ends[0], ends[-1] = 1, 1
    degree = _spread(6 - ends[:, None, None] - ends[:, None] - ends, M)[0]
    couplings[0] += FADING * inside
    # near enough to the diagonal: 6² + 6 is the squared Laplacian's inside
    inverse = inside / (couplings[0] + smoothness * 42)
    enough = tolerance * np.linalg.norm(pulls * per_pixel)
    touched = _touched(couplings, M + 1)
    _solve(x, right_side, couplings, touched, inside, degree, inverse, M + 1, smoothness, enough**2)
    return np.ascontiguousarray(np.moveaxis(_lattice(x, M), 0, -1))


def _spread(values, M):
    """Lattices, (·, M³) in any shape, as planes (·, size) float32."""
    side, edge = M + 1, _offset(7, M + 1)
    blocks = -(-(side**3) // BLOCK)
    planes = np.zeros((values.size // M**3, blocks * BLOCK + 2 * edge), np.float32)
    _lattice(planes, M)[:] = values.reshape(-1, M, M, M)
    return planes


def _lattice(planes, M):
    """The points of planes (·, size): a view (·, M, M, M)."""
    side, edge = M + 1, _offset(7, M + 1)
    return planes[:, edge : edge + side**3].reshape(-1, side, side, side)[:, :M, :M, :M]


def _offset(kind, side):
    """How far a neighbour lies from its point, whose steps along r, g and b are the number's binary digits."""
    return ((kind >> 2) * side + (kind >> 1 & 1)) * side + (kind & 1)


def _touched(couplings, side):
    """(8, blocks): whether any point of a block is coupled at that offset; most are not, as a photo has few colours."""
    edge = _offset(7, side)
    coupled = couplings != 0
    here = coupled[:, edge:-edge]
    back = [plane[edge - _offset(kind, side) :][: here.shape[1]] for kind, plane in enumerate(coupled)]
    return (here | np.stack(back)).reshape(8, -1, BLOCK).any(2)


@kept(footprints)
def _gather(rgb, residual, M, sums, pulls):
    """Add up the pixels' part in the normal equations.

    Args:
        sums: (8, M³) float64, written: the weight between each point and the one at the `_offset` of the row's number.
        pulls: (3, M³) float64, written: the right side.
    """
    colours = np.zeros(3 * BLOCK, np.float32)
    offsets, shares = np.empty(4 * BLOCK, np.int32), np.empty(4 * BLOCK, np.float32)
    for start in range(0, len(rgb), BLOCK):
        count = min(BLOCK, len(rgb) - start)
        for p in range(count):
            for c in range(3):
                colours[p + c * BLOCK] = rgb[start + p, c]
        tetrahedral(colours, M, 1, offsets, shares)
        for p in range(count):
            for first in range(p, p + 4 * BLOCK, BLOCK):
                at, share = offsets[first], shares[first]
                for c in range(3):
                    pulls[c, at] += share * residual[start + p, c]
                for second in range(first, p + 4 * BLOCK, BLOCK):
                    sums[_kind(offsets[second] - at, M), at] += share * shares[second]


@njit(**COMPILED)
def _kind(offset, M):
    """The number whose binary digits are r, g and b of an offset r · M² + g · M + b, each of them 0 or 1."""
    r = offset >= M * M
    offset -= r * M * M
    g = offset >= M
    return 4 * r + 2 * g + offset - g * M


@kept(footprints)
def _solve(x, right_side, couplings, touched, inside, degree, inverse, side, smoothness, enough):
    """Conjugate gradients, preconditioned by the diagonal, from x until the residual's squared norm is `enough`.

    Args:
        x: (3, size), written: the start, then the solution.
        right_side: (3, size), written: the residual.
    """
    edge = (side + 1) * side + 1
    direction, bent, image = x.copy(), np.zeros_like(x), np.zeros_like(x)
    x[:] = ZERO
    squared = 1.0
    for n in range(MOST_ITERATIONS + 1):  # at first the start, whole, is taken as a step from nothing
        _apply(direction, couplings, touched, inside, degree, side, smoothness, bent, image)
        step = squared / _product(direction, image, edge) if n else 1.0
        before = squared
        squared, length = _step(np.float32(step), x, direction, right_side, image, inverse, edge)
        if length <= enough:
            break
        _turn(direction, right_side, inverse, np.float32(squared / before if n else 0.0), edge)


@njit(**COMPILED)
def _apply(D, couplings, touched, inside, degree, side, smoothness, bent, out):
    """The left side's product with D: its couplings, fading, and the Laplacian of its Laplacian (`bent`, written)."""
    edge = (side + 1) * side + 1
    for i in range(edge, D.shape[1] - edge, BLOCK):
        for c in range(3):
            _laplacian(D[c], i, inside, degree, side, ONE, bent[c])
    for i in range(edge, D.shape[1] - edge, BLOCK):
        for c in range(3):
            _laplacian(bent[c], i, inside, degree, side, smoothness, out[c])
            own, values, into = couplings[0, i:], D[c, i:], out[c, i:]
            for p in range(BLOCK):
                into[p] += own[p] * values[p]
            for kind in range(1, 8):
                if touched[kind, (i - edge) // BLOCK]:
                    offset = ((kind >> 2) * side + (kind >> 1 & 1)) * side + (kind & 1)
                    _couple(couplings[kind], D[c], i, offset, into)


@njit(**COMPILED)
def _laplacian(D, i, inside, degree, side, factor, out):
    """Sum of the differences to the lattice neighbours, times a factor; symmetric, zero on constants."""
    centre, before, after, into = D[i:], D[i - 1 :], D[i + 1 :], out[i:]
    left, right, above, below = D[i - side :], D[i + side :], D[i - side * side :], D[i + side * side :]
    within, count = inside[i:], degree[i:]
    for p in range(BLOCK):
        around = (before[p] + after[p]) + (left[p] + right[p]) + (above[p] + below[p])
        into[p] = (around * within[p] - count[p] * centre[p]) * factor


@njit(**COMPILED)
def _couple(weights, D, i, offset, into):
    """Add the pull of the neighbours at an offset, and of those opposite."""
    there, far, back, near = weights[i:], D[i + offset :], weights[i - offset :], D[i - offset :]
    for p in range(BLOCK):
        into[p] += there[p] * far[p] + back[p] * near[p]


@njit(**COMPILED)
def _product(one, other, edge):
    total = 0.0
    for i in range(edge, one.shape[1] - edge, BLOCK):
        for c in range(3):
            total += _sum(one[c, i:], other[c, i:])
    return total


@njit(**SUMMED)
def _sum(one, other):
    total = ZERO
    for p in range(BLOCK):
        total += one[p] * other[p]
    return total


@njit(**COMPILED)
def _step(step, x, direction, residual, image, inverse, edge):
    """Go a step along a direction; the residual's squared norm, with and without preconditioning."""
    scaled, squared = 0.0, 0.0
    for i in range(edge, x.shape[1] - edge, BLOCK):
        for c in range(3):
            values, along, rest, taken = x[c, i:], direction[c, i:], residual[c, i:], image[c, i:]
            for p in range(BLOCK):
                values[p] += step * along[p]
            for p in range(BLOCK):
                rest[p] -= step * taken[p]
            squared += _sum(rest, rest)
            scaled += _sum_of_three(rest, rest, inverse[i:])
    return scaled, squared


@njit(**SUMMED)
def _sum_of_three(one, other, third):
    total = ZERO
    for p in range(BLOCK):
        total += one[p] * other[p] * third[p]
    return total


@njit(**COMPILED)
def _turn(direction, residual, inverse, share, edge):
    """The next direction: the preconditioned residual, and a share of the last one."""
    for i in range(edge, direction.shape[1] - edge, BLOCK):
        scale = inverse[i:]
        for c in range(3):
            along, rest = direction[c, i:], residual[c, i:]
            for p in range(BLOCK):
                along[p] = rest[p] * scale[p] + share * along[p]
