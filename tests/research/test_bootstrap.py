from dataclasses import dataclass

import numpy as np
import pytest

from lutbridge.research.bootstrap import interval, interval_of_both, resampled


@dataclass
class Measured:
    """What resampling looks at of a record."""

    group: str
    psnr: float
    ab: np.ndarray
    delta_e: float = 1.0
    psnr_hc: float = 1.0
    delta_e_hc: float = 1.0


def records(shift=0.0, spread=1.0, groups=40):
    random = np.random.default_rng(3)
    return [
        Measured(str(g), 20 + 3 * level + shift, random.normal(0, spread, 2))
        for g, level in enumerate(random.normal(size=groups))
        for _ in range(3)
    ]


def test_the_interval_is_that_of_the_mean_over_groups():
    found = records()
    low, high = interval(resampled(found)["PSNR"])
    means = np.array([r.psnr for r in found[::3]])
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert low == pytest.approx(means.mean() - 1.96 * error, abs=0.15)
    assert high == pytest.approx(means.mean() + 1.96 * error, abs=0.15)


def test_systems_are_resampled_alike_so_that_differences_are_sharper_than_figures():
    first, second = resampled(records()), resampled(records(shift=0.1))
    assert interval(second["PSNR"] - first["PSNR"]) == pytest.approx((0.1, 0.1))
    low, high = interval(first["PSNR"])
    assert high - low > 1


def test_m_glc_is_resampled_over_groups_and_a_lone_photo_counts_nothing():
    found = records(spread=2.0)
    low, high = interval(resampled(found)["M_GLC"])
    assert low < 4 < high and low > 2 and high < 6
    assert (resampled([found[0]])["M_GLC"] == 0).all()


def test_with_one_seed_the_interval_counts_the_photos_alone():
    drawn = resampled(records())["PSNR"]
    assert interval_of_both(np.array([20.0]), drawn[None], 40) == interval(drawn)


def test_with_equal_seeds_it_is_students_of_the_groups():
    drawn = np.random.default_rng(1).normal(0.5, 0.1, 100_000)
    low, high = interval_of_both(np.full(3, 0.5), np.stack([drawn] * 3), 41)
    assert (low, high) == pytest.approx((0.5 - 2.021 * 0.1, 0.5 + 2.021 * 0.1), abs=2e-3)  # t of 40 degrees: 2.021


def test_with_no_chance_in_the_photos_it_is_students_of_the_seeds():
    values = np.array([0.1, 0.2, 0.3])
    low, high = interval_of_both(values, np.repeat(values[:, None], 2000, axis=1), 56)
    half = 4.303 * 0.1 / np.sqrt(3)  # t of 2 degrees: 4.303
    assert (low, high) == pytest.approx((0.2 - half, 0.2 + half), abs=1e-3)
    assert interval_of_both(np.zeros(3), np.zeros((3, 2000)), 56) == (0, 0)


def test_chance_of_both_kinds_holds_the_truth_as_often_as_it_says():
    """Systems without a difference, each with a noise of its own per group, per seed, and of both."""
    random = np.random.default_rng(5)
    groups, seeds, trials = 30, 3, 300
    counts = random.multinomial(groups, np.full(groups, 1 / groups), 2000) / groups
    held = 0
    for _ in range(trials):
        noise = (
            random.normal(0, 0.5, groups) + random.normal(0, 0.1, (seeds, 1)) + random.normal(0, 0.2, (seeds, groups))
        )
        low, high = interval_of_both(noise.mean(axis=1), noise @ counts.T, groups)
        held += low <= 0 <= high
    assert 0.93 <= held / trials <= 0.99
