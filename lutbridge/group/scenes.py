"""Finds the scenes of a shoot: takes that look alike and were taken one after another.

Looks give the odds that two takes are of one scene; time says how high these have to be. First each camera's takes are
joined along its own clock; then scenes are joined across pauses, folders and cameras. Between cameras only looks count,
as their clocks may differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np

from lutbridge.group.capture import Facts
from lutbridge.group.timeline import Roll, rolls

Likeness = Callable[[int, int], float]  # of two photos of the shoot by index: log odds that they are of one scene

# Log odds that looks must give before takes are joined. Never merging two scenes counts for more than missing a pair.
AT_ONCE = 1.2  # a few seconds apart: mostly the same scene, but scenes also change within ten seconds
AFTER_A_PAUSE = 4.0  # as long as would end a scene, or an unknown time
OTHER_FOLDER = 1.0  # more, for takes that are not consecutive: somebody may have sorted them
SOON = 0.3  # of the patience: an interval without evidence
LATE = 3.0  # of the patience: an interval that is proof
GONE = 3600.0  # seconds; after an hour the light has changed, even on the same wall
BRACKET_SECONDS, BRACKET_STEP = 1.5, 0.6  # between two frames, and EV
SAMPLES = 3  # takes of either side that are compared
DOUBT = 1.0  # subtracted from the odds of one pair; of n pairs, divided by √n, as for the error of a mean


@dataclass(frozen=True)
class _Moment:
    """Where a photo is on its camera's roll."""

    roll: int
    position: int
    seconds: float


