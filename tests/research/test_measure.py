import time

import numpy as np
import pytest

from lutbridge.research.measure import by_parting, by_skin_group, measure, summarise
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


class Halves:
    """Grey values of the person's half and the background's, in L*: source and target."""

    def __init__(self, name, source, target, person=True):
        self.name = self.group = name
        self.source, self.target = grey(*source), grey(*target)
        self.mask = np.zeros((10, 20), bool)
        self.mask[:, :10] = person

    def load(self, long_side=None):
        return self.source, self.target, self.mask


def grey(person, background):
    """(10, 20, 3) uint8 of two lightnesses in L*."""
    Y = [((L + 16) / 116) ** 3 for L in (person, background)]
    codes = [round(255 * (1.055 * y ** (1 / 2.4) - 0.055)) for y in Y]
    return np.repeat(np.repeat(np.array([codes], np.uint8), [10, 10], 1), 10, 0)[..., None].repeat(3, 2)


def test_parting_by_hand():
    # The gap is to grow by 20, by 10 and, too little to count, by 2; the system gives 10, 0 and 1.
    photos = [Halves("a", (40, 60), (60, 60)), Halves("b", (50, 60), (60, 60)), Halves("c", (58, 60), (60, 60))]
    given = {photos[0].source.tobytes(): grey(50, 60), photos[1].source.tobytes(): grey(55, 65)}
    given[photos[2].source.tobytes()] = grey(59, 60)
    row = by_parting(list(measure(lambda x: given.get(x.tobytes(), x), photos)))
    assert row["photos"] == 3 and row["asked to part"] == 2
    assert row["parted %"] == pytest.approx((50 + 0) / 2, abs=1)
    assert row["person L* before"] == pytest.approx((20 + 10 + 2) / 3, abs=0.3)
    assert row["person L* after"] == pytest.approx((10 + 5 + 1) / 3, abs=0.3)
    assert row["background L* before"] == pytest.approx(0, abs=0.1)
    assert row["background L* after"] == pytest.approx(5 / 3, abs=0.2)
    assert row["worse %"] == 0


def test_untouched_parts_nothing_the_target_all_and_a_darker_person_the_wrong_way():
    photos = [Halves("a", (40, 60), (60, 60))]
    assert by_parting(list(measure(untouched, photos)))["parted %"] == 0
    assert by_parting(list(measure(None, photos)))["parted %"] == pytest.approx(100)
    wrong = by_parting(list(measure(lambda x: grey(35, 60), photos)))
    assert wrong["parted %"] == pytest.approx(-25, abs=2) and wrong["worse %"] == 100


@pytest.mark.parametrize("person", [True, False])
def test_photos_of_one_part_alone_are_left_out_of_parting(person):
    lone = Halves("a", (40, 60), (60, 60))
    lone.mask[:] = person
    row = by_parting(list(measure(untouched, [lone])))
    assert row["photos"] == 0 and np.isnan(row["parted %"])
    mixed = by_parting(list(measure(untouched, [lone, Halves("b", (50, 60), (60, 60))])))
    assert mixed["photos"] == 1 and mixed["person L* before"] == pytest.approx(10, abs=0.3)
