import numpy as np
import pytest

from lutbridge.errors import RefusedError, UsageError
from lutbridge.lut.formats.three_dl import decode, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import look


def file(white=4095, shaper=b"0 341 682 1023\n", M=4, head=b"", foot=b""):
    """The identity with blue changing fastest."""
    codes = np.rint(np.linspace(0, white, M)).astype(int)
    table = b"".join(b"%d %d %d\n" % (r, g, b) for r in codes for g in codes for b in codes)
    return head + shaper + table + foot


@pytest.mark.parametrize("M", [17, 33, 65])
def test_rounding_to_12_bits_is_all_that_is_lost(M):
    lut = look(M)
    again = decode(to_bytes(lut))
    assert again.notices == () and again.lut.is_plain
    assert np.abs(again.lut.lattice - lut.lattice).max() <= 0.501 / 4095
    assert to_bytes(again.lut) == to_bytes(lut)


def test_flame_s_form_is_written():
    lines = to_bytes(Lut3D.identity(17)).decode("ascii").splitlines()
    assert lines[0] == "0 64 128 192 256 320 384 448 512 575 639 703 767 831 895 959 1023"
    assert lines[1:3] == ["0 0 0", "0 0 256"] and len(lines) == 1 + 17**3  # blue changes fastest


@pytest.mark.parametrize(
    "data",
    [
        file(),
        file(255),
        file(1023),
        file(65535),
        file(head=b"# made by hand\n\n"),
        file(M=3, head=b"3DMESH\nMesh 1 12\n", shaper=b"", foot=b"# end\nLUT8\ngamma 1.0\n"),
        file(shaper=b"0 85 170 255\n"),
        file(shaper=b""),
    ],
    ids=["12 bits", "8 bits", "10 bits", "16 bits", "comment", "Lustre", "8-bit shaper", "no shaper"],
)
def test_what_flame_and_lustre_write_is_read(data):
    again = decode(data)
    assert again.notices == () and again.lut.is_plain
    assert np.abs(again.lut.lattice - Lut3D.identity(again.lut.grid_size).lattice).max() <= 0.01


def test_a_shaper_that_bends_is_kept():
    lut = decode(file(shaper=b"0 100 500 1023\n")).lut
    assert lut.grid_size == 4 and np.allclose(lut.shaper[:, 0] * 1023, [0, 100, 500, 1023])
    longer = decode(file(M=3, shaper=b"0 100 500 800 1023\n")).lut
    assert longer.grid_size == 3 and len(longer.shaper) == 5


def test_a_depth_that_is_guessed_from_a_middling_number_is_said():
    assert "leaves open how many bits its codes have" in decode(file(2500)).notices[0]


def test_what_readers_would_misread_is_not_written():
    with pytest.raises(UsageError, match="nothing in this LUT is brighter"):
        to_bytes(Lut3D(0.5 * Lut3D.identity(17).lattice))
    with pytest.raises(ValueError, match="17, 33 or 65"):
        to_bytes(look(32))


@pytest.mark.parametrize(
    "data, message",
    [
        (b"0 341 682 1023\n", "Cannot build .3dl Op"),
        (b"# nothing\n", "valid shaper LUT or a 3D LUT"),
        (file()[:-15], "63 element"),
        (file() + b"9 9 9\n", "65 element"),
        (file().replace(b"0 0 1365\n", b"0 0\n"), "Invalid line with less than 3 values"),
        (file().replace(b"0 0 1365\n", b"0 0 0.5\n"), "62 element"),
        (file().replace(b"0 0 1365\n", b"0 0 -5\n"), "negative numbers"),
        (file(100), "The maximum 3D LUT value, 100, is unreasonably low"),
        (file(200000), "its largest code is 3.05 times"),
        (file(shaper=b"0 1 2 3\n"), "The maximum shaper LUT value, 3, is"),
        (file(shaper=b"0 x 2 300\n"), "line 1 has “x” where a number was expected"),
    ],
)
def test_bad_files_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
