"""Fit one LUT to colour pairs: the single LUT that comes nearest to a pixel-adaptive render.

Least squares with the tetrahedral footprint that hosts use. Where the photo has no colours, the LUT follows a prior;
the difference from the prior is kept smooth, so that there is no kink at the edge of the data.
"""

from itertools import product

import numpy as np
import torch

from lutbridge.lut.interpolation import interpolate, tetrahedral_footprint
from lutbridge.lut.lattice import resize_lattice

# Weight of the squared Laplacian of the difference from the prior, and of its squared value, in units where every
# pixel pulls with 1/P · M³. The first sets how far a colour's evidence reaches, the second lets it fade to the prior.
SMOOTHNESS = 3e-2
FADING = 1e-4
TOLERANCE = 1e-3  # of the residual's norm, at which the solver stops
MOST_ITERATIONS = 300
COARSEST = 12  # grid size below which the solver starts from nothing


def fit_lattice(rgb: torch.Tensor, target: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
    """Fit a LUT to colour pairs.

    Args:
        rgb: (P, 3) float32, [0, 1]: colours before.
        target: (P, 3) float32, [0, 1]: the same pixels after.
        prior: (3, M, M, M) float32: the LUT to follow where there are no pixels.
    Returns:
        (3, M, M, M) float32 in [0, 1]; its grey axis never falls.
    """
    difference = _fit_difference(rgb, target - interpolate(prior, rgb), prior.shape[-1])
    lattice = (prior + difference).clamp(0, 1)
    grey = _grey_axis(lattice)
    rising = torch.stack([_rising(channel) for channel in grey])
    if torch.equal(rising, grey):
        return lattice
    return _with_grey_axis(lattice, rising - grey)


def _fit_difference(rgb, residual, M):
    """What to add to the prior's lattice, (3, M, M, M).

    Far from the photo's colours the solver moves by one lattice step an iteration, so it starts from the solution on a
    lattice half as fine: a sixth of the iterations, and nearer to the end of them.
    """
    equations = _NormalEquations(rgb, residual, M)
    start = torch.zeros(3, M, M, M) if M < COARSEST else resize_lattice(_fit_difference(rgb, residual, M // 2 + 1), M)
    return _conjugate_gradient(equations, start)


class _NormalEquations:
    """(AᵀA + regularisers) D = Aᵀ residual for the lattice D (3, M, M, M), as stencils on the lattice.

    A pixel reads the four corners of its tetrahedron, which lie on one monotone path through the cell; so AᵀA couples
    a lattice point only with itself and with the seven neighbours a cell's corner away, and their mirror images.
    """

    def __init__(self, rgb, residual, M):
        self.M = M
        indices, weights = (part.numpy() for part in tetrahedral_footprint(rgb, M))
        share = M**3 / len(rgb)
        pulls = (_scatter(indices, weights * residual.numpy()[:, c, None], M**3) for c in range(3))
        self.right_side = torch.stack([pull.view(M, M, M) for pull in pulls]) * share
        offsets = list(product((0, 1), repeat=3))  # (r, g, b) from a point to a neighbour
        strides = np.array([(r * M + g) * M + b for r, g, b in offsets])  # the same on the flat lattice; rising
        first, second = np.triu_indices(4)
        kinds = np.searchsorted(strides, indices[:, second] - indices[:, first])
        at = kinds * M**3 + indices[:, first]
        couplings = _scatter(at, weights[:, first] * weights[:, second], len(offsets) * M**3) * share
        # (M, M, M) each: the weight between a point and the point at that offset
        self.couplings = dict(zip(offsets, couplings.view(-1, M, M, M), strict=True))

    def apply(self, D):
        """The left side's product with D (3, M, M, M)."""
        out = self.couplings[0, 0, 0] * D + FADING * D + SMOOTHNESS * _laplacian(_laplacian(D))
        for offset, weight in self.couplings.items():
            if any(offset):
                near = tuple(slice(0, self.M - o) for o in offset)
                far = tuple(slice(o, self.M) for o in offset)
                out[:, *near] += weight[near] * D[:, *far]
                out[:, *far] += weight[near] * D[:, *near]
        return out

    def diagonal(self):
        """The left side's diagonal, near enough to precondition with: (M, M, M)."""
        return self.couplings[0, 0, 0] + FADING + SMOOTHNESS * 42  # 6² + 6, the squared Laplacian's inside


def _scatter(indices, values, size):
    """Sum values at indices: (size,) float32."""
    return torch.from_numpy(np.bincount(indices.ravel(), values.ravel(), size)).float()


def _laplacian(D):
    """Sum of the differences to the lattice neighbours (3, M, M, M); symmetric, zero on constants."""
    out = torch.zeros_like(D)
    for axis in (1, 2, 3):
        step = D.diff(dim=axis)
        size = step.shape[axis]
        out.narrow(axis, 0, size).sub_(step)
        out.narrow(axis, 1, size).add_(step)
    return out


def _conjugate_gradient(equations, start):
    """Solve a symmetric positive definite system, preconditioned by its diagonal."""
    diagonal = equations.diagonal()
    x, residual = start, equations.right_side - equations.apply(start)
    scaled = residual / diagonal
    direction, squared = scaled.clone(), (residual * scaled).sum()
    enough = TOLERANCE * equations.right_side.norm()
    for _ in range(MOST_ITERATIONS):
        if residual.norm() <= enough:
            break
        image = equations.apply(direction)
        length = squared / (direction * image).sum()
        x += length * direction
        residual -= length * image
        scaled = residual / diagonal
        squared, before = (residual * scaled).sum(), squared
        direction = scaled + squared / before * direction
    return x


def _grey_axis(lattice):
    """(3, M): the LUT's outputs for the greys r = g = b."""
    return torch.einsum("ciii->ci", lattice)


def _rising(values):
    """The nearest sequence that never falls, in least squares (pool adjacent violators): (M,) to (M,)."""
    blocks = []  # [mean, count]
    for value in values.double().tolist():
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            before, many = blocks.pop()
            blocks.append([(before * many + mean * count) / (many + count), many + count])
    return torch.tensor([mean for mean, count in blocks for _ in range(count)], dtype=values.dtype)


def _with_grey_axis(lattice, change):
    """Add a change (3, M) to the grey axis, fading out with the distance from it, so that near-greys follow."""
    M = lattice.shape[-1]
    r, g, b = torch.meshgrid(*[torch.arange(M)] * 3, indexing="ij")
    nearest = ((r + g + b) / 3).round().long()
    spread = torch.stack([r, g, b]).amax(0) - torch.stack([r, g, b]).amin(0)
    reach = (1 - spread / 4).clamp(min=0)  # lattice steps of chroma within which it fades
    return (lattice + change[:, nearest] * reach).clamp(0, 1)
