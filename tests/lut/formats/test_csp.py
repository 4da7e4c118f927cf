import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.csp import decode, to_bytes
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

from .samples import ROWS, random_lut, shaper

DOMAIN = ((-0.5, 0.0, -1.0), (1.5, 2.0, 1.0))
SHAPES = ({}, {"domain": DOMAIN}, {"shaper": shaper()}, {"domain": DOMAIN, "shaper": shaper(33)})


def file(prelut="2\n0 1\n0 1\n", table=ROWS, title="BEGIN METADATA\na look\nby Ann\nEND METADATA\n\n"):
    return f"CSPLUTV100\n3D\n\n{title}{prelut * 3}\n2 2 2\n".encode() + table


@pytest.mark.parametrize("more", SHAPES)
def test_domain_shaper_and_lattice_come_back(more):
    lut = random_lut(5, "Zoë", **more)
    again = decode(to_bytes(lut)).lut
    assert np.array_equal(again.lattice, lut.lattice) and again.title == "Zoe"
    assert np.allclose(again.domain, lut.domain, rtol=1e-8)
    assert (again.shaper is None) == (lut.shaper is None)
    colours = np.random.default_rng(0).uniform(*DOMAIN, (1000, 3))
    assert np.abs(again.apply(colours) - lut.apply(colours)).max() < 1e-3  # a spline goes through the shaper


def test_a_plain_lut_stays_plain():
    lut = decode(file()).lut
    assert lut.is_plain and lut.title == "a look"
    assert np.array_equal(lut.lattice, Lut3D.identity(2).lattice)  # red changes fastest
    assert decode(file(title="")).lut.title == ""
    assert decode(file("0\n")).lut.is_plain


def test_preluts_say_the_domain_and_the_places():
    lut = decode(file("3\n0 1 2\n0 0.25 1\n")).lut
    assert lut.domain == ((0, 0, 0), (2, 2, 2))
    assert np.allclose(lut.apply([1, 0, 2]), [0.25, 0, 1], atol=1e-4)  # between them, a spline


def test_uneven_preluts_are_read():
    again = decode(file("3\n0 0.1 1\n0 0.5 1\n")).lut
    assert again.domain == UNIT_DOMAIN and np.allclose(again.apply([0, 0.1, 1]), [0, 0.5, 1], atol=1e-4)


def test_curves_alone_are_read_as_1d_cubes_are():
    rows = b"3\n0 0 0.25\n0.25 0.3 0.4\n1 1 1.5\n"
    lut = decode(b"CSPLUTV100\n1D\n\n" + b"2\n0 1\n0 1\n" * 3 + rows).lut
    assert lut.grid_size == 2 and len(lut.shaper) == 3
    assert np.allclose(
        lut.apply([[0, 0, 0], [0.5, 0.5, 0.5], [0.75, 1, 1]]), [[0, 0, 0.25], [0.25, 0.3, 0.4], [0.625, 1, 1.5]]
    )


def test_metadata_may_begin_lines_with_numbers():
    assert decode(file(title="BEGIN METADATA\n2383 print, D65\nEND METADATA\n\n")).lut.title == "2383 print, D65"


GOOD = file()


@pytest.mark.parametrize(
    "data, message",
    [
        (b"CSPLUTV100\n3D\n", "Prelut does not specify valid dimension size"),
        (b"CSPLUTV100\n3D\nBEGIN METADATA\n", "its metadata has no end, so that its table is missing"),
        (GOOD.replace(b"V100", b"V200"), "First line: 'CSPLUTV200"),
        (GOOD.replace(b"3D", b"4D"), "line 2 has “4D” where a number was expected"),
        (file("two\n0 1\n0 1\n"), "valid dimension size on channel '0: 'two'"),
        (file("3\n0 1\n0 1\n"), "the expected number of data points. Expected: 3.Found: 2, 2"),
        (file("2\n0 inf\n0 1\n"), "line 10 has “inf” where a finite number was expected"),
        (GOOD.replace(b"2 2 2", b"2 2 3"), r"nonuniform cube sizes is not supported \(2, 2, 3\)"),
        (GOOD.replace(b"2 2 2", b"200 200 200"), r"invalid cube size \(200\)"),
        (GOOD[:-6], "couldn't read cube row"),
        (GOOD[:-6] + b"1 1 x\n", "line 27 has “x” where a number was expected"),
        (GOOD[:-6] + b"1 1 0,5\n", "line 27 has decimal commas"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
