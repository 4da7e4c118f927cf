"""Finds the scenes of a shoot: takes that look alike and were taken one after another.

Looks give the odds that two takes are of one scene, time says how high these have to be. First each camera's takes are
joined along its own clock; then what is left is joined across pauses, folders and cameras, where only looks can say
that two cameras saw the same, because their clocks may be set apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np

from lutbridge.group.capture import Facts
from lutbridge.group.timeline import rolls

Likeness = Callable[[int, int], float]  # of two photos of the shoot by index: log odds that they are of one scene

# Log odds that looks must give before takes are joined. Never merging two scenes counts for more than missing a pair.
AT_ONCE = 1.0  # a few seconds apart: a scene mostly goes on, but it also changes within ten seconds
AFTER_A_PAUSE = 4.0  # as long as would end a scene, or an unknown time
OTHER_FOLDER = 1.0  # more: somebody may have sorted them
OF_A_BRACKET = -3.0  # frames of one exposure bracket look less alike than any two takes
SOON = 0.3  # of the patience: an interval that says nothing
LATE = 3.0  # of the patience: an interval that says all
GONE = 3600.0  # seconds; an hour later the light is another, however alike the wall
BRACKET_SECONDS, BRACKET_STEP = 1.5, 0.6  # between two frames, and EV
SAMPLES = 3  # takes of either side that are compared


@dataclass(frozen=True)
class _Moment:
    """Where a photo stands on its camera's roll."""

    roll: int
    position: int
    seconds: float


class _Shoot:
    """What is known of the photos besides their looks."""

    def __init__(self, facts: Sequence[Facts]):
        self.facts, self.rolls = facts, rolls(facts)
        self.moments = {
            int(photo): _Moment(number, position, float(roll.seconds[position]))
            for number, roll in enumerate(self.rolls)
            for position, photo in enumerate(roll.photos)
        }

    def in_order(self, photos: Sequence[int]) -> list[int]:
        """As they were taken where one camera's clock says it of all, else as in the shoot."""
        moments = self._moments(photos)
        one_clock = len(moments) == len(photos) and len({moment.roll for moment in moments}) == 1
        return sorted(photos, key=lambda photo: self.moments[photo].position if one_clock else photo)

    def need(self, a: Sequence[int], b: Sequence[int]) -> float:
        """The log odds that looks must give for two sets of photos to be one scene."""
        need = self._need_by_time(a, b)
        if not {self.facts[i].folder for i in a} & {self.facts[j].folder for j in b}:
            need += OTHER_FOLDER
        return need

    def _need_by_time(self, a, b):
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
        gaps = [
            (abs(first.seconds - second.seconds), min(first, second, key=lambda moment: moment.position))
            for first, second in product(self._moments(a), self._moments(b))
            if first.roll == second.roll
        ]
        return min(gaps, key=lambda gap: gap[0], default=(None, None))

    def _moments(self, photos):
        return [self.moments[photo] for photo in photos if photo in self.moments]

    def is_bracket(self, i: int, j: int) -> bool:
        """Whether two photos next to each other on a roll are frames of one exposure bracket."""
        if abs(self.moments[i].seconds - self.moments[j].seconds) > BRACKET_SECONDS:
            return False
        a, b = self.facts[i], self.facts[j]
        stepped = a.exposure is not None and b.exposure is not None and abs(a.exposure - b.exposure) >= BRACKET_STEP
        return stepped or (a.bracketed and b.bracketed)


def find_scenes(facts: Sequence[Facts], likeness: Likeness) -> list[list[int]]:
    """The scenes of a shoot, each with its photos by index in the order they were taken; single takes included."""
    shoot = _Shoot(facts)

    def following(a: list[int], b: list[int]) -> float:
        need = OF_A_BRACKET if shoot.is_bracket(a[-1], b[0]) else shoot.need(a[-1:], b[:1])
        return _mean_likeness(a[-SAMPLES:], b[:SAMPLES], likeness) - need

    def anywhere(a: list[int], b: list[int]) -> float:
        need = shoot.need(a, b)
        return _mean_likeness(_spread(a), _spread(b), likeness) - need if need < np.inf else -np.inf

    scenes = [[index] for index in range(len(facts)) if index not in shoot.moments]
    for roll in shoot.rolls:
        scenes += _join_neighbours([[int(photo)] for photo in roll.photos], following)
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


def _mean_likeness(a: Iterable[int], b: Iterable[int], likeness: Likeness) -> float:
    return float(np.mean([likeness(i, j) for i, j in product(a, b)]))


def _spread(scene: list[int]) -> list[int]:
    """A few photos of a scene, from its first to its last."""
    at = np.unique(np.linspace(0, len(scene) - 1, SAMPLES).round().astype(int))
    return [scene[i] for i in at]
