"""Trilinear and tetrahedral lookup in 3D LUTs as torch operations, differentiable in the lattice and in the input.

Both are a weighted sum of a few lattice points: a *footprint* says which points a colour reads and each one's share,
and `interpolate` adds them up. Lattices are (C, M, M, M) indexed [r, g, b]. On the CPU the kernels of
`lut.basis_lookup` do the work; the tests compare them with `interpolate_in_torch`.
"""

import torch
import torch.nn.functional as F
from torch.autograd.function import once_differentiable

from lutbridge.lut.basis_lookup import lattice_gradient, look_up_basis
from lutbridge.render.torch_footprints import FOOTPRINTS

COMPILED_KINDS = {("cpu", torch.float32), ("cpu", torch.float64)}


def interpolate(lattice: torch.Tensor, rgb: torch.Tensor, interpolation: str = "tetrahedral") -> torch.Tensor:
    """Look colours up in one LUT, or in several LUTs at once.

    Args:
        lattice: (C, M, M, M) float, any range; C is 3 for one LUT, 3·N for N of them.
        rgb: (P, 3) float; values outside [0, 1] are clamped to the domain.
        interpolation: "trilinear" or "tetrahedral".
    Returns:
        (P, C) interpolated values.
    """
    kinds = {(t.device.type, t.dtype) for t in (lattice, rgb)}
    if len(kinds) == 1 and kinds <= COMPILED_KINDS and not rgb.requires_grad:
        return CompiledLookup.apply(lattice, rgb, interpolation)
    return interpolate_in_torch(lattice, rgb, interpolation)


class CompiledLookup(torch.autograd.Function):
    """`interpolate`, differentiable in the lattice only; on as many threads as torch has.

    Any number of threads gives the same bits.
    """

    @staticmethod
    def forward(ctx, lattice: torch.Tensor, rgb: torch.Tensor, interpolation: str) -> torch.Tensor:
        """(C, M, M, M) and (P, 3), both float32 or both float64 and on the CPU, to (P, C)."""
        ctx.save_for_backward(rgb)
        ctx.grid_size, ctx.interpolation = lattice.shape[-1], interpolation
        arrays = lattice.detach().numpy(), rgb.detach().numpy()
        return torch.from_numpy(look_up_basis(*arrays, interpolation, torch.get_num_threads()))

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: torch.Tensor):
        (rgb,) = ctx.saved_tensors
        arrays = gradient.numpy(), rgb.detach().numpy()
        total = lattice_gradient(*arrays, ctx.grid_size, ctx.interpolation, torch.get_num_threads())
        return torch.from_numpy(total), None, None


def interpolate_in_torch(lattice: torch.Tensor, rgb: torch.Tensor, interpolation: str = "tetrahedral") -> torch.Tensor:
    """`interpolate` on any device, differentiable in the colours too; what every faster lookup must equal."""
    indices, weights = FOOTPRINTS[interpolation](rgb, lattice.shape[-1])
    # embedding_bag is the fused weighted gather, and its backward scatters without sorting.
    return F.embedding_bag(indices, lattice.flatten(1).T.contiguous(), per_sample_weights=weights, mode="sum")
