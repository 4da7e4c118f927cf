import numpy as np
import pytest

from lutbridge.lut.inversion import invert
from lutbridge.lut.lut3d import Lut3D

MIX = np.array([[0.85, 0.05, 0.02], [0.03, 0.8, 0.05], [0.04, 0.02, 0.85]])  # each output at most 0.93


def mixed(M):
    """A matrix and an offset: exact in every tetrahedral LUT, and its inverse inside its image is, too."""
    return Lut3D((Lut3D.identity(M).lattice @ MIX + 0.03).astype(np.float32), "mixed")


def lattice_points(M):
    return Lut3D.identity(M).lattice.reshape(-1, 3).astype(float)


def test_the_identity_is_its_own_inverse():
    found = invert(Lut3D.identity(9))
    assert np.abs(found.lut.lattice - Lut3D.identity(9).lattice).max() < 1e-6
    assert (found.unreached, found.ambiguous) == (0, 0)


def test_inside_the_image_every_lattice_point_gets_its_exact_preimage():
    found, points = invert(mixed(9), 17), lattice_points(17)
    exact = (points - 0.03) @ np.linalg.inv(MIX)
    reached = ((exact > 1e-4) & (exact < 1 - 1e-4)).all(1)
    places = found.lut.lattice.reshape(-1, 3)
    assert reached.sum() > 1000
    assert np.abs(places[reached] - exact[reached]).max() < 1e-4
    assert found.unreached == pytest.approx(1 - reached.mean(), abs=0.02)


def test_outside_the_image_the_nearest_reachable_colour_is_meant():
    found, points = invert(mixed(9), 9), lattice_points(9)
    reached_by_inverse = mixed(9).apply(found.lut.lattice.reshape(-1, 3))
    dense = mixed(9).apply(lattice_points(41))
    nearest = np.sqrt(((points[:, None] - dense[None]) ** 2).sum(-1)).min(1)
    distance = np.sqrt(((points - reached_by_inverse) ** 2).sum(-1))
    assert (distance <= nearest + 1e-5).all()
    assert distance.max() > 0.05


def test_there_and_back_is_close_to_nothing():
    curve = Lut3D(Lut3D.identity(33).lattice ** [1.2, 1.0, 0.9], "curve")
    rgb = np.random.default_rng(0).random((5000, 3))
    assert np.abs(invert(curve, 65).lut.apply(curve.apply(rgb)) - rgb).max() < 0.01


def test_of_several_preimages_the_nearest_is_taken_and_they_are_counted():
    axis = np.linspace(0, 1, 17)
    triangle = np.minimum(2 * axis, 2 - 2 * axis)  # up to 1 and down again: every red is reached twice
    lattice = Lut3D.identity(17).lattice.copy()
    lattice[..., 0] = triangle[:, None, None]
    found = invert(Lut3D(lattice), 9)
    assert found.ambiguous > 0.8 and found.unreached == 0
    red = found.lut.lattice[:, 4, 4, 0]
    assert np.allclose(triangle[np.rint(red * 16).astype(int)], np.linspace(0, 1, 9), atol=0.13)
    assert red[1] == pytest.approx(1 / 16, abs=1e-5), "1/16, not 15/16, is the nearer one to 1/8"


def test_a_lut_that_makes_everything_grey_is_inverted_as_far_as_it_goes():
    grey = np.repeat(Lut3D.identity(9).lattice.mean(-1, keepdims=True), 3, -1)
    found = invert(Lut3D(grey), 5)
    assert found.unreached > 0.9
    assert np.allclose(Lut3D(grey).apply(found.lut.lattice[2, 2, 2]), 0.5, atol=1e-5)


def test_the_inverse_gives_the_domain_of_the_lut():
    wide = Lut3D(Lut3D.identity(9).lattice, "wide", ((0, 0, 0), (4, 2, 1)))
    assert np.allclose(invert(wide, 5).lut.apply(np.array([0.5, 0.5, 0.5])), [2, 1, 0.5], atol=1e-5)


