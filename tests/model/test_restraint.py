import numpy as np
import pytest

from lutbridge.color.lab import srgb_to_lab
from lutbridge.lut.lattice import identity_lattice
from lutbridge.model.network import Network
from lutbridge.model.restraint import restraint
from lutbridge.render.reference import mixed


@pytest.mark.parametrize(("lift", "share"), [(0.0, 0), (1.9, 0), (3.0, 0.5), (4.0, 1), (9.0, 1)])
def test_small_edits_are_not_made_and_large_ones_in_full(lift, share):
    """Greys, whose ΔE*ab is the difference of their L*."""
    before, after = np.full((4, 4, 3), 0.5, np.float32), np.linspace(0.5, 0.7, 2001, dtype=np.float32)
    lifts = srgb_to_lab(np.repeat(after[:, None], 3, 1))[:, 0] - srgb_to_lab(before[0, 0])[0]
    after = np.full_like(before, after[np.abs(lifts - lift).argmin()])
    assert restraint(before, after, 2.0) == pytest.approx(share, abs=0.01)


def brighter(by):
    """A network that makes everything brighter by a share of a LUT that lifts the middle, and finds nobody."""
    rgb = identity_lattice(9)
    luts = np.stack([rgb, 4 * rgb * (1 - rgb)])
    cells = np.zeros((16, 16), np.float32)
    return Network(
        luts, "tetrahedral", 32, "area", lambda thumbnail: (np.array([1, by, 1, by], np.float32), cells), restraint=2.0
    )


def test_a_photo_that_is_nearly_right_is_left_alone_to_the_bit():
    thumbnail = np.random.default_rng(0).random((32, 32, 3), np.float32)
    for by, moved in ((0.01, False), (0.2, True)):
        network = brighter(by)
        look = network.look(thumbnail)
        assert (np.abs(look.w_image - [1, 0, 1, 0]).max() > 0) == moved
        assert (np.abs(mixed(network, look, thumbnail) - thumbnail).max() > 1e-6) == moved
    assert look.w_image[1] == np.float32(0.2)
