"""Describes points spread over a rendered picture by features that hardly change with the light."""

from dataclasses import dataclass

import numpy as np

from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.filters import box_mean

STRIDE = 8  # px of the picture between two points
SCALES = (3, 13, 41)  # px of the picture, sides of the squares that are a point, its surroundings, its neighbourhood
TEXTURE_SIDE = 11  # px of the picture over which contrast is averaged
FEWEST_POINTS = 12  # in a picture with fewer usable ones nothing can be recognised
# A point with a clipped channel says little about its surface.
DARKEST, BRIGHTEST = 0.02, 0.98  # sRGB-encoded

# What counts as a difference of one, for each thing that is compared.
CONTEXT_UNIT = 8.0  # ΔE*ab between a point and its surroundings
TEXTURE_UNIT = 0.5  # natural log of the local contrast
POSITION_UNIT = 0.25  # of the picture's long side: takes are framed alike more often than not
CONTRAST_FLOOR = 0.8  # L* per px, below which contrast is noise


@dataclass(frozen=True)
class Features:
    """P points of one picture.

    Attributes:
        surroundings: (P, 9) float32, scaled so that 1 is a noticeable difference: a point's colour relative to its
            surroundings, and these relative to theirs; texture; place. A shift of the whole picture in CIELAB does
            not change them.
        lab: (P, 3) float32, the points' colours, CIELAB (D65).
        usable: (P,) bool, no channel of the photo clipped.
        is_monochrome: the picture has no colours.
    """

    surroundings: np.ndarray
    lab: np.ndarray
    usable: np.ndarray
    is_monochrome: bool


def points(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (P,) of the points of a picture (h, w, 3)."""
    height, width = picture.shape[:2]
    top, left = (min(STRIDE, side) // 2 for side in (height, width))  # even a sliver has a point
    rows, columns = np.mgrid[top:height:STRIDE, left:width:STRIDE]
    return rows.ravel(), columns.ravel()


def smoothed(picture: np.ndarray, side: int = SCALES[0]) -> np.ndarray:
    """A picture (h, w, C), each pixel the mean of a square of side px around it; the border is replicated."""
    return box_mean(picture, side)


def describe(picture: np.ndarray, rendered: np.ndarray) -> Features:
    """Describe a picture as its render shows it.

    Differently exposed takes of one scene look alike once each is retouched, so the renders are compared.

    Args:
        picture: (h, w, 3) float32, sRGB-encoded, [0, 1].
        rendered: the same, retouched.
    """
    height, width = picture.shape[:2]
    at = points(picture)
    lab = srgb_to_lab(rendered)
    means = [smoothed(lab, side) for side in SCALES]
    point, around, part = (mean[at] for mean in means)
    down, right = np.gradient(means[0][..., 0]) if min(height, width) > 1 else np.zeros((2, height, width))
    # The filter's running sums can round below zero where a picture goes from busy to flat.
    contrast = np.sqrt(np.maximum(smoothed((down**2 + right**2)[..., None], TEXTURE_SIDE)[at], 0))
    place = np.stack([at[0] - height / 2, at[1] - width / 2], -1) / max(height, width)
    surroundings = [
        (point - around) / CONTEXT_UNIT,
        (around - part) / CONTEXT_UNIT,
        np.log(contrast + CONTRAST_FLOOR) / TEXTURE_UNIT,
        place / POSITION_UNIT,
    ]
    usable = (picture[at].min(-1) > DARKEST) & (picture[at].max(-1) < BRIGHTEST)
    monochrome = bool(np.ptp(picture, axis=-1).max(initial=0) < 0.01)
    return Features(np.concatenate(surroundings, -1).astype(np.float32), point, usable, monochrome)
