"""Fit one LUT to colour pairs: the single LUT that comes nearest to a pixel-adaptive render.

Least squares with the tetrahedral footprint that hosts use. Where the photo has no colours, the LUT follows a prior;
the difference from the prior is kept smooth, so that there is no kink at the edge of the data.
"""

import torch

from lutbridge.lut.interpolation import interpolate
from lutbridge.lut.lattice import resize_lattice
from lutbridge.lut.least_squares import fit_difference

TOLERANCE = 1e-3  # of the residual's norm, at which the solver stops
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
    start = torch.zeros(3, M, M, M) if M < COARSEST else resize_lattice(_fit_difference(rgb, residual, M // 2 + 1), M)
    arrays = (part.contiguous().numpy() for part in (rgb, residual, start))
    return torch.from_numpy(fit_difference(*arrays, TOLERANCE))


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
