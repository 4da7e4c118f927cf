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
    assert lut.shaper is None or np.array_equal(again.shaper, lut.shaper)


def test_a_plain_lut_stays_plain():
    lut = decode(file()).lut
    assert lut.is_plain and lut.title == "a look"
    assert np.array_equal(lut.lattice, Lut3D.identity(2).lattice)  # red changes fastest
    assert decode(file(title="")).lut.title == ""
    assert decode(file("0\n")).lut.is_plain


def test_preluts_say_the_domain_and_the_places():
    lut = decode(file("3\n0 1 2\n0 0.25 1\n")).lut
    assert lut.domain == ((0, 0, 0), (2, 2, 2)) and len(lut.shaper) == 3
    assert np.allclose(lut.apply([1, 0.5, 2]), [0.25, 0.125, 1])


def test_uneven_preluts_are_resampled():
    again = decode(file("3\n0 0.1 1\n0 0.5 1\n"))
    assert "resampled to 4096" in again.notices[0] and again.lut.domain == UNIT_DOMAIN
    assert np.allclose(again.lut.apply([0.05, 0.1, 0.55]), [0.25, 0.5, 0.75], atol=1e-3)


GOOD = file()


@pytest.mark.parametrize(
    "data, message",
    [
        (b"CSPLUTV100\n3D\n", "ends before its table"),
        (b"CSPLUTV100\n3D\nBEGIN METADATA\n", "ends before its table"),
        (GOOD.replace(b"V100", b"V200"), "line 1 is “CSPLUTV200”"),
        (GOOD.replace(b"3D", b"1D"), "curves only"),
        (GOOD.replace(b"3D", b"4D"), "line 2 is “4D”, “3D” was expected"),
        (file("two\n0 1\n0 1\n"), "line 9: the length of the red prelut is “two”"),
        (file("3\n0 1\n0 1\n"), "line 10: the red prelut is “0 1”, 3 finite numbers were expected"),
        (file("2\n1 0\n0 1\n"), "line 10: the inputs of the red prelut do not rise"),
        (file("2\n0 inf\n0 1\n"), "line 10: the red prelut is “0 inf”"),
        (GOOD.replace(b"2 2 2", b"2 2 3"), "“2 2 3”, three equal sizes were expected"),
        (GOOD.replace(b"2 2 2", b"200 200 200"), "the size is “200”, a whole number from 2 to 129"),
        (GOOD[:-6], "its table has 7 rows, 8 were expected"),
        (GOOD[:-6] + b"1 1 x\n", "has “x” where a number was expected"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
