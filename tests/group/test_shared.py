import numpy as np
import pytest

from lutbridge.group.shared import shared_lut


def test_takes_rendered_alike_lose_nothing_in_one_lut(network, scene, take):
    takes = [take(scene(1)[:, :100], 0.05, 0.03), take(scene(1)[:, 40:], 0.05, 0.03)]
    weights = np.stack([t.look.w_image for t in takes])
    lut, losses = shared_lut(network, takes, weights, "a title", 17)
    assert lut.grid_size == 17 and lut.title == "a title"
    assert max(losses) < 0.2
    assert np.abs(lut.apply(takes[0].picture) - takes[0].picture).max() > 0.02


def test_takes_rendered_unlike_meet_in_the_middle_and_each_loss_is_told(network, scene, take):
    takes = [take(scene(1), 0.06), take(scene(1), -0.06), take(scene(1), 0)]
    weights = np.stack([t.look.w_image for t in takes])
    _, losses = shared_lut(network, takes, weights, "", 17)
    assert losses[0] == pytest.approx(losses[1], rel=0.25)
    assert min(losses[:2]) > 2 > 4 * losses[2]


def test_black_takes_do_not_spoil_the_lut(network, take):
    lut, losses = shared_lut(network, [take(np.zeros((20, 30, 3), np.float32))], np.eye(1, 5), "", 9)
    assert np.isfinite(lut.lattice).all() and losses[0] < 0.1


def test_at_part_of_its_strength_it_loses_that_part(network, scene, take):
    takes = [take(scene(1), 0.06), take(scene(1), -0.06)]
    weights = np.stack([t.look.w_image for t in takes])
    full, losses = shared_lut(network, takes, weights, "a title", 17)
    half, less = shared_lut(network, takes, weights, "a title", 17, 0.5)
    assert np.allclose(half.apply(takes[0].picture), (full.apply(takes[0].picture) + takes[0].picture) / 2, atol=1e-6)
    assert half.title == "a title 50%" and less == pytest.approx([loss / 2 for loss in losses], rel=0.15)
