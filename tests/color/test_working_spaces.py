import numpy as np
import pytest

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.color.working_spaces import NAMES, baked_in_srgb, rgb_space, working_space
from lutbridge.errors import UsageError
from lutbridge.lut.lut3d import Lut3D

LINEAR = np.random.default_rng(0).random((2000, 3)).astype(np.float32) ** 2


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back_is_the_same_light(name):
    space = working_space(name)
    encoded = space.encode(LINEAR)
    assert np.abs(space.decode(encoded) - LINEAR).max() < 2e-4
    white = space.encode(np.ones((1, 3), np.float32))
    assert np.ptp(white) < 2e-3, "white is neutral"


# What the makers publish for a grey card of 18 % reflectance.
@pytest.mark.parametrize(
    ("name", "grey"),
    [
        ("acescct", 0.4136),
        ("logc3", 0.3910),
        ("slog3", 0.4106),
        ("vlog", 0.4233),
        ("log3g10", 1 / 3),
        ("davinci", 0.336),
    ],
)
def test_a_grey_card_is_where_its_maker_says(name, grey):
    assert working_space(name).encode(np.full((1, 3), 0.18, np.float32)) == pytest.approx(grey, abs=1e-3)


def test_red_in_prophoto_and_rec2020():
    red = np.array([[1, 0, 0]], np.float32)
    assert working_space("prophoto").encode(red)[0] == pytest.approx([0.7022, 0.2757, 0.1035], abs=2e-3)
    assert rgb_space("Rec. 2020", "linear light").encode(red)[0] == pytest.approx([0.6274, 0.0691, 0.0164], abs=1e-3)
    assert working_space("rec2020-linear").encode(red)[0] == pytest.approx([0.6274, 0.0691, 0.0164], abs=1e-3)


def test_opencolorios_own_names_and_aliases_are_names_too():
    assert working_space("ARRI LogC4").name == working_space("logc4").name == working_space("arri_logc4").name


@pytest.mark.parametrize("name", ["", "raw", "sRGBB"])
def test_what_is_none_is_refused_with_those_there_are(name):
    with pytest.raises(UsageError, match=r"there are .*acescct"):
        working_space(name)


def test_a_lut_for_another_space_does_the_same_in_srgb():
    space = rgb_space("ProPhoto RGB", "gamma 1.8")
    look = Lut3D(Lut3D.identity(33).lattice ** 1.2, "look")
    rgb = np.random.default_rng(1).random((2000, 3)).astype(np.float32)
    meant = inverse_eotf_srgb(space.decode(look.apply(space.encode(eotf_srgb(rgb)))).clip(0, 1))
    off = np.abs(baked_in_srgb(look, space).apply(rgb).clip(0, 1) - meant)
    assert off.mean() < 0.002 and np.percentile(off, 99) < 0.02
    same = baked_in_srgb(Lut3D.identity(2), space).apply(rgb)
    assert np.abs(same - rgb).max() < 0.01
