"""The order and the pace in which each camera took its photos. Clocks of different cameras are never compared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from lutbridge.group.capture import Facts

# A pause ends a scene where it is long against the pace around it. Portraits are taken every two to twenty seconds, an
# outfit is straightened within a minute or two, and light seldom stays the same for a quarter of an hour.
PAUSE = 12.0  # times the usual interval around it
SHORTEST_PAUSE = 45.0  # seconds; nothing shorter ends a scene
LONGEST_PAUSE = 900.0  # seconds; everything longer does
NEIGHBOURS = 8  # intervals before and after that tell the pace


@dataclass(frozen=True)
class Roll:
    """The photos of one camera that say when they were taken, in that order.

    Attributes:
        photos: (K,) int, indices into the shoot.
        seconds: (K,) float64, their times by the camera's clock, from an arbitrary zero.
        patience: (K - 1,) float64 seconds: the interval after each photo that would end a scene there.
    """

    photos: np.ndarray
    seconds: np.ndarray
    patience: np.ndarray


def rolls(facts: Sequence[Facts]) -> list[Roll]:
    """One roll for each camera of a shoot, in the order of their first photos in the shoot."""
    by_body = defaultdict(list)
    for index, photo in enumerate(facts):
        if photo.time is not None:
            by_body[photo.body].append(index)
    return [_roll(facts, indices) for indices in by_body.values()]


def _roll(facts: Sequence[Facts], indices: list[int]) -> Roll:
    # Zones count where all photos have one, so that a camera taken abroad stays in order; else times are read as is.
    zoned = all(facts[index].time.tzinfo for index in indices)
    times = [facts[index].time if zoned else facts[index].time.replace(tzinfo=UTC) for index in indices]
    seconds = np.array([time.timestamp() for time in times])
    order = np.argsort(seconds, kind="stable")  # burst frames of one second stay in the order of their names
    seconds = seconds[order]
    return Roll(np.array(indices)[order], seconds, _patience(np.diff(seconds)))


def _patience(intervals: np.ndarray) -> np.ndarray:
    """For each interval between two photos, how long it would have to be to end a scene: (K - 1,) seconds."""
    around = [
        np.concatenate([intervals[max(0, i - NEIGHBOURS) : i], intervals[i + 1 : i + 1 + NEIGHBOURS]])
        for i in range(len(intervals))
    ]
    pace = np.array([np.median(near) if len(near) else 0.0 for near in around])
    return np.clip(PAUSE * pace, SHORTEST_PAUSE, LONGEST_PAUSE)
