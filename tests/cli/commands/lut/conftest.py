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
