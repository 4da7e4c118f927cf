"""The footprints of `lut.footprints` as torch operations: for GPUs without Triton, and differentiable, for training."""

import torch
import torch.nn.functional as F


def trilinear_footprint(rgb: torch.Tensor, M: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The eight corners of each colour's cell, each weighted by the volume opposite to it.

    Args:
        rgb: (P, 3) float; values outside [0, 1] are clamped to the domain.
        M: grid size, ≥ 2.
    Returns:
        indices (P, 8) int64 into the flattened (M³) lattice, and weights (P, 8), ≥ 0, summing to 1.
    Source: the textbook form, e.g. Kang, Computational Color Technology (2006), ch. 9.
    """
    corner, fraction = _cell(rgb, M)
    sides = torch.stack([1 - fraction, fraction], -1)  # (P, 3, 2)
    r, g, b = sides[:, 0, :, None, None], sides[:, 1, None, :, None], sides[:, 2, None, None, :]
    steps = torch.tensor([(i * M + j) * M + k for i in (0, 1) for j in (0, 1) for k in (0, 1)], device=rgb.device)
    return corner[:, None] + steps, (r * g * b).flatten(1)


def tetrahedral_footprint(rgb: torch.Tensor, M: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The four corners of each colour's tetrahedron, on the way from the cell's black corner to its white corner.

    The cell is cut into six tetrahedra along its black–white diagonal, so neutral colours read neutral lattice points
    only. Same arguments as `trilinear_footprint`.

    Returns:
        indices (P, 4) int64 into the flattened (M³) lattice, and weights (P, 4), ≥ 0, summing to 1.
    Source: Kasson, Plouffe and Nin, "A tetrahedral interpolation technique for color space conversion" (1993).
    """
    corner, fraction = _cell(rgb, M)
    descending, order = fraction.sort(dim=1, descending=True)
    strides = torch.tensor([M * M, M, 1], device=rgb.device)
    steps = strides[order].cumsum(1)  # the axis with the largest fraction is walked first
    weights = F.pad(descending, (1, 0), value=1.0) - F.pad(descending, (0, 1), value=0.0)
    return corner[:, None] + F.pad(steps, (1, 0)), weights


FOOTPRINTS = {"trilinear": trilinear_footprint, "tetrahedral": tetrahedral_footprint}


def _cell(rgb, M):
    """Flat index of each colour's black cell corner (P,), and its place inside the cell (P, 3) in [0, 1]."""
    position = rgb.clamp(0, 1) * (M - 1)
    cell = position.detach().floor().clamp(max=M - 2)  # white belongs to the last cell
    r, g, b = cell.long().unbind(1)
    return (r * M + g) * M + b, position - cell
