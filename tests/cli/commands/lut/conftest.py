import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS
from lutbridge.lut.lut3d import Lut3D


@pytest.fixture
def write_lut(tmp_path):
    """Writes a LUT into a file, its format by the suffix, and returns the path."""

    def write(name, lut):
        format_ = next(f for f in FORMATS.values() if name.endswith(f.suffixes[0]))
        path = tmp_path / name
        path.write_bytes(format_.to_bytes(format_.prepare(lut)))
        return path

    return write


@pytest.fixture
def warm(write_lut):
    """warm.cube: a smooth look on a grid of 17."""
    axis = Lut3D.identity(17).lattice
    return write_lut("warm.cube", Lut3D(0.95 * axis ** np.float32([0.8, 1.0, 1.2]) + 0.02, "Warm"))


@pytest.fixture
def gamma(tmp_path):
    """gamma.cube: a 1D LUT, one curve of 33 points."""
    path = tmp_path / "gamma.cube"
    points = np.linspace(0, 1, 33) ** 0.7
    path.write_text("LUT_1D_SIZE 33\n" + "".join(f"{v:.6f} {v:.6f} {v:.6f}\n" for v in points))
    return path


@pytest.fixture
def shaped(tmp_path):
    """shaped.cube: Resolve's dialect, a curve and an input range of 0 to 2 before a lattice of 5 that halves."""
    path = tmp_path / "shaped.cube"
    curve = "".join(f"{v:.6f} {v:.6f} {v:.6f}\n" for v in np.linspace(0, 1, 65) ** 1.4)
    axis = np.linspace(0, 0.5, 5)
    table = "".join(f"{r:.6f} {g:.6f} {b:.6f}\n" for b in axis for g in axis for r in axis)
    path.write_text("LUT_1D_SIZE 65\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 5\n" + curve + table)
    return path
