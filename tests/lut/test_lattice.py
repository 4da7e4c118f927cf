import colour
import numpy as np
import pytest

from lutbridge.lut.lattice import identity_lattice, interpolate, resize_lattice


def test_the_identity_s_points_hold_their_own_coordinates():
    lattice = identity_lattice(5)
    assert lattice.shape == (5, 5, 5, 3) and lattice.dtype == np.float32
    assert lattice[1, 2, 4].tolist() == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("M", [2, 17, 33, 65])
def test_resizing_the_identity_gives_the_identity_at_any_size(M):
    assert np.abs(resize_lattice(identity_lattice(9), M) - identity_lattice(M)).max() < 1e-6


def test_the_same_size_is_the_same_lattice():
    lattice = np.random.default_rng(0).random((4, 4, 4, 3), np.float32)
    assert resize_lattice(lattice, 4) is lattice


@pytest.mark.parametrize("kind", ["trilinear", "tetrahedral"])
def test_colours_are_looked_up_as_colour_science_does(kind):
    random = np.random.default_rng(0)
    lattice, colours = random.random((9, 9, 9, 3), np.float32), random.random((400, 3), np.float32)
    expected = getattr(colour.algebra, f"table_interpolation_{kind}")(colours.astype(float), lattice.astype(float))
    assert np.abs(interpolate(lattice, colours, kind) - expected).max() < 2e-6
