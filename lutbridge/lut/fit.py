"""Fit one LUT to colour pairs: the single LUT that comes nearest to a pixel-adaptive render.

Least squares with the tetrahedral footprint that hosts use. Where the photo has no colours, the LUT follows a prior;
the difference from the prior is kept smooth, so that there is no kink at the edge of the data.
"""

import numpy as np

from lutbridge.lut.lattice import interpolate, resize_lattice
from lutbridge.lut.least_squares import SMOOTHNESS, fit_difference

TOLERANCE = 1e-3  # of the residual's norm, at which the solver stops
NOTHING = 1e-6  # residuals too small to fit: a .cube's last digit; half a 16-bit code is 7.6e-6
COARSEST = 12  # grid size below which the solver starts from nothing
GREY_REACH = 4  # lattice steps of chroma within which a change of the grey axis fades out


def fit_lattice(rgb: np.ndarray, target: np.ndarray, prior: np.ndarray, smoothness: float = SMOOTHNESS) -> np.ndarray:
    """Fit a LUT to colour pairs.

    Args:
        rgb: (P, 3) float32, [0, 1]: colours before.
        target: (P, 3) float32, [0, 1]: the same pixels after.
        prior: (M, M, M, 3) float32: the LUT to follow if there are no pixels.
        smoothness: of the difference from the prior. The usual one follows colours that are all alike in `target`;
            more is for targets that contradict each other.
    Returns:
        (M, M, M, 3) float32 in [0, 1]; its grey axis never falls.
    """
    residual = target - interpolate(prior, rgb)
    if np.abs(residual).max() <= NOTHING:  # most often a photo that is fine as it is
        lattice = prior.clip(0, 1)
    else:
        lattice = (prior + _fit_difference(rgb, residual, len(prior), smoothness)).clip(0, 1)
    grey = _grey_axis(lattice)
    rising = np.stack([_rising(channel) for channel in grey.T], -1)
    return lattice if np.array_equal(rising, grey) else _with_grey_axis(lattice, rising - grey)


def _fit_difference(rgb, residual, M, smoothness):
    """What to add to the prior's lattice, (M, M, M, 3).

    Far from the photo's colours the solver moves by one lattice step an iteration, so it starts from the solution on a
    lattice half as fine: a sixth of the iterations, and nearer to the end of them.
    """
    if M < COARSEST:
        start = np.zeros((M, M, M, 3), np.float32)
    else:
        start = resize_lattice(_fit_difference(rgb, residual, M // 2 + 1, smoothness), M)
    return fit_difference(np.ascontiguousarray(rgb), np.ascontiguousarray(residual), start, TOLERANCE, smoothness)


def _grey_axis(lattice):
    """(M, 3): the LUT's outputs for the greys r = g = b."""
    return np.einsum("iiic->ic", lattice)


def _rising(values):
    """The nearest sequence that never falls, in least squares (pool adjacent violators): (M,) to (M,)."""
    blocks = []  # [mean, count]
    for value in values.tolist():
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            before, many = blocks.pop()
            blocks.append([(before * many + mean * count) / (many + count), many + count])
    return np.array([mean for mean, count in blocks for _ in range(count)], values.dtype)


def _with_grey_axis(lattice, change):
    """Add a change (M, 3) to the grey axis, fading out with the distance from it, so that near-greys follow."""
    points = np.indices(lattice.shape[:3])
    nearest = np.rint(points.mean(0)).astype(int)
    reach = (1 - np.ptp(points, 0) / GREY_REACH).clip(0)
    return (lattice + change[nearest] * reach[..., None].astype(np.float32)).clip(0, 1)
