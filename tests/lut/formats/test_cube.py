from dataclasses import replace

import colour
import numpy as np
import pytest

from lutbridge.lut.formats.cube import decode, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import random_lut


@pytest.mark.parametrize("M", [2, 17, 33])
def test_an_independent_reader_gets_the_same_table(M, tmp_path):
    lut = random_lut(M)
    path = tmp_path / "look.cube"
    path.write_bytes(to_bytes(lut))
    theirs = colour.read_LUT(str(path))
    assert np.abs(theirs.table - lut.lattice).max() <= 1e-6
    assert theirs.domain.tolist() == [[0, 0, 0], [1, 1, 1]]


def test_the_bytes_are_the_safe_form_for_every_host():
    lines = to_bytes(random_lut(2)).decode("ascii").split("\n")
    assert lines[0] == 'TITLE "A photo - portrait-v1 fitted LUT"'
    assert lines[1] == "LUT_3D_SIZE 2"
    assert len(lines) == 2 + 8 + 1 and lines[-1] == ""
    assert to_bytes(random_lut(2)) == to_bytes(random_lut(2))


def test_red_changes_fastest():
    lattice = np.zeros((2, 2, 2, 3))
    lattice[1, 0, 0] = (1, 0, 0)
    assert to_bytes(Lut3D(lattice)).decode().split("\n")[3] == "1.000000 0.000000 0.000000"


def test_values_outside_the_range_are_clamped():
    lattice = np.full((2, 2, 2, 3), 1.5)
    lattice[..., 0] = -0.25
    assert to_bytes(Lut3D(lattice)).decode().split("\n")[2] == "0.000000 1.000000 1.000000"


@pytest.mark.parametrize(
    "title, expected",
    [('Zoë "at" home', "Zoe at home"), ("line\nbreak", "line break"), ("婚礼.jpg", ".jpg"), ("x" * 400, "x" * 200)],
)
def test_titles_are_one_short_ascii_line(title, expected):
    first = to_bytes(random_lut(2, title)).decode("ascii").split("\n")[0]
    assert first == f'TITLE "{expected}"'


@pytest.mark.parametrize("M", [2, 33])
def test_what_is_written_reads_back_to_six_decimals(M):
    lut = random_lut(M)
    again = decode(to_bytes(lut))
    assert again.notices == () and again.lut.title == lut.title
    assert np.abs(again.lut.lattice - lut.lattice).max() <= 0.51e-6
    assert to_bytes(again.lut) == to_bytes(lut)


def test_a_lut_with_a_domain_or_a_shaper_is_not_written_as_if_it_had_none():
    lut = Lut3D.identity(2)
    for other in (replace(lut, domain=((0, 0, 0), (2, 2, 2))), replace(lut, shaper=np.ones((2, 3)))):
        with pytest.raises(ValueError, match="bake"):
            to_bytes(other)


def test_numbers_are_written_as_python_writes_them():
    values = np.random.default_rng(0).random((9, 9, 9, 3)).astype(np.float32)
    values[0, 0, 0], values[0, 0, 1] = (0, 1, -0.0), (4.9e-7, 5.1e-7, 0.9999996)
    rows = to_bytes(Lut3D(values)).decode("ascii").splitlines()[2:]
    expected = [
        " ".join(f"{value + 0:.6f}" for value in row) for row in values.transpose(2, 1, 0, 3).reshape(-1, 3).tolist()
    ]
    assert rows == expected
