"""The value type of a 3D LUT."""

from dataclasses import dataclass

import numpy as np
import torch

from lutbridge.lut.interpolation import interpolate


@dataclass(frozen=True, eq=False)
class Lut3D:
    """A 3D LUT on the unit cube; domain [0, 1] on every axis, uniformly spaced.

    Attributes:
        lattice: (M, M, M, 3) float32, finite, indexed [r, g, b]; the values the lattice points map to. Read-only.
        title: one line for people; written into files that can hold one.
    Raises:
        ValueError: the lattice is not a cube of at least two finite points an axis.
    """

    lattice: np.ndarray
    title: str = ""

    def __post_init__(self):
        lattice = np.array(self.lattice, np.float32)
        M = len(lattice)
        if lattice.shape != (M, M, M, 3) or M < 2:
            raise ValueError(f"a lattice is (M, M, M, 3) with M ≥ 2, not {lattice.shape}")
        if not np.isfinite(lattice).all():
            raise ValueError("the lattice holds values that are not finite")
        lattice.flags.writeable = False
        object.__setattr__(self, "lattice", lattice)

    @property
    def grid_size(self) -> int:
        """M, lattice points per axis."""
        return len(self.lattice)

    def apply(self, rgb: np.ndarray, interpolation: str = "tetrahedral") -> np.ndarray:
        """Map colours through the LUT.

        Args:
            rgb: (..., 3) float; values outside [0, 1] are clamped to the domain.
            interpolation: "trilinear" or "tetrahedral".
        Returns:
            (..., 3) float32.
        """
        colours = torch.from_numpy(np.ascontiguousarray(rgb, np.float32).reshape(-1, 3))
        lattice = torch.tensor(self.lattice).movedim(-1, 0)
        return interpolate(lattice, colours, interpolation).numpy().reshape(np.shape(rgb))
