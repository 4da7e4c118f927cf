import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.clf import decode, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import random_lut, shaper

DOMAIN = ((-0.5, 0.0, -1.0), (1.5, 2.0, 1.0))
SHAPES = ({}, {"domain": DOMAIN}, {"shaper": shaper()}, {"domain": DOMAIN, "shaper": shaper(33)})
CORNERS = " ".join(f"{r} {g} {b}" for r in (0, 1) for g in (0, 1) for b in (0, 1))
LUT3D = f'<LUT3D inBitDepth="32f" outBitDepth="32f"><Array dim="2 2 2 3">{CORNERS}</Array></LUT3D>'
LUT1D = '<LUT1D inBitDepth="32f" outBitDepth="10i"><Array dim="3 1">0 255.75 1023</Array></LUT1D>'
RANGE = (
    '<Range inBitDepth="10i" outBitDepth="32f"><minInValue>0</minInValue><maxInValue> 2046 </maxInValue>'
    "<minOutValue>0</minOutValue><maxOutValue>1</maxOutValue></Range>"
)


def matrix(values, dim="3 3"):
    return f'<Matrix inBitDepth="32f" outBitDepth="32f"><Array dim="{dim}">{values}</Array></Matrix>'


def file(*steps, head="<Description>a look</Description>"):
    attributes = 'xmlns="urn:AMPAS:CLF:v3.0" id="1" compCLFversion="3.0"'
    return f"<ProcessList {attributes}>{head}{''.join(steps)}</ProcessList>".encode()


@pytest.mark.parametrize("more", SHAPES)
def test_domain_shaper_and_lattice_come_back(more):
    lut = random_lut(5, "Zoë <&> 婚礼", **more)
    again = decode(to_bytes(lut))
    assert np.array_equal(again.lut.lattice, lut.lattice) and again.lut.title == lut.title and again.notices == ()
    assert np.allclose(again.lut.domain, lut.domain, rtol=1e-8)
    assert (again.lut.shaper is None) == (lut.shaper is None)
    assert lut.shaper is None or np.array_equal(again.lut.shaper, lut.shaper)
    assert to_bytes(lut) == to_bytes(lut)


def test_a_lone_lattice_has_blue_changing_fastest():
    lut = decode(file(LUT3D)).lut
    assert lut.is_plain and lut.title == "a look" and np.array_equal(lut.lattice, Lut3D.identity(2).lattice)


@pytest.mark.parametrize(
    "steps, colours, expected",
    [
        ((RANGE, LUT3D), [1, 2, 0.5], [0.5, 1, 0.25]),
        ((LUT1D, LUT3D), [0.5, 1, 0.25], [0.25, 1, 0.125]),
        ((RANGE, LUT1D, LUT3D), [1, 2, 0.5], [0.25, 1, 0.125]),
        ((matrix("0.5 0 0 0 1 0 0 0 2"), LUT3D), [1, 0.5, 0.25], [0.5, 0.5, 0.5]),
        ((matrix("1 0 0 0.5 0 1 0 0.25 0 0 1 0", "3 4"), LUT3D), [0.25, 0.25, 0.25], [0.75, 0.5, 0.25]),
        ((matrix("1 0 0 0.5 0 1 0 0.25 0 0 1 0", "3 4 3"), LUT3D), [0.25, 0.25, 0.25], [0.75, 0.5, 0.25]),
        ((LUT3D.replace('outBitDepth="32f"', 'outBitDepth="8i"').replace("1 ", "255 "),), [0.5, 0.5, 0], [0.5, 0.5, 0]),
    ],
)
def test_steps_before_the_lattice_are_its_domain_and_shaper(steps, colours, expected):
    assert np.allclose(decode(file(*steps)).lut.apply(colours), expected, atol=1e-6)


def test_another_interpolation_is_said():
    notices = decode(file(LUT3D.replace("<LUT3D", '<LUT3D interpolation="trilinear"'))).notices
    assert notices == ("it asks for “trilinear” interpolation; lutbridge's is tetrahedral",)


@pytest.mark.parametrize(
    "data, message",
    [
        (file(), r"its steps \(none\) are no single 3D LUT"),
        (file(LUT3D, LUT1D), r"its steps \(LUT3D, LUT1D\)"),
        (file(LUT3D, LUT3D), r"its steps \(LUT3D, LUT3D\)"),
        (file("<ASC_CDL/>", LUT3D), r"its steps \(ASC_CDL, LUT3D\)"),
        (file(matrix("1 0 0 0 1 0 0.1 0 1"), LUT3D), "mixes channels"),
        (file(matrix("1 0 0 0 0 0 0 0 1"), LUT3D), "mixes channels"),
        (file(matrix("1 2"), LUT3D), "Array of its Matrix has 2 numbers, 9 were expected"),
        (file(matrix("1 0 0 0", "2 2"), LUT3D), "its Matrix has the size 2 2"),
        (file(matrix("1e-300 0 0 0 1 0 0 0 1"), LUT3D), "mixes channels|no range of colours"),
        (file(RANGE.replace("2046", "x"), LUT3D), "the maxInValue of its Range is “x”"),
        (file(RANGE.replace("2046", "-1"), LUT3D), "no range of colours"),
        (file(RANGE.replace("<maxOutValue>1<", "<maxOutValue>2<"), LUT3D), "does not lead to 0 and 1"),
        (file(LUT1D.replace("<LUT1D", '<LUT1D halfDomain="true"'), LUT3D), "half floats"),
        (file(LUT1D.replace("3 1", "3 2"), LUT3D), "its LUT1D has the size 3 2"),
        (file(LUT3D.replace("<LUT3D", '<LUT3D bypass="true"')), "bypass"),
        (file(LUT3D.replace("2 2 2 3", "2 2 3 3")), "its LUT3D has the size 2 2 3 3"),
        (file(LUT3D.replace("2 2 2 3", "999 999 999 3")), "999 points along an axis, 2 to 129"),
        (file(LUT3D.replace("2 2 2 3", "")), "no Array whose size is said"),
        (file(LUT3D.replace("0 0 0 ", "0 0 ")), "Array of its LUT3D has 23 numbers, 24 were expected"),
        (file(LUT3D.replace("0 0 0 ", "0 x 0 ")), "no number"),
        (file(LUT3D.replace("0 0 0 ", "0 nan 0 ")), "not finite"),
        (file(LUT3D.replace('outBitDepth="32f"', 'outBitDepth="9i"')), "outBitDepth of its LUT3D is “9i”"),
        (b"<Other/>", "begins with “Other”, a ProcessList was expected"),
        (file(LUT3D)[:-20], "its XML is damaged"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
