import numpy as np
import pytest

from lutbridge.lut.formats import resolve_cube
from lutbridge.lut.lut3d import Lut3D

LATTICE = 1.5 * Lut3D.identity(5).lattice ** 2 - 0.25
CURVES = np.linspace([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], 9) ** [0.5, 1.0, 1.5]
WIDE = ((-0.5,) * 3, (4.0,) * 3)


def colours(domain):
    return np.random.default_rng(0).uniform(*domain, (2000, 3))


@pytest.mark.parametrize("domain", [((0.0,) * 3, (1.0,) * 3), WIDE])
@pytest.mark.parametrize("shaper", [None, CURVES])
def test_domain_shaper_and_values_outside_the_unit_range_come_back(domain, shaper):
    lut = Lut3D(LATTICE, "Look", domain, shaper)
    read = resolve_cube.decode(resolve_cube.to_bytes(lut)).lut
    assert np.abs(read.lattice - lut.lattice).max() < 1e-7 and read.domain == pytest.approx(np.array(domain))
    assert np.abs(read.apply(colours(domain)) - lut.apply(colours(domain))).max() < 1e-6


@pytest.mark.parametrize("shaper", [None, CURVES])
def test_ends_that_differ_by_channel_become_curves(shaper):
    lut = Lut3D(LATTICE, "Look", ((-0.5, 0.0, 0.0), (1.0, 2.0, 4.0)), shaper)
    read = resolve_cube.decode(resolve_cube.to_bytes(lut)).lut
    rgb = colours(lut.domain)
    assert np.abs(read.apply(rgb) - lut.apply(rgb)).max() < 4e-3


def test_the_title_is_a_comment_and_what_is_plain_has_neither_range_nor_curve():
    head = resolve_cube.to_bytes(Lut3D(LATTICE, "Look")).split(b"\n")[:3]
    assert head == [b"# Look", b"LUT_3D_SIZE 5", b"-0.25000000 -0.25000000 -0.25000000"]
