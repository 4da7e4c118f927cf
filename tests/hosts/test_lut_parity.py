"""One look through every program that is installed, and what explains each difference."""

import numpy as np
import pytest

from lutbridge.looks.parity.compare import compare
from lutbridge.looks.parity.programs import PROGRAMS
from lutbridge.lut.formats import FORMATS, load
from lutbridge.lut.lut3d import Lut3D

# Program, mean ΔE2000 from and to, and what has to be in its reason
EXPECTED = {
    "OpenColorIO": (0, 0.001, "the same"),
    "FFmpeg lut3d": (0, 0.001, "the same"),
    "darktable": (0, 0.02, "the same"),
    "RawTherapee": (0, 0.05, ""),
    "ImageMagick": (0, 0.1, ""),
    "G'MIC": (0.1, 3, "it stretches the lattice by one step"),
    "Pillow": (0.02, 1, "8 bits in and out"),
}


@pytest.fixture
def look(tmp_path):
    axis = Lut3D.identity(33).lattice.astype(np.float64)
    mixed = axis**1.3 @ np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]])
    path = tmp_path / "look.cube"
    path.write_bytes(FORMATS["cube"].to_bytes(Lut3D(mixed, "look")))
    return path


def test_every_program_is_near_and_the_reason_is_found(look):
    codes = np.random.default_rng(0).integers(0, 65536, (96, 96, 3)).astype(np.uint16)
    found = {row.program.name: row for row in compare(load(look), codes)}
    assert list(found) == [program.name for program in PROGRAMS]
    for name, (low, high, reason) in EXPECTED.items():
        row = found[name]
        assert row.result is not None, row.reason
        assert low <= row.delta_e.mean() <= high and reason in row.reason, (name, row.delta_e.mean(), row.reason)


def test_what_a_program_overlooks_is_said(look):
    domain = look.read_text().replace("LUT_3D_SIZE 33", "LUT_3D_SIZE 33\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 2")
    look.write_text(domain)
    codes = np.random.default_rng(0).integers(0, 65536, (64, 64, 3)).astype(np.uint16)
    (row,) = compare(load(look), codes, [program for program in PROGRAMS if program.name == "darktable"])
    assert row.reason == "it takes the domain for 0 to 1" and row.delta_e.mean() > 1 and row.left < 0.02
