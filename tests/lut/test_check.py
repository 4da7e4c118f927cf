import numpy as np
import pytest

from lutbridge.lut.check import check
from lutbridge.lut.lut3d import Lut3D


def lut(function, M=17):
    return Lut3D(function(Lut3D.identity(M).lattice.astype(float)))


def finding(name, checked, **options):
    return {found.name: found for found in check(checked, **options)}[name]


def test_the_identity_is_without_fault():
    assert [found.level for found in check(Lut3D.identity(33))] == ["ok"] * 5
    assert finding("banding", Lut3D.identity(33)).figure == pytest.approx(1, abs=1e-3)


def test_values_above_1_are_what_they_are_a_note_with_their_size():
    found = finding("range", lut(lambda rgb: rgb * 1.1))
    assert found.level == "note" and found.figure == pytest.approx(25.5, abs=0.01)


def test_values_below_zero_are_a_note_too():
    found = finding("range", lut(lambda rgb: rgb * 1.1 - 0.1))
    assert found.level == "note" and found.figure == pytest.approx(25.5, abs=0.01) and "-0.1000" in found.sentence


def test_a_falling_grey_is_a_fault_that_names_channel_and_place():
    def dip(rgb):
        rgb[8, 8, 8, 1] = 0.3
        return rgb

    found = finding("grey axis", lut(dip))
    assert found.level == "fault"
    assert found.figure == pytest.approx(255 * (7 / 16 - 0.3), abs=0.01)
    assert "green falls by" in found.sentence and "grey 128" in found.sentence


def test_half_a_code_of_falling_is_none():
    def dip(rgb):
        rgb[8, 8, 8] = 7 / 16 - 0.4 / 255
        return rgb

    assert finding("grey axis", lut(dip)).level == "ok"


def test_swapped_channels_are_folded_everywhere():
    found = finding("folds", lut(lambda rgb: rgb[..., [1, 0, 2]]))
    assert (found.level, found.figure) == ("fault", 1.0)


def test_one_point_pushed_through_its_neighbours_is_a_note_that_says_where():
    def push(rgb):
        rgb[12, 4, 4, 0] += 2.5 / 16
        return rgb

    found = finding("folds", lut(push))
    assert found.level == "note" and 0 < found.figure < 0.01
    red, green, blue = map(int, found.sentence.split("around ")[1].split())
    assert abs(red - 255 * 12 / 16) < 24 and abs(green - 255 * 4 / 16) < 24 and abs(blue - 255 * 4 / 16) < 24


def test_steep_steps_band_and_the_limit_is_the_users():
    steep = lut(lambda rgb: np.clip((rgb - 0.4) * 5, 0, 1), 33)
    assert finding("banding", steep).level == "fault"
    assert finding("banding", steep).figure == pytest.approx(5, abs=0.01)
    assert finding("banding", steep, banding=6).level == "ok"


def test_greys_band_where_no_axis_does():
    """Each axis moves a third of its way; greys go along all three at once."""
    steep = lut(lambda rgb: np.repeat(np.clip((rgb.mean(-1, keepdims=True) - 0.4) * 6, 0, 1), 3, -1), 33)
    assert finding("banding", steep).figure == pytest.approx(6, abs=0.01)
    assert finding("banding", steep, banding=5).level == "fault"


def test_a_tint_is_a_note():
    found = finding("neutral drift", lut(lambda rgb: rgb * [1, 0.9, 1]))
    assert found.level == "note" and found.figure == pytest.approx(25.5, abs=0.01) and "grey 255" in found.sentence


def test_a_shaper_is_looked_at_as_it_is_applied():
    shaped = Lut3D(Lut3D.identity(5).lattice, shaper=[[0] * 3, [0.9] * 3, [0.4] * 3, [1] * 3])
    assert finding("grey axis", shaped).level == "fault"
