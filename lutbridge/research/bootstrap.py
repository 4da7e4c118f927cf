"""Confidence intervals for a table: resamples whole groups, because photos in a group are much alike."""

import numpy as np
from scipy.special import stdtrit

from lutbridge.research.measure import Record

RESAMPLES = 2000
COVERAGE = 95  # per cent of the resamples that an interval holds

MEANS = {"PSNR": "psnr", "ΔE": "delta_e", "PSNR^HC": "psnr_hc", "ΔE^HC": "delta_e_hc"}
FIGURES = (*MEANS, "M_GLC")


def resampled(records: list[Record], seed: int = 0) -> dict[str, np.ndarray]:
    """Each published figure over resamples of the groups: figure → (RESAMPLES,).

    The same groups are drawn for every system measured on the same photos, so that resamples of two systems may be
    subtracted.
    """
    groups = sorted({record.group for record in records})
    index = np.array([groups.index(record.group) for record in records])
    sizes = np.bincount(index)
    shares = np.full(len(groups), 1 / len(groups))
    counts = np.random.default_rng(seed).multinomial(len(groups), shares, RESAMPLES)  # (RESAMPLES, groups)
    figures = {}
    for figure, attribute in MEANS.items():
        sums = np.bincount(index, [getattr(record, attribute) for record in records])
        # A perfect photo has an infinite PSNR, and so has every mean over photos like it.
        figures[figure] = counts @ sums / (counts @ sizes) if np.isfinite(sums).all() else np.full(RESAMPLES, np.inf)
    ab = np.array([record.ab for record in records])
    variances = [np.var(ab[index == g], axis=0, ddof=1).mean() if sizes[g] > 1 else 0.0 for g in range(len(groups))]
    figures["M_GLC"] = counts @ np.array(variances) / len(groups)
    return figures


def mean_interval(values: np.ndarray, groups: list[str], seed: int = 0) -> tuple[float, float, float]:
    """The mean of one value (P,) a photo, and the ends of its interval over resamples of the groups."""
    names = sorted(set(groups))
    index = np.array([names.index(group) for group in groups])
    sums, sizes = np.bincount(index, values), np.bincount(index)
    shares = np.full(len(names), 1 / len(names))
    counts = np.random.default_rng(seed).multinomial(len(names), shares, RESAMPLES)
    return float(np.mean(values)), *interval(counts @ sums / (counts @ sizes))


def interval(values: np.ndarray) -> tuple[float, float]:
    """The middle COVERAGE per cent of resamples."""
    tail = (100 - COVERAGE) / 2
    low, high = np.percentile(values, [tail, 100 - tail], method="nearest")
    return float(low), float(high)


def interval_of_both(values: np.ndarray, resamples: np.ndarray, groups: int) -> tuple[float, float]:
    """The interval of a mean over S training seeds that counts chance in the photos and in the training.

    The variance over resamples of the groups (of the mean over seeds) and the variance of the mean over seeds add up.
    A few seeds say little about their own variance, so the interval is Student's t, with the degrees of freedom of
    Satterthwaite (1946, Biometrics Bulletin 2, 110-114). With one seed, it counts the photos alone.

    Args:
        values: (S,), a figure of all photos for each seed, or the difference of two.
        resamples: (S, RESAMPLES) the same over resamples of the groups.
        groups: their number.
    """
    seeds = len(values)
    if seeds == 1:
        return interval(resamples[0])
    parts = np.array([np.var(resamples.mean(axis=0)), np.var(values, ddof=1) / seeds])
    mean, total = float(np.mean(values)), parts.sum()
    if not total:
        return mean, mean
    freedom = total**2 / (parts**2 / np.maximum(1, [groups - 1, seeds - 1])).sum()
    half = float(stdtrit(freedom, 0.5 + COVERAGE / 200) * np.sqrt(total))
    return mean - half, mean + half
