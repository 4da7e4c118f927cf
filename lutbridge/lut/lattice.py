"""Lattices as tensors: the identity, fusing basis LUTs, another grid size, and the regularisers of training."""

import torch
import torch.nn.functional as F

from lutbridge.lut.interpolation import interpolate


def identity_lattice(M: int) -> torch.Tensor:
    """(3, M, M, M) float32: every lattice point holds its own coordinate, indexed [channel, r, g, b]."""
    axis = torch.linspace(0, 1, M)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"))


def fuse(luts: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Σ_n weights_n · φ_n, itself a LUT (the paper's eq. 2): luts (N, 3, M, M, M), weights (N,) to (3, M, M, M)."""
    return torch.einsum("n,ncrgb->crgb", weights, luts)


def resize_lattice(lattice: torch.Tensor, M: int) -> torch.Tensor:
    """Resample a LUT (3, m, m, m) at the lattice points of grid size M: (3, M, M, M); unchanged where m = M."""
    if lattice.shape[-1] == M:
        return lattice
    points = identity_lattice(M).to(lattice).flatten(1).T
    return interpolate(lattice, points).T.reshape(3, M, M, M)


def smoothness(luts: torch.Tensor, w_image: torch.Tensor) -> torch.Tensor:
    """R_s: squared steps between neighbouring lattice points, and the mean square of the image-adaptive weights.

    As in the public code, the first and last step of an axis count twice, each axis is averaged, and the LUTs and
    axes are summed (eq. 5; Zeng et al. 2020).

    Args:
        luts: (N, 3, M, M, M).
        w_image: (B, N).
    Returns:
        scalar.
    """
    total = (w_image**2).mean()
    twice = torch.ones(luts.shape[-1] - 1).to(luts)
    twice[[0, -1]] = 2
    for axis in (2, 3, 4):
        step = luts.diff(dim=axis) ** 2
        total = total + (step.movedim(axis, -1) * twice).sum() / step[0].numel()
    return total


def monotonicity(luts: torch.Tensor) -> torch.Tensor:
    """R_m: mean falling step along each input axis, summed over axes and LUTs (eq. 5; Zeng et al. 2020).

    Args:
        luts: (N, 3, M, M, M).
    Returns:
        scalar, 0 where no output falls as an input rises.
    """
    return sum(F.relu(-luts.diff(dim=axis)).flatten(1).mean(1).sum() for axis in (2, 3, 4))
