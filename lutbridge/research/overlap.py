"""Finds matching areas in two takes of a group, and how much their colours differ."""

import warnings
from dataclasses import dataclass

import numpy as np
from skimage.feature import SIFT, match_descriptors
from skimage.measure import ransac
from skimage.transform import SimilarityTransform, warp

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.thumbnail import area_picture

PICTURE_SIDE = 160  # px: at this size what remains of misalignment is less than a pixel
CELL = 8  # px of the picture: means over such squares are compared, so that no edge is compared with its side
FEWEST_INLIERS = 20  # fewer could agree on a transform by chance
LANDMARK_SIDE = 540  # px, longest side of the picture they are looked for in; 40 MP would take minutes and gigabytes
RESIDUAL = 1.5  # px of that picture that an inlier may be off
LEAST_AREA = 0.1  # of the picture: a smaller overlap is not measured


@dataclass(frozen=True)
class Landmarks:
    """What a photo can be found again by.

    Attributes:
        places: (P, 2) x and y in the reduced picture, px.
        descriptors: (P, D).
        reduction: from pixels of the photo to those of the picture.
    """

    places: np.ndarray
    descriptors: np.ndarray
    reduction: SimilarityTransform


def landmarks(image: np.ndarray) -> Landmarks | None:
    """Those of a photo (H, W, 3) uint8; None if there is nothing to see."""
    picture = area_picture(image, LANDMARK_SIDE)
    detector = SIFT(upsampling=1)
    try:
        detector.detect_and_extract(picture.mean(-1, dtype=float))
    except RuntimeError:  # its way of saying so
        return None
    return Landmarks(detector.keypoints[:, ::-1], detector.descriptors, _scaling(image, picture))


def align(first: Landmarks | None, second: Landmarks | None) -> SimilarityTransform | None:
    """The move, turn and scale that take pixels (x, y) of one photo to another of the same thing; None without one.

    Args:
        first, second: of photos whose colours agree, such as two finished takes.
    """
    if first is None or second is None:
        return None
    pairs = match_descriptors(first.descriptors, second.descriptors, max_ratio=0.8, cross_check=True)
    if len(pairs) < FEWEST_INLIERS:
        return None
    moves = first.places[pairs[:, 0]], second.places[pairs[:, 1]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that no sample agreed is seen below
        transform, inliers = ransac(moves, SimilarityTransform, 2, RESIDUAL, max_trials=500, rng=0)
    if inliers is None or inliers.sum() < FEWEST_INLIERS:
        return None
    return SimilarityTransform((first.reduction + transform + second.reduction.inverse).params)


def overlap_difference(first: np.ndarray, second: np.ndarray, transform: SimilarityTransform) -> float:
    """Mean ΔE*ab between two results where both show the same, on reduced pictures; nan if they hardly overlap.

    Args:
        first, second: (H, W, 3) uint8, sRGB-encoded.
        transform: from pixels of the first photo to those of the second.
    """
    a, b = (area_picture(image, PICTURE_SIDE) for image in (first, second))
    down, up = _scaling(first, a), _scaling(second, b)
    moved = warp(b, SimilarityTransform(down.inverse + transform + up), output_shape=a.shape, cval=np.nan)
    cells = [_cells(srgb_to_lab(picture.astype(np.float32))) for picture in (a, moved)]
    shared = np.isfinite(cells[1]).all(-1)
    return float(delta_e_76(*cells)[shared].mean()) if shared.mean() >= LEAST_AREA else float("nan")


def _cells(image):
    """(h, w, 3) to (h / CELL, w / CELL, 3), means; nan for a cell that is not complete."""
    height, width = (side // CELL * CELL for side in image.shape[:2])
    return image[:height, :width].reshape(height // CELL, CELL, width // CELL, CELL, 3).mean((1, 3))


def _scaling(image, picture):
    """From pixels of a photo to those of its reduced picture; pixels are counted from their centres."""
    scale = picture.shape[0] / image.shape[0]
    return SimilarityTransform(scale=scale, translation=(scale / 2 - 0.5,) * 2)
