import numpy as np
import pytest

from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.lut3d import Lut3D


def identity(M):
    return Lut3D(identity_lattice(M).movedim(0, -1).numpy(), "identity")


@pytest.mark.parametrize("interpolation", ["trilinear", "tetrahedral"])
def test_the_identity_is_a_no_op_for_any_shape(interpolation):
    rgb = np.random.default_rng(0).random((4, 5, 3), np.float32)
    assert np.abs(identity(17).apply(rgb, interpolation) - rgb).max() < 1e-6


def test_red_is_the_first_axis():
    lattice = np.zeros((2, 2, 2, 3), np.float32)
    lattice[1, 0, 0] = (0.1, 0.2, 0.3)
    assert np.allclose(Lut3D(lattice).apply(np.array([1.0, 0, 0])), (0.1, 0.2, 0.3))


def test_it_cannot_be_changed_and_does_not_follow_the_array_it_came_from():
    source = np.zeros((2, 2, 2, 3), np.float32)
    lut = Lut3D(source)
    source[:] = 1
    assert lut.lattice.max() == 0
    with pytest.raises(ValueError, match="read-only"):
        lut.lattice[0, 0, 0] = 1


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (2, 3, 2, 3), (4, 4, 4), (2, 2, 2, 4)])
def test_what_is_not_a_cube_is_refused(shape):
    with pytest.raises(ValueError, match="a lattice is"):
        Lut3D(np.zeros(shape))


def test_values_that_are_not_finite_are_refused():
    lattice = np.zeros((2, 2, 2, 3))
    lattice[0, 1, 0, 2] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        Lut3D(lattice)
