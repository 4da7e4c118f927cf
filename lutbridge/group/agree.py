"""The door of a group: takes in; out come the weights that make them match, and which takes were matched."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lutbridge.group.features import Features, describe, points
from lutbridge.group.match import match
from lutbridge.group.pictures import rendered
from lutbridge.group.solve import Link, disagreement, look_up, solve, still
from lutbridge.group.take import Take
from lutbridge.lut.inversion import invert
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.network import Look, Network

# ΔE*ab, see `solve`, for each round. The first brings distant takes closer; the second compares its results, and so
# recognises more with fewer errors.
FORGIVEN = (20.0, 8.0)
ALL_PAIRS = 8  # up to this many takes, all pairs are compared
NEXT_TAKES = 2  # in larger groups, takes that follow are compared, and those that look most alike
LIKEST_TAKES = 2
SIGNATURE = 4  # cells per side of the small picture for a first comparison


@dataclass(frozen=True)
class Agreement:
    """What a group agreed on.

    Attributes:
        alone: (T, K) float32, the weights predicted for each take.
        agreed: (T, K) float32, weights that make them match.
        links: (i, j, support) of the pairs that share something; see `match.Match.support`. Index T is the reference.
        left_alone: takes that share nothing with any other and keep their own weights; with a reference, all that no
            chain of links connects to it.
        difference_alone, difference: mean ΔE*ab between takes on what they share, each alone and agreed; nan without
            links.
    """

    alone: np.ndarray
    agreed: np.ndarray
    links: tuple[tuple[int, int, float], ...]
    left_alone: tuple[int, ...]
    difference_alone: float
    difference: float

    def weights(self, consistency: float = 1.0) -> np.ndarray:
        """(T, K) float32: consistency 0 is each take alone, 1 the full match; each picture moves in a straight line."""
        return (self.alone + np.float32(consistency) * (self.agreed - self.alone)).astype(np.float32)


class _Pictures(Sequence):
    """The takes' pictures, each asked for anew: those of thousands would fill the memory."""

    def __init__(self, takes: Sequence[Take]):
        self._takes = takes

    def __len__(self) -> int:
        return len(self._takes)

    def __getitem__(self, index: int) -> np.ndarray:
        return self._takes[index].picture


def agree(
    network: Network,
    takes: Sequence[Take],
    reference: np.ndarray | None = None,
) -> Agreement:
    """Find weights for every take so that what several takes show looks the same in all of them.

    Args:
        takes: in the order in which they were taken, if it is known: neighbours are compared first.
        reference: (h, w, 3) float32, sRGB-encoded, [0, 1], a picture (`image.thumbnail.area_picture`) that the set
            should match; it is not retouched.
    """
    if reference is not None:
        reference = _before_style(network, reference)
    network = network.correction  # takes that agree before a style also agree after it
    looks = [take.look for take in takes]
    alone = np.stack([look.w_image for look in looks]).astype(np.float32)
    start, pictures = alone.astype(float), _Pictures(takes)
    members = look_up(network, pictures, looks)
    if reference is not None:
        members.append(still(reference))
        start = np.vstack([start, np.eye(1, start.shape[1])])
    weights = start
    pairs, links = None, []
    for forgiven in FORGIVEN:
        renders = rendered(network, pictures, _with_weights(looks, weights))
        features = [describe(picture, render) for picture, render in zip(pictures, renders, strict=True)]
        if reference is not None:
            features.append(describe(reference, reference))
        pairs = pairs or _candidates(pictures, features, reference is not None)
        links = _links(pairs, features)
        weights = solve(members, links, weights, forgiven)
    return Agreement(
        alone,
        weights[: len(takes)].astype(np.float32),
        tuple((link.i, link.j, link.match.support) for link in links),
        _left_alone(len(takes), links, reference is not None),
        disagreement(members, links, start),
        disagreement(members, links, weights),
    )


def _before_style(network, picture):
    """The picture that a network's style would make into this one."""
    if network.style is None:
        return picture
    return invert(Lut3D(network.style.clip(0, 1))).lut.apply(picture)


def _with_weights(looks, weights) -> list[Look]:
    return [look.with_weights(row) for look, row in zip(looks, weights, strict=False)]


def _left_alone(T, links, has_reference) -> tuple[int, ...]:
    beside = defaultdict(set)
    for link in links:
        beside[link.i].add(link.j)
        beside[link.j].add(link.i)
    if not has_reference:
        return tuple(t for t in range(T) if t not in beside)
    reached = front = {T}
    while front:
        front = {neighbour for t in front for neighbour in beside[t]} - reached
        reached = reached | front
    return tuple(t for t in range(T) if t not in reached)


def _candidates(pictures, features, has_reference) -> list[tuple[int, int]]:
    """The pairs to compare; each take is also compared with the reference, index T."""
    T = len(pictures)
    with_reference = [(t, T) for t in range(T)] if has_reference else []
    if T <= ALL_PAIRS:
        return sorted([*combinations(range(T), 2), *with_reference])
    paired = [set(range(max(0, t - NEXT_TAKES), min(T, t + NEXT_TAKES + 1))) for t in range(T)]  # with itself, too
    signatures = np.stack([_signature(f, p) for f, p in zip(features, pictures, strict=False)])
    for t in range(T):
        distance = ((signatures - signatures[t]) ** 2).sum(1)
        distance[list(paired[t])] = np.inf
        for likest in np.argpartition(distance, LIKEST_TAKES)[:LIKEST_TAKES].tolist():
            if distance[likest] < np.inf:
                paired[t].add(likest)
                paired[likest].add(t)
    return sorted([(t, other) for t, others in enumerate(paired) for other in others if t < other] + with_reference)


def _signature(features: Features, picture: np.ndarray) -> np.ndarray:
    """The mean colour, CIELAB, in each cell of a coarse grid over the rendered picture."""
    height, width = picture.shape[:2]
    rows, columns = points(picture)
    cell = rows * SIGNATURE // height * SIGNATURE + columns * SIGNATURE // width
    count = np.bincount(cell, minlength=SIGNATURE**2).clip(1)
    return np.stack([np.bincount(cell, c, SIGNATURE**2) / count for c in features.lab.T]).ravel()


def _links(pairs, features) -> list[Link]:
    found = [Link(i, j, match(features[i], features[j])) for i, j in pairs]
    return [link for link in found if link.match is not None and link.match.trust]
