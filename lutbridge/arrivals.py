"""The door for photos that arrive one by one and must match: each is matched to its scene so far.

    shoot = ArrivingShoot(retoucher, by="auto")
    shoot.render(read(path)).pixels  # as soon as the photo is there

`Shoot` sees all photos before it renders the first, and lets them agree. Here earlier photos have been delivered and
cannot change, so a new photo is matched fully to the first one of its scene that it shares content with.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lutbridge.group.capture import Facts
from lutbridge.group.find import find_groups
from lutbridge.group.likeness import Appearance, likeness
from lutbridge.group.take import observe
from lutbridge.image.photo import Photo
from lutbridge.shoot import Shoot, facts_of
from lutbridge.strength import FULL, Strength

if TYPE_CHECKING:
    from lutbridge.retouch import Rendering, Retoucher

RECENT = 60  # photos that a new one is compared with; a scene seldom has more, and each costs time


class ArrivingShoot(Shoot):
    """Photos that come one by one; it retouches like a `Retoucher`, and each photo is matched when it is rendered.

    Args:
        retoucher: loaded.
        by: "folder", "time", "auto" or "all", as of `group.find.find_groups`.
        reference: `picture_of` a photo that all should match, or None.
        consistency: 0 leaves each photo its own look, 1 makes those of a scene match.
    """

    def __init__(self, retoucher: "Retoucher", by: str, reference: np.ndarray | None = None, consistency: float = 1.0):
        super().__init__(retoucher, consistency)
        self._by, self._reference = by, reference
        self._facts: dict[Path, Facts] = {}  # of the recent photos, in the order of their arrival
        self._appearances: dict[Path, Appearance] = {}
        self._likeness: dict[tuple[Path, Path], float] = {}

    def render(self, photo: Photo, strength: Strength | float = FULL, in_place: bool = False) -> "Rendering":
        """`Retoucher.render`, with weights that match the photo to its scene; a notice says to which photo."""
        matched_to = self._match(photo)
        rendering = super().render(photo, strength, in_place)
        return replace(rendering, notices=(*rendering.notices, f"matched to {matched_to}")) if matched_to else rendering

    def _match(self, photo: Photo) -> str:
        """Finds a photo's weights; returns what it was matched to, "" if it keeps its own look."""
        self._forget(photo.path)
        take = self.takes[photo.path] = observe(self._retoucher, photo)
        self._facts[photo.path] = facts_of(photo.path)
        for name, picture in self._goals(photo.path):
            agreement = self._matcher.agree([take], picture)
            if not agreement.left_alone:
                (self._weights[photo.path],) = agreement.weights(self.consistency)
                return name
        self._weights[photo.path] = take.look.w_image
        return ""

    def _forget(self, arriving: Path) -> None:
        """Drops an earlier photo of this name, and the oldest ones."""
        for path in [arriving, *list(self._facts)[:-RECENT]]:
            for kept in (self.takes, self._facts, self._appearances, self._weights):
                kept.pop(path, None)
            self._likeness = {pair: value for pair, value in self._likeness.items() if path not in pair}

    def _goals(self, photo: Path) -> Iterator[tuple[str, np.ndarray]]:
        """What the photo may be matched to, best first: the reference, its scene's first photo, its latest."""
        if self._reference is not None:
            yield "the reference", self._reference
        scene = self._scene(photo)
        for member in dict.fromkeys([*scene[:1], *scene[-1:]]):
            yield member.name, self._matcher.pictures([self.takes[member]], [self._weights[member]])[0]

    def _scene(self, photo: Path) -> list[Path]:
        """The photos of its scene that came before, in the order of their arrival."""
        recent = list(self._facts)
        groups = find_groups(list(self._facts.values()), self._by, lambda i, j: self._alike(recent[i], recent[j]))
        new = recent.index(photo)
        (members,) = (group.members for group in groups if new in group.members)
        return [recent[index] for index in sorted(members) if index != new]

    def _alike(self, a: Path, b: Path) -> float:
        pair = (a, b) if a < b else (b, a)
        if pair not in self._likeness:
            self._likeness[pair] = likeness(*(self._appearance(path) for path in pair))
        return self._likeness[pair]

    def _appearance(self, path: Path) -> Appearance:
        if path not in self._appearances:
            self._appearances[path] = self._matcher.appearance(self.takes[path])
        return self._appearances[path]
