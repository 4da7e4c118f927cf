"""How alike two takes are: their shared content, and the colours of the background."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.features import Features, describe
from lutbridge.group.filters import gaussian_blur
from lutbridge.group.match import match

# The background of a portrait, as shares of the sides: a band along the top, and one down both sides to the shoulders.
BAND, SHOULDERS = 0.2, 0.6
BINS, RANGE = (24, 36, 36), ((0.0, 100.0), (-60.0, 60.0), (-60.0, 60.0))  # of L*, a*, b*
BLUR = 1.0  # bins
COARSE = 4  # bins along each side of the cubes by which pairs are told apart that cannot be alike
# Half of all people stand in front of a white or grey wall, which says little; a colour says more: about the logarithm
# of how rare its chroma (CIELAB) is behind people, in the portraits of benchmarks/groups.py.
COMMON, NEUTRAL = 3.0, 5.0
MOST_SUPPORT = 0.25  # more support adds nothing
# Logistic regression over pairs of unchanged portraits, of one scene and of different ones. On the degraded takes of
# benchmarks/groups.py, --fit finds 38.9, 2.7 and -10.6, which group as well, but leave more pairs to the slow part.
OF_SUPPORT, OF_BACKGROUND, OFFSET = 23.5, 4.2, -14.6


@dataclass(frozen=True)
class Appearance:
    """Summary of a take, for recognising its scene.

    Attributes:
        features: of its points.
        background: (24 · 36 · 36,) float32, the root of the distribution of the background's colours in CIELAB, each
            weighed by the root of its evidence.
    """

    features: Features
    background: np.ndarray


def appearance(picture: np.ndarray, rendered: np.ndarray) -> Appearance:
    """Look at a take.

    Args:
        picture: (h, w, 3) float32, sRGB-encoded, [0, 1].
        rendered: the same, retouched, so that differently exposed takes look alike.
    """
    lab = srgb_to_lab(np.clip(rendered, 0, 1))
    height, width = lab.shape[:2]
    across = np.arange(width)
    sides = np.minimum(across, width - 1 - across) < BAND * width
    down = np.arange(height)[:, None]
    background = lab[(down < BAND * height) | ((down < SHOULDERS * height) & sides)]
    counts, _ = np.histogramdd(np.clip(background, *zip(*RANGE, strict=True)), BINS, RANGE)
    shares = gaussian_blur(counts.astype(np.float32), BLUR)
    return Appearance(describe(picture, rendered), np.sqrt(shares / shares.sum() * _weights()).ravel())


@cache
def _weights() -> np.ndarray:
    """(24, 36, 36) float32, the evidence of a background colour."""
    _, a, b = np.meshgrid(
        *(np.linspace(*ends, 2 * n + 1)[1::2] for n, ends in zip(BINS, RANGE, strict=True)), indexing="ij"
    )
    return (COMMON + np.log1p((a**2 + b**2) / NEUTRAL**2)).astype(np.float32)


def likeness(a: Appearance, b: Appearance) -> float:
    """The natural log of the odds that two takes are of one scene, by their appearance alone; even odds before."""
    odds = OFFSET + OF_BACKGROUND * float(a.background @ b.background)  # Bhattacharyya's coefficient, weighed
    if odds + OF_SUPPORT * MOST_SUPPORT < 0:
        return odds  # no shared content could make up for this; most pairs of a shoot end here
    found = match(a.features, b.features)
    return odds + OF_SUPPORT * min(found.support, MOST_SUPPORT) if found else odds


class Likenesses:
    """`likeness` by index, each pair looked at once; and what it can be at most, which is much faster to tell.

    Args:
        appearances: of the photos of a shoot.

    Attributes:
        compared: the pairs that were looked at, and how alike they are.
    """

    def __init__(self, appearances: Sequence[Appearance]):
        self._appearances = appearances
        self.compared: dict[tuple[int, int], float] = {}
        self._coarse: dict[int, np.ndarray] = {}

    def __call__(self, i: int, j: int) -> float:
        pair = (i, j) if i < j else (j, i)
        if pair not in self.compared:
            self.compared[pair] = likeness(*(self._appearances[photo] for photo in pair))
        return self.compared[pair]

    def outline(self, photos: Sequence[int]) -> np.ndarray:
        """What `most` tells the likeness of several photos by: (D,) float32."""
        for photo in photos:
            if photo not in self._coarse:
                self._coarse[photo] = _coarse(self._appearances[photo].background)
        return np.mean([self._coarse[photo] for photo in photos], 0)

    @staticmethod
    def most(outline: np.ndarray, outlines: np.ndarray) -> np.ndarray:
        """What the mean likeness between one set of photos and each of several can be at most.

        Args:
            outline: of the one, (D,) float32.
            outlines: of the others, (S, D) float32.
        Returns:
            (S,) float32.
        """
        return OFFSET + OF_BACKGROUND * (outlines @ outline) + OF_SUPPORT * MOST_SUPPORT


def _coarse(background: np.ndarray) -> np.ndarray:
    """Roots of the shares of larger bins: their products are never below those of the smaller bins (Cauchy–Schwarz)."""
    parts = [side for n in BINS for side in (n // COARSE, COARSE)]
    return np.sqrt((background.reshape(parts) ** 2).sum((1, 3, 5))).ravel()
