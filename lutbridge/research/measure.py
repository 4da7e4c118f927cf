"""Measure a retouching system on pairs of photos: one record a photo, and the figures over all of them."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from lutbridge.color.codes import to_8_bit
from lutbridge.research.parted import lightness_errors
from lutbridge.train import metrics
from lutbridge.train.data.ppr10k import Pair

System = Callable[[np.ndarray], np.ndarray]  # (H, W, 3) uint8 or uint16, sRGB-encoded, to either depth

# Passes items on and shows progress: (items, their number, the verb, their name).
Track = Callable[[Iterable, int, str, str], Iterable]


def untracked(items: Iterable, total: int, what: str, things: str = "photos") -> Iterable:
    """A `Track` that shows nothing."""
    return items


FEWEST_SKIN_PIXELS = 500  # a photo with less is left out of the skin figures
LEAST_ASKED = 3.0  # L*, of the needed separation of person and background; photos that need less have no share


@dataclass(frozen=True)
class Record:
    """What was measured on one photo; ΔE is ΔE*ab.

    Attributes:
        psnr, psnr_untouched: dB, of the result and of the source.
        delta_e, psnr_hc, delta_e_hc: the published metrics.
        ab, ab_error: (2,) mean a*, b* of the result, and of the result minus those of the target.
        finished: mean ΔE that the target moves as the input; nan if not measured.
        skin_group: by individual typology angle, or "" where too little skin shows.
        skin_delta_e, skin_hue: mean ΔE and absolute hue error (degrees) on skin.
        seconds: that the system took for the photo, file access aside.
        chroma: mean C*ab of the target.
        person_off, background_off: absolute error of the result's mean L* there; nan if the photo has no such part.
        person_off_untouched, background_off_untouched: the same of the source.
        gap_asked, gap_given: by how much the target, and the result, widen the gap between person and background, mean
            L* of the person minus that of the background; nan likewise.
    """

    name: str
    group: str
    psnr: float
    psnr_untouched: float
    delta_e: float
    psnr_hc: float
    delta_e_hc: float
    ab: np.ndarray
    ab_error: np.ndarray
    finished: float
    skin_group: str
    skin_delta_e: float
    skin_hue: float
    seconds: float
    chroma: float
    person_off: float
    person_off_untouched: float
    background_off: float
    background_off_untouched: float
    gap_asked: float
    gap_given: float


def measure(
    system: System | None, pairs: list[Pair], long_side: int | None = None, with_finished: bool = True
) -> Iterator[Record]:
    """Run a system over the pairs and over their targets; results are rounded to 8 bit, as published.

    Args:
        system: None for the targets themselves in the results' place.
        long_side: px that larger photos are reduced to first; None for full size.
        with_finished: whether the targets are run through the system as well.
    """
    for pair in pairs:
        source, target, mask = pair.load(long_side=long_side)
        source_8, target_8 = to_8_bit(source), to_8_bit(target)
        started = time.perf_counter()
        output = to_8_bit(system(source)) if system else target_8
        seconds = time.perf_counter() - started
        finished = to_8_bit(system(target)) if system and with_finished else target_8
        lab, goal = metrics.lab(output), metrics.lab(target_8)
        ab = metrics.mean_ab(lab)
        skin = metrics.skin_pixels(goal, mask)
        shows = skin.sum() >= FEWEST_SKIN_PIXELS
        skin_delta_e, skin_hue = metrics.skin_error(lab, goal, skin) if shows else (float("nan"),) * 2
        yield Record(
            name=pair.name,
            group=pair.group,
            psnr=metrics.psnr(output, target_8),
            psnr_untouched=metrics.psnr(source_8, target_8),
            delta_e=metrics.delta_e_mean(lab, goal),
            psnr_hc=metrics.psnr_human(output, target_8, mask),
            delta_e_hc=metrics.delta_e_mean(lab, goal, mask),
            ab=ab,
            ab_error=ab - metrics.mean_ab(goal),
            finished=metrics.delta_e_mean(finished, goal) if with_finished else float("nan"),
            skin_group=metrics.skin_group(goal, skin) if shows else "",
            skin_delta_e=skin_delta_e,
            skin_hue=skin_hue,
            seconds=seconds,
            chroma=float(np.hypot(goal[..., 1], goal[..., 2]).mean()),
            **lightness_errors(metrics.lab(source_8), lab, goal, mask),
        )


def summarise(records: list[Record]) -> dict[str, float]:
    """The row of a table: means over photos, M_GLC and drift over groups, shares in per cent."""
    finished = [r.finished for r in records]
    groups = [r.group for r in records]
    return {
        "PSNR": float(np.mean([r.psnr for r in records])),
        "ΔE": float(np.mean([r.delta_e for r in records])),
        "PSNR^HC": float(np.mean([r.psnr_hc for r in records])),
        "ΔE^HC": float(np.mean([r.delta_e_hc for r in records])),
        "M_GLC": metrics.group_variance([r.ab for r in records], groups),
        "drift": metrics.group_variance([r.ab_error for r in records], groups),
        "worse %": 100 * float(np.mean([r.psnr < r.psnr_untouched for r in records])),
        "finished ΔE": float(np.mean(finished)),
        "finished p95": float(np.percentile(finished, 95)),
        "ms": 1000 * float(np.median([r.seconds for r in records])),
    }


def by_skin_group(records: list[Record]) -> dict[str, dict[str, float]]:
    """Photos, mean skin ΔE and mean skin hue error for each tone group that shows, from light to dark."""
    rows = {}
    for group in metrics.ITA_GROUPS:
        members = [r for r in records if r.skin_group == group]
        if members:
            rows[group] = {
                "photos": len(members),
                "skin ΔE": float(np.mean([r.skin_delta_e for r in members])),
                "skin hue °": float(np.mean([r.skin_hue for r in members])),
            }
    return rows


def by_parting(records: list[Record]) -> dict[str, float]:
    """A system's row: means over the photos that have a person and a background, and the median share parted."""
    both = [r for r in records if np.isfinite(r.gap_asked)]
    asked = [r for r in both if abs(r.gap_asked) > LEAST_ASKED]
    return {
        "photos": len(both),
        "person L* before": _mean(r.person_off_untouched for r in both),
        "person L* after": _mean(r.person_off for r in both),
        "background L* before": _mean(r.background_off_untouched for r in both),
        "background L* after": _mean(r.background_off for r in both),
        "asked to part": len(asked),
        "parted %": 100 * float(np.median([r.gap_given / r.gap_asked for r in asked])) if asked else float("nan"),
        "worse %": 100 * _mean(r.psnr < r.psnr_untouched for r in both),
    }


def _mean(values):
    values = list(values)
    return float(np.mean(values)) if values else float("nan")
