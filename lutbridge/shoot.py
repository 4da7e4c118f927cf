"""The public door for photos that must match: analyses, groups and matches them, then retouches them like `Retoucher`.

    shoot = Shoot(retoucher)
    for path in paths:
        shoot.observe(read(path))
    shoot.match(paths, by="auto")
    shoot.render(read(paths[0])).pixels

Takes that are already grouped, or not from files, only need a `Matcher`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lutbridge.color.delta_e import Difference
from lutbridge.errors import PhotoError
from lutbridge.group.agree import Agreement, agree
from lutbridge.group.capture import Facts, read_facts
from lutbridge.group.find import FoundGroup, find_groups
from lutbridge.group.likeness import Appearance, Likenesses, appearance
from lutbridge.group.pictures import rendered
from lutbridge.group.shared import shared_lut
from lutbridge.group.store import KeptSequence, KeptTake, Store
from lutbridge.group.take import PICTURE_SIDE, Take, observe
from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import area_picture
from lutbridge.lut.lut3d import Lut3D
from lutbridge.strength import FULL, Strength

if TYPE_CHECKING:
    from lutbridge.retouch import Rendering, Retoucher

__all__ = ["Facts", "MatchedGroup", "Matcher", "Shoot", "Take", "facts_of", "observe", "picture_of"]


def picture_of(photo: Photo) -> np.ndarray:
    """A photo in the form for comparing takes, and for `reference`: (h, w, 3) float32, sRGB-encoded, [0, 1]."""
    return area_picture(photo.pixels, PICTURE_SIDE, photo.color.to_model)


class Matcher:
    """What can be done with the takes of one group, by the network of a Retoucher."""

    def __init__(self, retoucher: "Retoucher"):
        self._network = retoucher.network

    def agree(self, takes: Sequence[Take], reference: np.ndarray | None = None) -> Agreement:
        """Weights that make the takes match; arguments as of `group.agree.agree`."""
        return agree(self._network, takes, reference)

    def pictures(
        self, takes: Sequence[Take], weights: Sequence[np.ndarray], strength: Strength = FULL
    ) -> list[np.ndarray]:
        """The takes' small pictures retouched, each (h, w, 3) float32, sRGB-encoded, [0, 1].

        Args:
            weights: (T, K), a row for each take.
        """
        looks = [take.look.with_weights(row) for take, row in zip(takes, weights, strict=True)]
        return list(rendered(self._network, [take.picture for take in takes], looks, strength))

    def shared_lut(
        self,
        takes: Sequence[Take],
        weights: np.ndarray,
        title: str,
        grid_size: int = 33,
        strength: Strength = FULL,
    ) -> tuple[Lut3D, list[float]]:
        """One LUT for all takes, and how far each is from its own render; see `group.shared.shared_lut`."""
        return shared_lut(self._network, takes, weights, title, grid_size, strength)

    def find(self, takes: Sequence[Take], facts: Sequence[Facts]) -> list[FoundGroup]:
        """Which takes look alike and were taken one after another, by their indices.

        Args:
            facts: how each of them was taken.
        """
        return find_groups(facts, "auto", Likenesses([self.appearance(take) for take in takes]))

    def appearance(self, take: Take) -> Appearance:
        """What its scene is recognised by."""
        (picture,) = self.pictures([take], [take.look.w_image])
        return appearance(take.picture, picture)


@dataclass(frozen=True)
class MatchedGroup:
    """Photos that belong together, and what they agreed on.

    Attributes:
        name, reason: the group's name, and one sentence on why its photos belong together.
        photos: in the order they were taken.
        takes: of the photos.
        agreement: of the takes.
    """

    name: str
    reason: str
    photos: tuple[Path, ...]
    takes: tuple[Take, ...]
    agreement: Agreement


@dataclass(frozen=True)
class Found:
    """What a Shoot found for one photo; it can be sent to another process.

    Attributes:
        weights: (K,) float32, what its group agreed on; None if it belongs to no group.
        unseen: why it could not be looked at; None if it could.
    """

    photo: Path
    weights: np.ndarray | None
    unseen: str | None

    def shoot(self, retoucher: "Retoucher") -> "Shoot":
        """A Shoot that retouches this photo like the one that found it."""
        shoot = Shoot(retoucher)
        if self.weights is not None:
            shoot._weights[self.photo] = self.weights
        if self.unseen is not None:
            shoot.unseen[self.photo] = self.unseen
        return shoot


class Shoot:
    """Photos to match; it retouches like a `Retoucher`, with the weights that their groups agreed on.

    Args:
        retoucher: loaded.
        consistency: 0 leaves each photo its own look, 1 makes those of a group match.

    Attributes:
        name, device, has_mask, digest: the Retoucher's.
        takes: photo → its take.
        unseen: photo → why it could not be looked at. Such a photo fails rather than come out unmatched without notice.
        groups: those that were matched.
    """

    def __init__(self, retoucher: "Retoucher", consistency: float = 1.0):
        self._retoucher, self._matcher = retoucher, Matcher(retoucher)
        self.name, self.device, self.has_mask = retoucher.name, retoucher.device, retoucher.has_mask
        self.digest = retoucher.digest
        self.consistency = consistency
        self.takes: dict[Path, Take | KeptTake] = {}
        self._store = Store()
        self.unseen: dict[Path, str] = {}
        self.groups: list[MatchedGroup] = []
        self._weights: dict[Path, np.ndarray] = {}

    def observe(self, photo: Photo) -> None:
        """Looks at a photo, and only keeps its take."""
        self.keep(photo.path, observe(self._retoucher, photo))

    def keep(self, photo: Path, take: Take) -> None:
        """Adds a take that was made elsewhere."""
        self.takes[photo] = KeptTake(self._store, take)

    def match(
        self,
        photos: Sequence[Path],
        by: str,
        reference: np.ndarray | None = None,
        tell: Callable[[str], None] = lambda what: None,
    ) -> None:
        """Finds the groups, and lets each agree.

        Args:
            photos: all that were named, in their order; those without a take are left out.
            by: as in `group.find.find_groups`.
            reference: `picture_of` a photo that all should match, or None.
            tell: is given what is done next, such as "comparing photos".

        Raises:
            UsageError: the file of groups does not fit the photos.
        """
        if not self.takes:
            return
        if by == "auto":  # only this compares pictures; the others may include unreadable photos
            photos = [photo for photo in photos if photo in self.takes]
        groups = self.find(photos, by, tell)
        for number, found in enumerate(groups, 1):
            members = tuple(photos[index] for index in found.members if photos[index] in self.takes)
            if members and found.is_listed:
                tell(f"matching group {number} of {len(groups)}")
                self._agree(found, members, reference)

    def find(
        self, photos: Sequence[Path], by: str, tell: Callable[[str], None] = lambda what: None
    ) -> list[FoundGroup]:
        """The groups, with indices of `photos`; arguments and errors as of `match`; for "auto" all need a take."""
        likeness = None
        if by == "auto":
            seen = []
            for number, photo in enumerate(photos, 1):
                tell(f"describing photo {number} of {len(photos)}")
                seen.append(self._store.keep(self._matcher.appearance(self.takes[photo])))
            tell("comparing photos")
            likeness = Likenesses(KeptSequence(seen))
        return find_groups([facts_of(photo) for photo in photos], by, likeness)

    def _agree(self, found: FoundGroup, members: tuple[Path, ...], reference: np.ndarray | None) -> None:
        takes = tuple(self.takes[photo] for photo in members)
        agreement = self._matcher.agree(takes, reference)
        self.groups.append(MatchedGroup(found.name, found.reason, members, takes, agreement))
        self._weights |= zip(members, agreement.weights(self.consistency), strict=True)

    def weights(self, photo: Path) -> np.ndarray | None:
        """(K,) float32, the weights of a photo's group; None if it belongs to no group.

        Raises:
            PhotoError: it could not be looked at.
        """
        if photo in self.unseen:
            fault = f"it cannot be matched, as it failed when it was first looked at ({self.unseen[photo]})"
            raise PhotoError(photo, fault, "run the same command again")
        return self._weights.get(photo)

    def found(self, photo: Path) -> "Found":
        """What another machine needs to retouch one of the photos."""
        return Found(photo, self._weights.get(photo), self.unseen.get(photo))

    def render(self, photo: Photo, strength: Strength | float = FULL, in_place: bool = False) -> "Rendering":
        """`Retoucher.render`, with the weights agreed on."""
        return self._retoucher.render(photo, strength=strength, w_image=self.weights(photo.path), in_place=in_place)

    def lut(self, photo: Photo, view: str = "fitted", grid_size: int = 33, strength: Strength | float = FULL) -> Lut3D:
        """`Retoucher.lut`, with the weights agreed on."""
        return self._retoucher.lut(
            photo, view=view, grid_size=grid_size, strength=strength, w_image=self.weights(photo.path)
        )

    def person_finder(self, photo: Photo) -> Callable[[np.ndarray], np.ndarray] | None:
        """`Retoucher.person_finder`, which no group changes."""
        return self._retoucher.person_finder(photo)

    def mask(self, photo: Photo) -> np.ndarray:
        """`Retoucher.mask`, which no group changes."""
        return self._retoucher.mask(photo)

    def loss(self, photo: Photo, lut: Lut3D, strength: Strength | float = FULL) -> Difference:
        """`Retoucher.loss`, with the weights agreed on."""
        return self._retoucher.loss(photo, lut, strength, self.weights(photo.path))

    def parts_loss(
        self, photo: Photo, person: Lut3D, background: Lut3D, strength: Strength | float = FULL
    ) -> Difference:
        """`Retoucher.parts_loss`, with the weights agreed on."""
        return self._retoucher.parts_loss(photo, person, background, strength, self.weights(photo.path))

    def group_lut(self, group: MatchedGroup, grid_size: int, strength: Strength) -> tuple[Lut3D, list[float]]:
        """One LUT for all photos of a group, and its mean ΔE2000 from each one's own render."""
        weights = group.agreement.weights(self.consistency)
        title = f"{len(group.takes)} takes - {self.name} shared LUT"
        return self._matcher.shared_lut(group.takes, weights, title, grid_size, strength)

    def stages(self, group: MatchedGroup, strength: Strength) -> tuple[list[np.ndarray], ...]:
        """A group's small pictures untouched, each alone, and matched: each (h, w, 3) float32, sRGB-encoded, [0, 1]."""
        alone, agreed = group.agreement.alone, group.agreement.weights(self.consistency)
        renders = (self._matcher.pictures(group.takes, weights, strength) for weights in (alone, agreed))
        return [take.picture for take in group.takes], *renders


def facts_of(photo: Path) -> Facts:
    """What its file says of how it was taken; of one that does not tell, its folder."""
    try:
        return read_facts(photo)
    except PhotoError:  # its pixels were read: it has a folder and looks, if no time
        return Facts(photo)
