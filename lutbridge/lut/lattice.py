"""Lattices as arrays (M, M, M, 3), indexed [r, g, b, channel] as `Lut3D` holds them."""

import numpy as np


def identity_lattice(grid_size: int) -> np.ndarray:
    """(M, M, M, 3) float32: every lattice point holds its own coordinate.

    Args:
        grid_size: M, ≥ 2.
    """
    axis = np.linspace(0, 1, grid_size, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)


def resize_lattice(lattice: np.ndarray, grid_size: int) -> np.ndarray:
    """Resample a LUT (m, m, m, 3) at the lattice points of grid size M: (M, M, M, 3); unchanged where m = M."""
    return lattice if len(lattice) == grid_size else interpolate(lattice, identity_lattice(grid_size))


def interpolate(lattice: np.ndarray, rgb: np.ndarray, interpolation: str = "tetrahedral") -> np.ndarray:
    """Look colours up in one LUT.

    Args:
        lattice: (M, M, M, 3) float32, any range.
        rgb: (..., 3) float32; values outside [0, 1] are clamped to the domain.
        interpolation: "trilinear" or "tetrahedral".
    Returns:
        (..., 3) float32.
    """
    from lutbridge.lut.lookup import look_up, pad  # here, because Numba takes half a second to import

    return look_up(pad(lattice), len(lattice), rgb, interpolation)[0]
