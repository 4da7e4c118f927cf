from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lutbridge.train.data.pairs import Pair
from lutbridge.train.held_out import HeldOut, hold_out


def pairs(groups):
    return [Pair(f"{g}-{i}", g, (Path("a"),), Path("b"), None) for g, count in groups.items() for i in range(count)]


def test_whole_groups_are_held_out_and_the_same_ones_each_time():
    every = pairs({"a": 3, "b": 2, "c": 1, "d": 4, "e": 2})
    kept, held = hold_out(every, 0.3, seed=4)
    assert {pair.group for pair in kept}.isdisjoint(pair.group for pair in held)
    assert len(kept) + len(held) == 12 and 2 <= len(held) <= 4
    assert hold_out(every, 0.3, seed=4) == (kept, held)
    assert hold_out(every, 0.0, seed=4) == (every, [])


def test_something_is_left_to_learn_from():
    assert hold_out(pairs({"a": 3}), 0.3, 1) == (pairs({"a": 3}), [])
    kept, held = hold_out(pairs({"a": 1, "b": 9}), 0.9, 1)
    assert kept and held


@pytest.mark.parametrize("seed", range(4))
def test_a_large_shoot_is_learned_from_and_not_judged_by(seed):
    kept, held = hold_out(pairs({"wedding": 18, "portrait": 2, "dog": 3}), 0.2, seed)
    assert {pair.group for pair in kept} >= {"wedding"} and 2 <= len(held) <= 3


def test_photos_of_a_single_shoot_judge_where_there_is_no_other():
    kept, held = hold_out(pairs({"a": 20}), 0.2, 1)
    assert (len(kept), len(held)) == (16, 4) and set(kept).isdisjoint(held)


class Brighter(nn.Module):
    thumbnail_size, thumbnail = 32, "area"

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, thumbnail, rgb):
        return rgb * self.gain


class FakePair:
    def load(self):
        target = np.full((8, 8, 3), 120, np.uint16) * 257
        return target - 10 * 257, target, np.ones((8, 8), bool)


def test_figures_are_means_over_photos_at_8_bit():
    figures = HeldOut([FakePair(), FakePair()])(Brighter())
    assert list(figures) == ["PSNR", "ΔE"]
    assert figures["PSNR"] == pytest.approx(20 * np.log10(255 / 10))
