"""Basis LUTs as tensors, (3, M, M, M) each: their initial values and regularisers."""

import torch
import torch.nn.functional as F


def identity_lattice(M: int) -> torch.Tensor:
    """(3, M, M, M) float32: every lattice point holds its own coordinate, indexed [channel, r, g, b]."""
    axis = torch.linspace(0, 1, M)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"))


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
        scalar, 0 if no output falls as an input rises.
    """
    return sum(F.relu(-luts.diff(dim=axis)).flatten(1).mean(1).sum() for axis in (2, 3, 4))


def hold_first(luts: torch.Tensor) -> None:
    """Keep the first of the basis LUTs (N, 3, M, M, M) from being trained: its gradient is zero from here on.

    An optimiser that is new, and decays no LUT, leaves it alone to the bit.
    """
    luts.register_hook(lambda gradient: torch.cat([torch.zeros_like(gradient[:1]), gradient[1:]]))
