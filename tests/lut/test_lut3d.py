import numpy as np
import pytest

from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.lut3d import Lut3D, compose


def identity(M):
    return Lut3D(identity_lattice(M), "identity")


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


@pytest.mark.parametrize("grid_size", [1, 257])
def test_a_grid_too_small_or_too_large_is_refused(grid_size):
    with pytest.raises(ValueError, match="from 2 to 256"):
        Lut3D(np.broadcast_to(np.float32(0), (grid_size, grid_size, grid_size, 3)))


def test_the_domain_is_where_the_lattice_stands_and_colours_outside_are_clamped_to_it():
    lut = Lut3D(Lut3D.identity(5).lattice, domain=((-1, 0, 0), (3, 1, 2)))
    assert np.allclose(
        lut.apply(np.array([[1, 0.5, 1], [-9, 0, 0], [9, 1, 2]])), [[0.5, 0.5, 0.5], [0, 0, 0], [1, 1, 1]]
    )


@pytest.mark.parametrize(
    "domain", [((0, 0, 0), (1, 0, 1)), ((1, 1, 1), (0, 0, 0)), ((0, 0), (1, 1)), ((0, 0, 0), (1, 1, np.inf))]
)
def test_a_domain_that_is_none_is_refused(domain):
    with pytest.raises(ValueError, match="a domain is"):
        Lut3D(Lut3D.identity(2).lattice, domain=domain)


def test_the_shaper_comes_before_the_lattice():
    curve = np.linspace(0, 1, 4096) ** 0.5
    lut = Lut3D(Lut3D.identity(9).lattice ** 2, domain=((0, 0, 0), (4, 4, 4)), shaper=np.stack([curve] * 3, -1))
    rgb = np.random.default_rng(0).uniform(0, 4, (500, 3))
    assert np.abs(lut.apply(rgb) - rgb / 4).max() < 5e-3
    assert not lut.shaper.flags.writeable


@pytest.mark.parametrize("shaper", [np.zeros((1, 3)), np.zeros((5, 2)), np.zeros(4), np.full((2, 3), np.nan)])
def test_a_shaper_that_is_none_is_refused(shaper):
    with pytest.raises(ValueError, match="shaper"):
        Lut3D(Lut3D.identity(2).lattice, shaper=shaper)


def curved(M, gain=1.0):
    return Lut3D(gain * Lut3D.identity(M).lattice ** [1.2, 1.0, 0.8], "curved")


def test_resizing_to_a_finer_nested_grid_changes_no_colour():
    rgb = np.random.default_rng(0).random((1000, 3))
    assert np.abs(curved(9).resize(17).apply(rgb) - curved(9).apply(rgb)).max() < 1e-6
    assert curved(9).resize(9).grid_size == 9


def test_resizing_keeps_title_domain_and_shaper():
    lut = Lut3D(curved(9).lattice, "title", ((0, 0, 0), (2, 2, 2)), np.stack([[0, 0.3, 1]] * 3, -1)).resize(17)
    assert (lut.title, lut.domain, lut.grid_size) == ("title", ((0, 0, 0), (2, 2, 2)), 17)
    assert np.allclose(lut.shaper[:, 0], [0, 0.3, 1])


def test_baking_puts_domain_and_shaper_into_the_lattice():
    lut = Lut3D(curved(9).lattice, "title", ((0, 0, 0), (2, 2, 2)), np.stack([[0, 0.3, 1]] * 3, -1))
    baked = lut.bake(65)
    assert baked.is_plain and not lut.is_plain and baked.title == "title"
    rgb = np.random.default_rng(0).random((1000, 3))
    assert np.abs(baked.apply(rgb) - lut.apply(rgb)).max() < 2e-3


def test_the_right_one_of_a_product_is_applied_first():
    darken = Lut3D(0.5 * Lut3D.identity(5).lattice, "darken")
    invert = Lut3D(1 - Lut3D.identity(9).lattice, "invert")
    product = invert @ darken
    assert np.allclose(product.apply(np.array([0.2, 0.4, 1])), [0.9, 0.8, 0.5], atol=1e-6)
    assert (product.title, product.grid_size) == ("darken, then invert", 9)
    assert np.allclose((darken @ invert).apply(np.array([0.2, 0.4, 1])), [0.4, 0.3, 0.0], atol=1e-6)


