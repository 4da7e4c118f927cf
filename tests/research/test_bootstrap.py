from dataclasses import dataclass

import numpy as np
import pytest

from lutbridge.research.bootstrap import interval, resampled


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
