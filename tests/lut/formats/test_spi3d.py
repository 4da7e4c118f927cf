import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.spi3d import decode, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import look, random_lut

GOOD = to_bytes(Lut3D.identity(2))


@pytest.mark.parametrize("M", [2, 5, 33])
def test_every_bit_comes_back(M):
    lut = Lut3D(3 * random_lut(M).lattice - 1)
    again = decode(to_bytes(lut))
    assert np.array_equal(again.lut.lattice, lut.lattice) and again.notices == ()


def test_rows_name_their_place():
    lines = GOOD.decode("ascii").splitlines()
    assert lines[:5] == ["SPILUT 1.0", "3 3", "2 2 2", "0 0 0 0 0 0", "0 0 1 0 0 1"]


def test_rows_may_come_in_any_order():
    lines = to_bytes(random_lut(5)).splitlines()
    np.random.default_rng(0).shuffle(table := lines[3:])
    assert np.array_equal(decode(b"\n".join(lines[:3] + table)).lut.lattice, random_lut(5).lattice)


def test_what_does_not_fit_is_not_written():
    with pytest.raises(ValueError, match="plain"):
        to_bytes(look(2, domain=((0, 0, 0), (2, 2, 2))))


@pytest.mark.parametrize(
    "data, message",
    [
        (b"SPILUT 1.0\n3 3\n", "Error while reading LUT size"),
        (GOOD.replace(b"SPILUT", b"LUT"), "LUT does not appear to be valid spilut format"),
        (GOOD.replace(b"3 3", b"1 3"), "its second line is “1 3”"),
        (GOOD.replace(b"2 2 2", b"2 2 3"), "LUT size should be the same for all components"),
        (
            GOOD.replace(b"2 2 2", b"999 999 999"),
            "LUT size must be between 2 and 129",
        ),
        (GOOD[:-12], "Not enough entries found"),
        (GOOD.replace(b"0 0 1 0 0 1\n", b"0 0 1 0 0\n"), "Not enough entries found"),
        (GOOD.replace(b"0 0 1 0 0 1\n", b"0 0 2 0 0 1\n"), r"\(0 0 2\) that falls outside of the cube"),
        (GOOD.replace(b"0 0 1 0 0 1\n", b"0 0 .5 0 0 1\n"), "Not enough entries found"),
        (GOOD.replace(b"0 0 1 0 0 1\n", b"0 0 0 0 0 1\n"), r"specified multiple times \(0 0 0\)"),
        (GOOD.replace(b"0 0 1 0 0 1\n", b"0 0 1 0 0 nan\n"), "line 5 has “nan”"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
