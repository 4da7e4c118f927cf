import time

import numpy as np
import pytest

from lutbridge.research.measure import by_skin_group, measure, summarise
from lutbridge.research.systems import untouched


class FakePair:
    """A pair held in memory: the source is the target made darker."""

    def __init__(self, name, group, darker, skin):
        self.name, self.group = name, group
        random = np.random.default_rng(len(name))
        self.target = random.integers(60, 200, (40, 50, 3), np.uint8)
        self.target[:, :25] = skin
        self.source = self.target - darker
        self.mask = np.zeros((40, 50), bool)
        self.mask[:, :25] = True

    def load(self, long_side=None):
        return self.source, self.target, self.mask


LIGHT, DARK = (224, 172, 135), (60, 40, 30)


@pytest.fixture
def pairs():
    return [FakePair("0_0", "0", 20, LIGHT), FakePair("0_1", "0", 30, LIGHT), FakePair("1_0", "1", 20, DARK)]


def test_untouched_is_the_zero_of_every_relative_figure(pairs):
    row = summarise(list(measure(untouched, pairs)))
    assert row["worse %"] == 0 and row["finished ΔE"] == 0 and row["finished p95"] == 0
    assert row["PSNR"] == pytest.approx(np.mean([20 * np.log10(255 / d) for d in (20, 30, 20)]))
    assert row["PSNR^HC"] > row["PSNR"]


def test_a_perfect_system_and_a_harmful_one(pairs):
    by_source = {p.source.tobytes(): p.target for p in pairs}
    perfect = summarise(list(measure(lambda x: by_source.get(x.tobytes(), x), pairs)))
    assert perfect["PSNR"] == np.inf and perfect["ΔE"] == 0 and perfect["drift"] == pytest.approx(0)
    harmful = summarise(list(measure(lambda x: x // 2, pairs)))
    assert harmful["worse %"] == 100 and harmful["finished ΔE"] > 10


def test_drift_is_zero_for_an_even_error_and_glc_is_not(pairs):
    records = list(measure(untouched, pairs))
    row = summarise(records)
    assert row["M_GLC"] >= 0 and row["drift"] < row["M_GLC"] + 1
    lone = summarise(records[2:])
    assert lone["M_GLC"] == 0 and lone["drift"] == 0


def test_the_targets_have_a_row_of_their_own(pairs):
    row = summarise(list(measure(None, pairs)))
    assert row["PSNR"] == np.inf and row["ΔE"] == row["drift"] == row["finished ΔE"] == 0
    pairs[1].target = (pairs[1].target // (1, 1, 2)).astype(np.uint8)
    assert summarise(list(measure(None, pairs)))["M_GLC"] > row["M_GLC"] == 0


def test_the_time_of_a_photo_is_that_of_the_system(pairs):
    def slow(pixels):
        time.sleep(0.02)
        return pixels

    assert summarise(list(measure(slow, pairs)))["ms"] >= 20


def test_skin_is_grouped_by_the_targets_tone_from_light_to_dark(pairs):
    rows = by_skin_group(list(measure(untouched, pairs)))
    assert list(rows) == ["light", "dark"]
    assert rows["light"]["photos"] == 2 and rows["dark"]["photos"] == 1
    assert rows["light"]["skin ΔE"] > 5


def test_photos_without_skin_are_left_out_of_the_skin_figures(pairs):
    pairs[0].mask[:] = False
    assert by_skin_group(list(measure(untouched, pairs)))["light"]["photos"] == 1
