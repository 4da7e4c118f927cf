"""Formats that OpenColorIO reads for us, and how it is kept from running away."""

import numpy as np
import pytest

from lutbridge.errors import ReadError, RefusedError
from lutbridge.lut.formats import READ_ONLY, load, opencolorio

SOP = "<SOPNode><Slope>0.5 1 1</Slope><Offset>0 0.25 0</Offset><Power>1 1 2</Power></SOPNode>"
CC = f'<ColorCorrection id="a">{SOP}<SatNode><Saturation>1</Saturation></SatNode></ColorCorrection>'
CORNERS = "".join(f"{r} {g} {b}\n" for r in (0, 1) for g in (0, 1) for b in (0, 1))
GRADED = ([0.5, 0.5, 0.5], [0.25, 0.75, 0.25])
FILES = {
    "a.spi1d": ("Version 1\nFrom 0 2\nLength 3\nComponents 1\n{\n0\n0.25\n1.5\n}\n", [1, 2, 0.5], [0.25, 1.5, 0.125]),
    "a.vf": (
        "#Inventor V2.1 ascii\ngrid_size 2 2 2\n"
        f"global_transform 0.5 0 0 0 0 0.5 0 0 0 0 0.5 0 0 0 0 1\ndata\n{CORNERS}",
        [0.25, 0.5, 0.75],
        [0.25, 0.5, 0.75],
    ),
    "a.cc": (CC, *GRADED),
    "a.ccc": (f'<ColorCorrectionCollection xmlns="urn:ASC:CDL:v1.01">{CC}</ColorCorrectionCollection>', *GRADED),
    "a.cdl": (
        f'<ColorDecisionList xmlns="urn:ASC:CDL:v1.01"><ColorDecision>{CC}</ColorDecision></ColorDecisionList>',
        *GRADED,
    ),
    "a.spimtx": ("0.5 0.5 0 0 0 1 0 0 0 0 1 0\n", [1, 0.5, 0.25], [0.75, 0.5, 0.25]),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_only_read(tmp_path, name):
    text, colour, expected = FILES[name]
    (tmp_path / name).write_text(text)
    file = load(tmp_path / name)
    assert file.format is READ_ONLY[name.partition(".")[2]]
    assert np.allclose(file.lut.apply(colour), expected, atol=1e-3)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "a.spi1d"
    with open(path, "wb") as file:
        file.write(b"Version 1\nFrom 0 1\n")
        file.truncate(200 << 20)
    with pytest.raises(ReadError, match="it has 200 MB, a spi1d file may have 128 MB"):
        load(path)


def test_more_numbers_than_there_are_bytes_are_refused_before_they_are_believed():
    with pytest.raises(RefusedError, match="line 3 announces 99999999 numbers, and the whole file has"):
        opencolorio.decode(b"Version 1\nFrom 0 1\nLength 99999999\nComponents 1\n{\n0\n1\n}\n", ".spi1d")


def test_a_file_that_keeps_it_busy_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(opencolorio, "SECONDS", 3)
    with pytest.raises(RefusedError, match="did not come to an end with it in 3 seconds"):
        opencolorio.decode(b"CSPLUTV100\n3D\nBEGIN METADATA\n", ".csp")
