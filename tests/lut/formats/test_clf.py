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
LUT1D = '<LUT1D inBitDepth="32f" outBitDepth="32f"><Array dim="3 1">0 0.25 1</Array></LUT1D>'
RANGE = (
    '<Range inBitDepth="10i" outBitDepth="32f"><minInValue>0</minInValue><maxInValue> 2046 </maxInValue>'
    "<minOutValue>0</minOutValue><maxOutValue>1</maxOutValue></Range>"
)

DEPTHS = 'inBitDepth="32f" outBitDepth="32f"'
SOP = "<Slope>0.5 0.5 0.5</Slope><Offset>0 0 0</Offset><Power>1 1 1</Power>"
CDL = f'<ASC_CDL {DEPTHS} style="Fwd"><SOPNode>{SOP}</SOPNode></ASC_CDL>'
LOG = f'<Log {DEPTHS} style="log2"/>'


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
    assert notices == ("it asks for trilinear interpolation; lutbridge's is tetrahedral",)


@pytest.mark.parametrize(
    "steps, colours, expected",
    [
        ((LUT3D, LUT1D), [0.5, 1, 0.25], [0.25, 1, 0.125]),
        ((LUT1D,), [0.5, 1, 0.25], [0.25, 1, 0.125]),
        ((LUT3D, LUT3D), [0.5, 1, 0.25], [0.5, 1, 0.25]),
        ((matrix("1 0 0 0 1 0 0.5 0 0.5"), LUT3D), [0.5, 1, 0.25], [0.5, 1, 0.375]),
        ((matrix("0.5 0.5 0 0 1 0 0 0 1"),), [0.5, 1, 0.25], [0.75, 1, 0.25]),
        ((CDL, LUT3D), [0.5, 1, 0.25], [0.25, 0.5, 0.125]),
        ((LOG,), [1, 0.5, 0.25], [0, -1, -2]),
    ],
)
def test_other_steps_are_baked_and_the_error_is_said(steps, colours, expected):
    decoded = decode(file(*steps))
    assert np.allclose(decoded.lut.apply(colours), expected, atol=2e-3)
    assert len(decoded.notices) == (steps != (LUT1D,)) and all("codes of 255" in text for text in decoded.notices)


@pytest.mark.parametrize("element", ["Id", "Info", "Description"])
def test_what_describes_the_file_is_no_step(element):
    text = "urn:uuid:0b1c4ac4-8f2b-4bb1-9d0e-2c0a7a4f5a01"
    lut = decode(file(LUT3D, head=f"<{element}>{text}</{element}>")).lut
    assert lut.is_plain and np.array_equal(lut.lattice, Lut3D.identity(2).lattice)


@pytest.mark.parametrize(
    "data, message",
    [
        (file(), "OpenColorIO cannot read it: No color operator in file"),
        (file("<ASC_CDL/>", LUT3D), "inBitDepth is missing"),
        (file(matrix("1 2"), LUT3D), "Expected 3x3 Array values, found 2"),
        (file(matrix("1 0 0 0", "2 2"), LUT3D), "'Matrix' Illegal array dimensions 2 2"),
        (file(RANGE.replace("2046", "x"), LUT3D), "Illegal 'maxInValue' values x"),
        (file(RANGE.replace("2046", "-1"), LUT3D), "maximum input value is less than minimum"),
        (file(LUT1D.replace("<LUT1D", '<LUT1D halfDomain="true"'), LUT3D), "65536 required for halfDomain"),
        (file(LUT1D.replace("3 1", "3 2"), LUT3D), "'LUT1D' Illegal array dimensions 3 2"),
        (file(LUT1D.replace("32f", "10i"), LUT3D), "Bit-depth mismatch"),
        (file(LUT3D.replace("2 2 2 3", "2 2 3 3")), "line 1 announces 36 numbers|Illegal array dimensions 2 2 3 3"),
        (
            file(LUT3D.replace("2 2 2 3", "999 999 999 3")),
            "line 1 announces 2991008997 numbers, and the whole file has",
        ),
        (file(LUT3D.replace("2 2 2 3", "")), "Illegal 'LUT3D' array dimensions"),
        (file(LUT3D.replace("0 0 0 ", "0 0 ")), "Expected 2x2x2x3 Array values, found 23"),
        (file(LUT3D.replace("0 0 0 ", "0 x 0 ")), "Illegal values '0 x 0"),
        (file(LUT3D.replace("0 0 0 ", "0 nan 0 ")), "not finite"),
        (file(LUT3D.replace('outBitDepth="32f"', 'outBitDepth="9i"')), r"outBitDepth unknown value \(9i\)"),
        (b"<Other/>", "is not a CTF/CLF file"),
        (file(LUT3D)[:-20], "not well-formed"),
        (b"<!DOCTYPE a>" + file(LUT3D), "declares a document type"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)


def test_an_attribute_that_is_not_heeded_is_said():
    assert "Unrecognized attribute 'bypass'" in decode(file(LUT3D.replace("<LUT3D", '<LUT3D bypass="true"'))).notices[0]
