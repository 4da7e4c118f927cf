"""Finds shared content in two takes: pairs of points with the same surroundings whose colours agree on one shift.

The shift, one for the whole picture, comes from a change of light or of the retouch. Points that do not follow it (a
coat that enters the frame, a face instead of the wall) are left out.
"""

from dataclasses import dataclass

import numpy as np

from lutbridge.group.features import FEWEST_POINTS, Features

COLOUR_UNIT = 10.0  # ΔE*ab that counts as a difference of one, once the shift is known
TOLERANCE = 6.0  # ΔE*ab that a pair may be off the shift before it counts less
LARGEST_SHIFT = 30.0  # ΔE*ab; beyond this it is another scene, or too much for the weights
# Support: above the first, takes are surely of one scene; below the second, it could be chance. In between, a link
# pulls in proportion: different people before one door have 0.10 to 0.14.
SURE, UNSURE = 0.15, 0.10
LEAST_CONFIDENCE = 0.05


@dataclass(frozen=True)
class Match:
    """What two takes share.

    Attributes:
        a, b: (K,) int, the points of either that belong together.
        confidence: (K,) float32, (0, 1].
        support: share of the usable points, [0, 1], that found a partner. Takes of one scene: mostly above 0.25;
            different scenes: half of them below 0.05, 99 of 100 below 0.12.
    """

    a: np.ndarray
    b: np.ndarray
    confidence: np.ndarray
    support: float

    @property
    def trust(self) -> float:
        """[0, 1]: 0 if the support could be chance."""
        return float(np.clip((self.support - UNSURE) / (SURE - UNSURE), 0, 1))


def match(a: Features, b: Features) -> Match | None:
    """Find what two takes share; None if nothing is found, or if one is monochrome and the other is not."""
    rows_a, rows_b = np.flatnonzero(a.usable), np.flatnonzero(b.usable)
    if min(len(rows_a), len(rows_b)) < FEWEST_POINTS or a.is_monochrome != b.is_monochrome:
        return None
    lab_a, lab_b = a.lab[rows_a], b.lab[rows_b]
    distance = _squared_distance(a.surroundings[rows_a], b.surroundings[rows_b])
    shift = None
    for _ in range(2):  # by the surroundings alone; then by colour as well, as far as the first round explains it
        if shift is not None:
            distance = distance + _squared_distance((lab_a + shift) / COLOUR_UNIT, lab_b / COLOUR_UNIT)
        first, second = _mutual(distance)
        if not len(first):
            return None
        likeness = np.exp(-distance[first, second] / 4)
        difference = lab_b[second] - lab_a[first]
        shift = _common_shift(difference, likeness, np.median(difference, 0) if shift is None else shift)
    confidence = likeness * _agreement(difference - shift, 4 / 3 * TOLERANCE)
    support = float(confidence.sum()) / min(len(rows_a), len(rows_b))
    kept = confidence > LEAST_CONFIDENCE
    if np.linalg.norm(shift) > LARGEST_SHIFT or not kept.any():
        return None
    return Match(rows_a[first[kept]], rows_b[second[kept]], confidence[kept].astype(np.float32), support)


def _squared_distance(a, b):
    """(P, D) and (Q, D) to (P, Q)."""
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T, 0)


def _mutual(distance):
    """The pairs of points that are each other's nearest."""
    nearest = distance.argmin(1)
    first = np.flatnonzero(distance.argmin(0)[nearest] == np.arange(len(distance)))
    return first, nearest[first]


def _common_shift(difference, likeness, shift):
    """The shift that most pairs agree on: a robust mean, from a start, that outliers do not move."""
    for _ in range(5):
        weight = likeness * _agreement(difference - shift, TOLERANCE)
        shift = (weight[:, None] * difference).sum(0) / (weight.sum() + 1e-9)
    return shift


def _agreement(residual, tolerance):
    """Geman and McClure's weight of a residual (K, 3): 1 at none, ¼ at the tolerance, 0 far off."""
    return (1 + (residual**2).sum(-1) / tolerance**2) ** -2.0