def test_a_product_takes_the_domain_and_shaper_of_the_first():
    first = Lut3D(Lut3D.identity(5).lattice, domain=((0, 0, 0), (2, 2, 2)), shaper=[[0] * 3, [0.25] * 3, [1] * 3])
    product = Lut3D(1 - Lut3D.identity(5).lattice) @ first
    rgb = np.random.default_rng(0).uniform(0, 2, (100, 3))
    assert np.allclose(product.apply(rgb), 1 - first.apply(rgb), atol=1e-6)


def test_codes_go_through_as_the_colours_they_stand_for():
    codes = np.random.default_rng(0).integers(0, 65536, (20, 30, 3), np.uint16)
    out, clipped = curved(17).apply_to_codes(codes)
    assert np.abs(out - curved(17).apply(codes / 65535) * 65535).max() < 0.6
    assert out.dtype == np.uint16 and clipped == 0


def test_codes_are_refused_by_a_lut_with_a_domain():
    with pytest.raises(ValueError, match="bake"):
        Lut3D(curved(5).lattice, domain=((0, 0, 0), (2, 2, 2))).apply_to_codes(np.zeros((1, 3), np.uint8))


def gamma(power=0.7, domain=((0, 0, 0), (1, 1, 1))):
    """A 1D LUT as `formats.cube` reads it: the smallest lattice behind a curve."""
    return Lut3D(Lut3D.identity(2).lattice, "gamma", domain, np.stack([np.linspace(0, 1, 33) ** power] * 3, -1))


def test_what_a_shaper_or_a_domain_does_takes_a_lattice_of_65():
    assert curved(9).baked_size == 9 and curved(129).baked_size == 129
    assert gamma().baked_size == 65 == Lut3D(curved(9).lattice, domain=((0, 0, 0), (2, 2, 2))).baked_size
    rgb = np.random.default_rng(0).random((1000, 3))
    assert gamma().bake().grid_size == 65 and np.abs(gamma().bake().apply(rgb) - gamma().apply(rgb)).max() < 0.02


@pytest.mark.parametrize("second", [gamma(), gamma(0.7, ((0, 0, 0), (2, 2, 2))), curved(9, 0.5)])
@pytest.mark.parametrize("first", [gamma(), gamma(0.8, ((-1, 0, 0), (1, 1, 1))), curved(9)])
def test_a_product_does_what_its_shapers_and_domains_do(first, second):
    rgb = np.random.default_rng(0).random((2000, 3))
    off = np.abs((second @ first).apply(rgb) - second.apply(first.apply(rgb)))
    assert off.mean() < 1e-3 and off.max() < 0.03


def test_several_are_composed_exactly_at_the_lattice_points_of_any_size():
    luts = [curved(9), gamma(), curved(17, 0.5)]
    for size in (5, 20):
        made = compose(luts, size)
        points = Lut3D.identity(size).lattice
        assert made.grid_size == size and made.title == "curved, then gamma, then curved"
        assert np.abs(made.lattice - luts[2].apply(luts[1].apply(luts[0].apply(points)))).max() < 1e-6
    assert compose(luts).grid_size == 65


@pytest.mark.parametrize("shape", [(2, 6), (4, 4), (3, 1), ()])
def test_what_are_no_colours_is_refused(shape):
    for look_up, dtype in ((curved(5).apply, np.float64), (curved(5).apply_to_codes, np.uint8)):
        with pytest.raises(ValueError, match="colours are"):
            look_up(np.zeros(shape, dtype))


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.uint32])
def test_what_are_no_codes_is_refused(dtype):
    with pytest.raises(ValueError, match="codes are uint8 or uint16"):
        curved(5).apply_to_codes(np.zeros((2, 3), dtype))
