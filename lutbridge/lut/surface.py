"""Which points of the surface of a LUT's cube come nearest to colours that the LUT never gives.

The surface is a mesh of triangles. The search leaves out patches and cells of it whose box is farther away than the
best point so far.
"""

import numpy as np
from numba import njit

from lutbridge.lut.compiled import COMPILED, kept

PATCH = 4  # cells along the sides of the patches in which the surface is searched
TINY = 1e-300  # in place of a zero, where an edge's ends coincide
FLAT = 1e-9  # squared sine between a triangle's edges, below which its corners lie on a line


def nearest_places(vertices, targets):
    """Places (P, 3) of the points of the cube's surface whose images are nearest to the targets (P, 3).

    Distances stay the same in turned axes, and along the image's own axes the boxes around its cells are tight: a LUT
    that takes colour away makes a needle of the cube, which would lie slantwise in its boxes.
    """
    places = np.stack(np.meshgrid(*[np.linspace(0, 1, len(vertices))] * 3, indexing="ij"), -1)
    faces, at = (
        np.stack([np.take(lattice, side, axis) for axis in range(3) for side in (0, -1)])
        for lattice in (vertices, places)
    )
    axes = _own_axes(faces)
    faces, targets = faces @ axes, targets @ axes
    out = np.empty_like(targets)
    cells = _cell_boxes(faces)
    _fill_nearest(faces, at, cells, _patch_boxes(cells), targets, out)
    return out


def _own_axes(faces):
    """The axes, as columns of a rotation (3, 3), along which points (6, m, m, 3) are spread most, less and least."""
    points = faces.reshape(-1, 3)
    return np.linalg.eigh(np.cov(points, rowvar=False))[1][:, ::-1]


def _cell_boxes(faces):
    """The boxes (6, m−1, m−1, 2, 3) around the images of a surface's cells."""
    low, high = faces, faces
    for axis in (1, 2):
        n = low.shape[axis] - 1
        pairs = [(lattice.take(range(n), axis), lattice.take(range(1, n + 1), axis)) for lattice in (low, high)]
        low, high = np.minimum(*pairs[0]), np.maximum(*pairs[1])
    return np.ascontiguousarray(np.stack([low, high], 3))


def _patch_boxes(cells):
    """The boxes (6, n, n, 2, 3) around patches of cells."""
    starts = range(0, cells.shape[1], PATCH)
    patches = [[cells[:, i : i + PATCH, j : j + PATCH] for j in starts] for i in starts]
    boxes = [[np.stack([p[..., 0, :].min((1, 2)), p[..., 1, :].max((1, 2))], 1) for p in row] for row in patches]
    return np.ascontiguousarray(np.moveaxis(np.array(boxes), 2, 0))


@kept()
def _fill_nearest(faces, at, cells, patches, targets, out):
    """For each target the place of the nearest point of the triangles of faces (6, m, m, 3) at places of that shape.

    Targets that follow one another are close together, so the search begins where it ended the last time; patches and
    cells whose box is farther away than the best so far are left out.
    """
    count = patches.shape[1]
    best, found, share = np.empty(1), np.zeros(3, np.int64), np.empty(3)
    for t in range(len(targets)):
        target, best[0] = targets[t], np.inf
        face, p, q = found[0], found[1] // PATCH, found[2] // PATCH
        _search_patch(faces, at, cells, face, p, q, target, share, best, found, out[t])
        for face in range(6):
            for p in range(count):
                for q in range(count):
                    if _distance_to_box(patches[face, p, q], target) < best[0]:
                        _search_patch(faces, at, cells, face, p, q, target, share, best, found, out[t])


@njit(**COMPILED)
def _distance_to_box(box, target):
    """Squared; 0 inside."""
    total = 0.0
    for c in range(3):
        total += max(box[0, c] - target[c], target[c] - box[1, c], 0.0) ** 2
    return total


@njit(**COMPILED)
def _search_patch(faces, at, cells, face, p, q, target, share, best, found, place):
    count = cells.shape[1]
    for i in range(p * PATCH, min((p + 1) * PATCH, count)):
        for j in range(q * PATCH, min((q + 1) * PATCH, count)):
            if _distance_to_box(cells[face, i, j], target) < best[0]:
                if _search_cell(faces, at, face, i, j, target, share, best, place):
                    found[0], found[1], found[2] = face, i, j


@njit(**COMPILED)
def _search_cell(faces, at, face, i, j, target, share, best, place):
    """Writes the place of the cell's point that is nearest to the target, if it beats the best distance so far."""
    beats = False
    for k, m in ((i + 1, j), (i, j + 1)):
        a, b, c = faces[face, i, j], faces[face, k, m], faces[face, i + 1, j + 1]
        _nearest_share(a, b, c, target, share)
        away = 0.0
        for n in range(3):
            away += (share[0] * a[n] + share[1] * b[n] + share[2] * c[n] - target[n]) ** 2
        if away < best[0]:
            best[0], beats = away, True
            for n in range(3):
                place[n] = (
                    share[0] * at[face, i, j, n] + share[1] * at[face, k, m, n] + share[2] * at[face, i + 1, j + 1, n]
                )
    return beats


@njit(**COMPILED)
def _nearest_share(a, b, c, p, share):
    """Shares of a triangle's corners in its point nearest to p: below p where that is inside, else on an edge.

    A triangle whose corners lie on a line, as of a black-and-white LUT, has no inside.
    """
    bb, bc, cc, pb, pc = 0.0, 0.0, 0.0, 0.0, 0.0
    for n in range(3):
        ab, ac, ap = b[n] - a[n], c[n] - a[n], p[n] - a[n]
        bb, bc, cc, pb, pc = bb + ab * ab, bc + ab * ac, cc + ac * ac, pb + ap * ab, pc + ap * ac
    area = bb * cc - bc * bc
    if area > FLAT * bb * cc:
        v, w = (cc * pb - bc * pc) / area, (bb * pc - bc * pb) / area
        if v >= 0 and w >= 0 and v + w <= 1:
            share[0], share[1], share[2] = 1 - v - w, v, w
            return
    best = np.inf
    for first, second, i, j in ((a, b, 0, 1), (b, c, 1, 2), (c, a, 2, 0)):
        part, away = _nearest_part(first, second, p)
        if away < best:
            best = away
            share[:] = 0
            share[i], share[j] = 1 - part, part


@njit(**COMPILED)
def _nearest_part(a, b, p):
    """How far along the edge from a to b, [0, 1], its point nearest to p is, and that point's squared distance."""
    along, length, away = 0.0, 0.0, 0.0
    for n in range(3):
        along += (p[n] - a[n]) * (b[n] - a[n])
        length += (b[n] - a[n]) ** 2
    part = min(max(along / max(length, TINY), 0.0), 1.0)
    for n in range(3):
        away += (a[n] + part * (b[n] - a[n]) - p[n]) ** 2
    return part, away
