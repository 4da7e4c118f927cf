"""Finds the scenes of a shoot: takes that look alike and were taken one after another.

Looks give the odds that two takes are of one scene; time says how high these have to be. First each camera's takes are
joined along its own clock; then scenes are joined across pauses, folders and cameras. Between cameras only looks count,
as their clocks may differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np

from lutbridge.group.capture import Facts
from lutbridge.group.join import Alike, Anybody, Neighbours, join
from lutbridge.group.timeline import Roll, rolls

# Of two photos of the shoot by index: log odds that they are of one scene. One that has `outline` and `most` as well,
# as `likeness.Likenesses` does, spares most of the comparisons.
Likeness = Callable[[int, int], float]

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


class _Scene:
    """Photos that are joined so far, and what is asked of them again and again."""

    def __init__(self, shoot: "_Shoot", photos: list[int]):
        self._shoot, self.photos = shoot, photos

    def __add__(self, other: "_Scene") -> "_Scene":
        return _Scene(self._shoot, self.photos + other.photos)

    @cached_property
    def samples(self) -> list[int]:
        """A few photos that can be compared, from the first to the last."""
        return _spread(self._shoot.typical(self.photos))

    @cached_property
    def folders(self) -> set[Path]:
        return {self._shoot.facts[photo].folder for photo in self.photos}

    @cached_property
    def moments(self) -> dict[int, list[_Moment]]:
        """By roll, of the photos that say when they were taken."""
        return self._shoot.by_roll(self.photos)

    @cached_property
    def seconds(self) -> dict[int, np.ndarray]:
        """Of the moments."""
        return {roll: np.array([moment.seconds for moment in moments]) for roll, moments in self.moments.items()}


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

    def need(self, a: _Scene, b: _Scene) -> float:
        """The log odds that looks must give for two scenes to be one."""
        need = self.need_by_time(a, b)
        return need if a.folders & b.folders else need + OTHER_FOLDER

    def need_by_time(self, a: _Scene, b: _Scene) -> float:
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
        for roll in sorted(a.moments.keys() & b.moments.keys()):
            gaps = np.abs(np.subtract.outer(a.seconds[roll], b.seconds[roll]))
            i, j = np.unravel_index(gaps.argmin(), gaps.shape)
            if best[0] is None or gaps[i, j] < best[0]:
                ends = a.moments[roll][i], b.moments[roll][j]
                best = gaps[i, j], min(ends, key=lambda moment: moment.position)
        return best

    def by_roll(self, photos: Sequence[int]) -> dict[int, list[_Moment]]:
        found: dict[int, list[_Moment]] = {}
        for moment in self._moments(photos):
            found.setdefault(moment.roll, []).append(moment)
        return found

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

    def following(a: _Scene, b: _Scene) -> float:
        nearest = shoot.typical(a.photos)[-SAMPLES:], shoot.typical(b.photos)[:SAMPLES]
        between = (_Scene(shoot, photos) for photos in (a.photos[-1:], b.photos[:1]))
        return _sure_likeness(*nearest, likeness) - shoot.need_by_time(*between)

    def anywhere(a: _Scene, b: _Scene) -> float:
        need = shoot.need(a, b)
        return -np.inf if need == np.inf else _sure_likeness(a.samples, b.samples, likeness) - need

    def along(units: Iterable[list[int]]) -> list[_Scene]:
        scenes = [_Scene(shoot, unit) for unit in units]
        return join(scenes, following, Neighbours(len(scenes)))

    scenes = along([index] for index in range(len(facts)) if index not in shoot.moments)  # names mostly keep the order
    for roll in shoot.rolls:
        scenes += along(shoot.units(roll))
    partners = Anybody(len(scenes))
    if hasattr(likeness, "outline"):
        least = AT_ONCE + DOUBT / SAMPLES  # `anywhere` asks for more than that
        partners = Alike(scenes, lambda scene: likeness.outline(scene.samples), likeness.most, least)
    return [shoot.in_order(scene.photos) for scene in join(scenes, anywhere, partners)]


def _sure_likeness(a: Iterable[int], b: Iterable[int], likeness: Likeness) -> float:
    odds = [likeness(i, j) for i, j in product(a, b)]
    return float(np.mean(odds)) - DOUBT / np.sqrt(len(odds))


def _spread(scene: list[int]) -> list[int]:
    """A few photos of a scene, from its first to its last."""
    at = np.unique(np.linspace(0, len(scene) - 1, SAMPLES).round().astype(int))
    return [scene[i] for i in at]
