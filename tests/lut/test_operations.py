import numpy as np
import pytest

from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.operations import blend, deviation, falling


def curved(M, title="curved"):
    return Lut3D(0.9 * Lut3D.identity(M).lattice ** [1.5, 1.0, 0.7] + 0.05, title)


def colours(count=2000):
    return np.random.default_rng(0).random((count, 3))


def test_a_blend_with_the_identity_is_the_strength_of_a_render():
    half = blend(curved(17), 0.5)
    rgb = colours()
    assert np.abs(half.apply(rgb) - (rgb + 0.5 * (curved(17).apply(rgb) - rgb))).max() < 1e-6
    assert half.title == "curved 50%"


def test_the_ends_of_a_blend_are_its_parts():
    other = Lut3D(1 - Lut3D.identity(9).lattice, "negative")
    assert np.array_equal(blend(curved(9), 1.0, other).lattice, curved(9).lattice)
    assert np.array_equal(blend(curved(9), 0.0, other).lattice, other.lattice)
    assert blend(curved(9), 0.25, Lut3D.identity(17)).grid_size == 17


def test_blending_keeps_a_domain():
    wide = Lut3D(curved(33).lattice, "wide", ((0, 0, 0), (2, 2, 2)))
    half, rgb = blend(wide, 0.5), 2 * colours()
    assert half.domain == wide.domain
    assert np.abs(half.apply(rgb) - (rgb + wide.apply(rgb)) / 2).max() < 0.01


def test_blending_keeps_what_curves_do():
    curve = Lut3D(Lut3D.identity(2).lattice, "1D", shaper=np.stack([np.linspace(0, 1, 33) ** 0.7] * 3, -1))
    rgb = colours()
    for strength, base in ((1.0, None), (0.5, None), (0.5, curved(17)), (0.0, curve)):
        before = base.apply(rgb) if base else rgb
        made = blend(curve, strength, base)
        assert made.is_plain and made.grid_size == 65
        assert np.abs(made.apply(rgb) - (before + strength * (curve.apply(rgb) - before))).max() < 0.02


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_that_is_none_is_refused(strength):
    with pytest.raises(ValueError, match="between 0 and 1"):
        blend(curved(2), strength)


def test_deviation_is_of_the_worst_channel():
    shifted = deviation(lambda rgb: rgb + np.array([0, 0.1, -0.2]), lambda rgb: rgb)
    assert shifted.mean == pytest.approx(0.2, abs=1e-6) and shifted.largest == pytest.approx(0.2, abs=1e-6)


def test_deviation_sees_between_the_lattice_points():
    coarse, fine = curved(9), curved(65)
    found = deviation(coarse.apply, fine.apply)
    assert 0 < found.mean < found.p999 <= found.largest
    assert found.largest == pytest.approx(
        np.abs(coarse.apply(colours(200_000)) - fine.apply(colours(200_000))).max(), rel=0.2
    )


def test_deviation_sees_where_curves_bend_most():
    curve = Lut3D(Lut3D.identity(2).lattice, shaper=np.stack([np.linspace(0, 1, 257) ** 0.5] * 3, -1))
    dark = np.linspace(0, 1 / 64, 1000)[:, None] * np.ones(3)
    off = np.abs(curve.bake().apply(dark) - curve.apply(dark)).max()
    assert deviation(curve.bake().apply, curve.apply).largest == pytest.approx(off, rel=0.02)


def test_falling_counts_the_steps_of_each_channel_along_its_own_axis():
    assert falling(curved(17)) == 0
    lattice = Lut3D.identity(3).lattice.copy()
    lattice[2, :, :, 0] = 0  # one of red's two steps, everywhere; none of green's and blue's
    assert falling(Lut3D(lattice)) == pytest.approx(1 / 6)


def test_a_curve_that_falls_is_seen_behind_a_lattice_that_rises():
    down = Lut3D(Lut3D.identity(2).lattice, shaper=[[0] * 3, [1] * 3, [0.5] * 3])
    assert falling(down) == pytest.approx(0.5)
