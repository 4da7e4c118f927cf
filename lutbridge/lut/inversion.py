"""The LUT that undoes another one.

Tetrahedrally interpolated, a LUT is a mesh of tetrahedra that it moves linearly. So its inverse is known exactly: each
lattice point of the inverse lies in the image of a tetrahedron, or of none, and its barycentric coordinates there are
those of its preimage. Colours that the LUT never gives are taken back to what gives the nearest one; that one lies on
the image of the cube's surface.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from lutbridge.lut.compiled import COMPILED, kept
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.surface import nearest_places

INSIDE = -1e-5  # least barycentric coordinate of a colour inside; the mesh is in float32
LARGEST_BY_DEFAULT = 65
# The six ways along the axes from a cell's black corner to its white one; each is a tetrahedron.
PATHS = np.array([(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])


@dataclass(frozen=True)
class Inverse:
    """An inverse, and how far it can be one.

    Attributes:
        lut: without a shaper; its domain is [0, 1], or the range of the LUT.
        unreached: share of the inverse's lattice points, [0, 1], that no colour of the cube is mapped to.
        ambiguous: share that several colours map to, more than an 8-bit code apart; of those the one nearest
            to the lattice point itself was taken.
    """

    lut: Lut3D
    unreached: float
    ambiguous: float


def invert(lut: Lut3D, grid_size: int | None = None, whole_range: bool = False) -> Inverse:
    """The LUT from a LUT's outputs back to its inputs.

    Args:
        lut: a shaper becomes part of its lattice first, at its `baked_size`.
        grid_size: M of the inverse; unless said otherwise that of the lattice, up to 65, which takes some seconds.
        whole_range: whether the inverse's domain is the LUT's range if that leaves [0, 1]; if not, it is [0, 1].

    >>> found = invert(Lut3D(0.25 + 0.5 * Lut3D.identity(9).lattice, "flatter"), 5)
    >>> found.lut.apply([0.25, 0.5, 0.75]).round(3).tolist()
    [0.0, 0.5, 1.0]
    >>> found.unreached  # all but the 3 × 3 × 3 points from 0.25 to 0.75
    0.784
    """
    lut = _without_shaper(lut)
    M = grid_size or min(lut.grid_size, LARGEST_BY_DEFAULT)
    vertices = lut.lattice.astype(np.float64, order="C")
    first, last = (min(0.0, vertices.min()), max(1.0, vertices.max())) if whole_range else (0.0, 1.0)
    vertices = (vertices - first) / (last - first)
    places, distance, ambiguous = np.zeros((M, M, M, 3)), np.full((M, M, M), np.inf), np.zeros((M, M, M), np.bool_)
    _fill_reached(vertices, places, distance, ambiguous)
    unreached = np.isinf(distance)
    if unreached.any():
        places[unreached] = nearest_places(vertices, np.argwhere(unreached) / (M - 1))
    low, high = np.asarray(lut.domain)
    title = f"inverse of {lut.title}" if lut.title else "inverse"
    domain = ((first,) * 3, (last,) * 3)
    return Inverse(Lut3D(low + places * (high - low), title, domain), float(unreached.mean()), float(ambiguous.mean()))


def _without_shaper(lut):
    """On the LUT's own domain, all of which is inverted."""
    if lut.shaper is None:
        return lut
    low, high = np.asarray(lut.domain)
    places = Lut3D.identity(lut.baked_size).lattice
    return replace(lut, lattice=lut.apply(low + places * (high - low)), shaper=None)


@kept()
def _fill_reached(vertices, places, distance, ambiguous):
    """Writes into each lattice point (M, M, M, 3) the preimage that is nearest to it, as a place in [0, 1]³.

    `distance` (M, M, M) gets how far that is, squared; a point that no tetrahedron covers keeps its infinity.
    """
    m, M = len(vertices), len(places)
    corners, at = np.empty((4, 3)), np.empty((4, 3))
    matrix, share, place = np.empty((3, 3)), np.empty(4), np.empty(3)
    for cell in range((m - 1) ** 3):
        black = (cell // (m - 1) ** 2, cell // (m - 1) % (m - 1), cell % (m - 1))
        for path in PATHS:
            _tetrahedron(vertices, black, path, corners, at)
            if not _inverted(corners, matrix):
                continue
            first, last = np.zeros(3, np.int64), np.zeros(3, np.int64)
            for c in range(3):
                first[c] = max(0, np.ceil(corners[:, c].min() * (M - 1) - 1e-6))
                last[c] = min(M - 1, np.floor(corners[:, c].max() * (M - 1) + 1e-6))
            for i in range(first[0], last[0] + 1):
                for j in range(first[1], last[1] + 1):
                    for k in range(first[2], last[2] + 1):
                        target = (i / (M - 1), j / (M - 1), k / (M - 1))
                        _barycentric(corners, matrix, target, share)
                        if share.min() >= INSIDE:
                            _combine(at, share, m - 1, place)
                            _keep(place, target, places[i, j, k], distance, ambiguous, (i, j, k))


@njit(**COMPILED)
def _tetrahedron(vertices, black, path, corners, at):
    """The four corners of a cell's tetrahedron along a path: their colours, and their places, in cells."""
    here = np.array(black)
    for n in range(4):
        for c in range(3):
            corners[n, c], at[n, c] = vertices[here[0], here[1], here[2], c], here[c]
        if n < 3:
            here[path[n]] += 1


@njit(**COMPILED)
def _inverted(corners, matrix):
    """The inverse of the tetrahedron's edges into `matrix`; False if it is flat."""
    e = corners[1:] - corners[0]
    determinant = (
        e[0, 0] * (e[1, 1] * e[2, 2] - e[1, 2] * e[2, 1])
        - e[0, 1] * (e[1, 0] * e[2, 2] - e[1, 2] * e[2, 0])
        + e[0, 2] * (e[1, 0] * e[2, 1] - e[1, 1] * e[2, 0])
    )
    if abs(determinant) < 1e-15:
        return False
    for i in range(3):
        for j in range(3):
            a, b, c, d = (j + 1) % 3, (j + 2) % 3, (i + 1) % 3, (i + 2) % 3
            matrix[i, j] = (e[a, c] * e[b, d] - e[a, d] * e[b, c]) / determinant
    return True


@njit(**COMPILED)
def _barycentric(corners, matrix, target, share):
    """The shares of a tetrahedron's corners in a colour, summing to 1."""
    share[0] = 1
    for j in range(3):
        share[j + 1] = 0
        for i in range(3):
            share[j + 1] += (target[i] - corners[0, i]) * matrix[i, j]
        share[0] -= share[j + 1]


@njit(**COMPILED)
def _combine(at, share, cells, place):
    for c in range(3):
        place[c] = min(max((share * at[: len(share), c]).sum() / cells, 0), 1)


@njit(**COMPILED)
def _keep(place, target, kept, distance, ambiguous, index):
    """Keeps a preimage if it is the nearest so far; two more than a code value apart are ambiguous."""
    away = 0.0
    for c in range(3):
        away += (place[c] - target[c]) ** 2
    if distance[index] < np.inf:
        ambiguous[index] |= np.abs(place - kept).max() > 1 / 255
    if away < distance[index]:
        distance[index] = away
        kept[:] = place
