import io

import numpy as np
import pytest
from PIL import Image

from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.looks.skin import parting, plot, protect, shifts, tones
from lutbridge.lut.lut3d import Lut3D

AXIS = Lut3D.identity(33).lattice.astype(np.float64)


def warmer():
    return Lut3D(np.clip(AXIS * [1.1, 1.0, 0.85], 0, 1), "warmer")


def split_by_light():
    """Dark colours towards green, light ones towards red."""
    light = AXIS.mean(-1, keepdims=True)
    return Lut3D(np.clip(AXIS + (1 - light) * [-0.06, 0.04, 0.0] + light * [0.06, -0.03, 0.0], 0, 1), "split")


def test_the_identity_does_nothing_and_black_and_white_takes_all_chroma():
    assert all(abs(shift.hue) + abs(shift.chroma) + shift.delta_e < 1e-3 for shift in shifts(Lut3D.identity(33)))
    grey = shifts(Lut3D(np.repeat(AXIS.mean(-1, keepdims=True), 3, -1)))
    assert all(shift.chroma < -2 and shift.hue == 0 for shift in grey)


def test_warmer_turns_skin_towards_yellow_and_adds_chroma():
    light, medium, dark = shifts(warmer())
    assert [shift.group for shift in (light, medium, dark)] == ["light", "medium", "dark"]
    assert all(shift.chroma > 0.5 for shift in (light, medium, dark)) and light.delta_e > 3


def test_looks_that_part_light_and_dark_skin_are_found():
    assert parting(shifts(split_by_light())) > 20
    assert parting(shifts(Lut3D(AXIS**0.9))) < 8


@pytest.mark.parametrize("limit", [1.0, 3.0])
@pytest.mark.parametrize("look", [warmer, split_by_light])
def test_skin_is_held_within_the_limit_and_what_is_far_from_it_is_not(look, limit):
    lut, found = look(), protect(look(), limit)
    lab = [srgb_to_lab(np.clip(rgb, 0, 1).astype(np.float64)) for rgb in (tones(), found.lut.apply(tones()))]
    assert found.most <= limit and delta_e_2000(*lab).max() <= limit
    far = np.array([[0.1, 0.2, 0.8], [0.1, 0.7, 0.2], [0.8, 0.1, 0.7]])
    assert np.abs(found.lut.apply(far) - lut.apply(far)).max() < 1e-5
    assert 0 < found.spared < 0.2


def test_a_look_that_is_within_the_limit_stays_as_it_is():
    gentle = Lut3D(0.99 * AXIS)
    assert np.array_equal(protect(gentle, 5.0).lut.lattice, gentle.lattice)


def test_the_plot_is_a_picture():
    with Image.open(io.BytesIO(plot(warmer()))) as picture:
        assert picture.size == (1500, 520) and len(np.unique(np.asarray(picture))) > 100