class _Shoot:
    """What is known about the photos besides their looks.

    Attributes:
        rolls, moments: of the photos that say when they were taken.
        darker_or_brighter: frames of exposure brackets except the middle ones; they look like no other photo.
    """

    def __init__(self, facts: Sequence[Facts]):
        self.facts, self.rolls = facts, rolls(facts)
        self.moments = {
            int(photo): _Moment(number, position, float(roll.seconds[position]))
            for number, roll in enumerate(self.rolls)
            for position, photo in enumerate(roll.photos)
        }
        units = [unit for roll in self.rolls for unit in self.units(roll)]
        self.darker_or_brighter = {photo for unit in units for photo in self._beside_the_middle(unit)}

    def in_order(self, photos: Sequence[int]) -> list[int]:
        """In the order taken if one camera's clock covers all, else as in the shoot."""
        moments = self._moments(photos)
        one_clock = len(moments) == len(photos) and len({moment.roll for moment in moments}) == 1
        return sorted(photos, key=lambda photo: self.moments[photo].position if one_clock else photo)

    def need(self, a: Sequence[int], b: Sequence[int]) -> float:
        """The log odds that looks must give for two sets of photos to be one scene."""
        need = self.need_by_time(a, b)
        if not {self.facts[i].folder for i in a} & {self.facts[j].folder for j in b}:
            need += OTHER_FOLDER
        return need

    def need_by_time(self, a: Sequence[int], b: Sequence[int]) -> float:
        """The same, across folders: cameras start a new one in the middle of a scene."""
        gap, earlier = self._gap(a, b)
        if gap is None:
            return AFTER_A_PAUSE
        if gap > GONE:
            return np.inf
        patience = self.rolls[earlier.roll].patience[earlier.position]
        lateness = np.log(max(gap / patience, SOON) / SOON) / np.log(LATE / SOON)
        return AT_ONCE + (AFTER_A_PAUSE - AT_ONCE) * min(lateness, 1.0)

    def _gap(self, a, b):
        """Seconds between the nearest two photos of one camera, and the earlier one's moment; None: there are none."""
        best = None, None
        for number in range(len(self.rolls)):
            first, second = ([m for m in self._moments(side) if m.roll == number] for side in (a, b))
            if first and second:
                gaps = np.abs(np.subtract.outer([m.seconds for m in first], [m.seconds for m in second]))
                i, j = np.unravel_index(gaps.argmin(), gaps.shape)
                if best[0] is None or gaps[i, j] < best[0]:
                    best = gaps[i, j], min(first[i], second[j], key=lambda moment: moment.position)
        return best

    def _moments(self, photos):
        return [self.moments[photo] for photo in photos if photo in self.moments]

    def units(self, roll: Roll) -> list[list[int]]:
        """A roll's photos one by one, frames of one exposure bracket together."""
        units: list[list[int]] = []
        for photo in map(int, roll.photos):
            if units and self._is_bracket(units[-1][-1], photo):
                units[-1].append(photo)
            else:
                units.append([photo])
        return units

    def _is_bracket(self, i: int, j: int) -> bool:
        """Whether two photos next to each other on a roll are frames of one exposure bracket."""
        if abs(self.moments[i].seconds - self.moments[j].seconds) > BRACKET_SECONDS:
            return False
        a, b = self.facts[i], self.facts[j]
        stepped = a.exposure is not None and b.exposure is not None and abs(a.exposure - b.exposure) >= BRACKET_STEP
        return stepped or (a.bracketed and b.bracketed)

    def _beside_the_middle(self, unit: Sequence[int]) -> list[int]:
        ordered = sorted(unit, key=lambda photo: self.facts[photo].exposure or 0.0)
        return [photo for photo in unit if photo != ordered[len(ordered) // 2]]

    def typical(self, photos: Sequence[int]) -> list[int]:
        """Those that can be compared."""
        return [photo for photo in photos if photo not in self.darker_or_brighter] or list(photos)


def find_scenes(facts: Sequence[Facts], likeness: Likeness) -> list[list[int]]:
    """The scenes of a shoot, each with its photos by index in the order they were taken; single takes included."""
    shoot = _Shoot(facts)

    def following(a: list[int], b: list[int]) -> float:
        nearest = shoot.typical(a)[-SAMPLES:], shoot.typical(b)[:SAMPLES]
        return _sure_likeness(*nearest, likeness) - shoot.need_by_time(a[-1:], b[:1])

    def anywhere(a: list[int], b: list[int]) -> float:
        need = shoot.need(a, b)
        if need == np.inf:
            return -np.inf
        return _sure_likeness(_spread(shoot.typical(a)), _spread(shoot.typical(b)), likeness) - need

    untimed = [[index] for index in range(len(facts)) if index not in shoot.moments]  # names mostly keep the order
    scenes = _join_neighbours(untimed, following)
    for roll in shoot.rolls:
        scenes += _join_neighbours(shoot.units(roll), following)
    return [shoot.in_order(scene) for scene in _join_any(scenes, anywhere)]


def _join_neighbours(scenes: list[list[int]], score: Callable) -> list[list[int]]:
    """Joins neighbours of a list, the best first, as long as a score is above 0."""
    scores = [score(*pair) for pair in pairwise(scenes)]
    while scores and max(scores) > 0:
        at = int(np.argmax(scores))
        scenes[at : at + 2] = [scenes[at] + scenes[at + 1]]
        del scores[at]
        for left in range(max(0, at - 1), min(at + 1, len(scores))):
            scores[left] = score(scenes[left], scenes[left + 1])
    return scenes


def _join_any(scenes: list[list[int]], score: Callable) -> list[list[int]]:
    """Joins any two of a list, the best first, as long as a score is above 0."""
    scores = np.full((len(scenes), len(scenes)), -np.inf)
    for a, b in combinations(range(len(scenes)), 2):
        scores[a, b] = score(scenes[a], scenes[b])
    while scores.size and scores.max() > 0:
        a, b = np.unravel_index(scores.argmax(), scores.shape)
        scenes[a], scenes[b] = scenes[a] + scenes[b], []
        scores[b], scores[:, b] = -np.inf, -np.inf
        for other in range(len(scenes)):
            if other != a and scenes[other]:
                scores[min(a, other), max(a, other)] = score(scenes[min(a, other)], scenes[max(a, other)])
    return [scene for scene in scenes if scene]


def _sure_likeness(a: Iterable[int], b: Iterable[int], likeness: Likeness) -> float:
    odds = [likeness(i, j) for i, j in product(a, b)]
    return float(np.mean(odds)) - DOUBT / np.sqrt(len(odds))


def _spread(scene: list[int]) -> list[int]:
    """A few photos of a scene, from its first to its last."""
    at = np.unique(np.linspace(0, len(scene) - 1, SAMPLES).round().astype(int))
    return [scene[i] for i in at]