def test_a_shaper_is_inverted_too():
    shaped = Lut3D(Lut3D.identity(33).lattice, shaper=np.stack([np.linspace(0, 1, 100) ** 1.3] * 3, -1))
    rgb = np.random.default_rng(0).uniform(0.1, 1, (500, 3))
    assert np.abs(invert(shaped, 65).lut.apply(shaped.apply(rgb)) - rgb).max() < 0.01


@pytest.mark.parametrize("top", [1, 4])
def test_a_1d_lut_is_inverted_on_all_of_its_domain(top):
    curve = np.stack([np.linspace(0, 1, 33) ** 0.7] * 3, -1)
    lut = Lut3D(Lut3D.identity(2).lattice, "curve", ((0, 0, 0), (top, top, top)), curve)
    found, rgb = invert(lut), np.random.default_rng(0).uniform(0.05 * top, top, (500, 3))
    assert found.lut.grid_size == 65 and found.unreached == 0
    assert np.abs(found.lut.apply(lut.apply(rgb)) - rgb).max() < 0.01 * top


def red_curve(values):
    """A LUT of 17 that maps red by a curve and leaves green and blue alone."""
    lattice = Lut3D.identity(17).lattice.copy()
    lattice[..., 0] = np.array(values)[:, None, None]
    return Lut3D(lattice)


def test_preimages_more_than_a_code_apart_are_ambiguous():
    """A fold of one step: red 0.5 has three preimages within 0.075, all other lattice points one."""
    axis = np.linspace(0, 1, 17)
    axis[[8, 9]] = 0.506, 0.494
    assert invert(red_curve(axis), 9).ambiguous == pytest.approx(1 / 9)


def test_preimages_less_than_a_code_apart_are_not():
    """Up to 0.751 and down to 0: both preimages of red 0.75 are 0.0013 apart, those of 0 to 0.625 far."""
    axis = np.linspace(0, 1, 17)
    found = invert(red_curve(0.751 * np.minimum(2 * axis, 2 - 2 * axis)), 9)
    assert found.ambiguous == pytest.approx(6 / 9) and found.unreached == pytest.approx(2 / 9)


def black_and_white(rgb, curve=lambda grey: grey):
    return np.repeat(curve(rgb.mean(-1, keepdims=True)), 3, -1)


def test_a_black_and_white_lut_gives_the_grey_that_is_nearest():
    """Its cube is a line, and the nearest grey to a colour is the mean of its channels, within what the LUT gives."""
    lut = Lut3D(black_and_white(Lut3D.identity(9).lattice, lambda grey: 0.1 + 0.8 * grey**2))
    points = lattice_points(12)
    nearest = np.clip(points.mean(-1), 0.1, 0.9)
    reached = lut.apply(invert(lut, 12).lut.lattice.reshape(-1, 3))
    assert np.abs(reached - nearest[:, None]).max() < 1e-5


def test_nearest_places_are_the_nearest_of_a_dense_sampling():
    from lutbridge.lut.surface import nearest_places

    rng, M = np.random.default_rng(0), 5
    vertices = Lut3D.identity(M).lattice.astype(float)
    vertices = vertices.mean(-1, keepdims=True) + 0.1 * vertices + rng.normal(0, 0.02, vertices.shape)  # little colour
    targets = rng.random((40, 3)) * 1.5 - 0.25
    found = Lut3D(vertices).apply(nearest_places(vertices, targets))
    places = lattice_points(41)
    surface = Lut3D(vertices).apply(places[((places == 0) | (places == 1)).any(-1)])
    nearest = np.sqrt(((targets[:, None] - surface[None]) ** 2).sum(-1)).min(1)
    distance = np.sqrt(((targets - found) ** 2).sum(-1))
    assert (distance <= nearest + 1e-5).all() and (distance >= nearest - 0.01).all()
