"""Checks by their edges whether two versions of a photo line up; edges survive a change of colours."""

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, sobel

from lutbridge.image.thumbnail import area_resized

SIDE = 512  # px, longest side of the compared pictures
TOLERANCE = 0.004  # of the longest side, that a quarter may be displaced: 2 px in training
LEAST_LIKENESS = 0.3  # correlation of edges below which two pictures do not show the same


def misalignment(before: np.ndarray, after: np.ndarray) -> str:
    """Why two pictures of one size do not line up, as the end of a sentence; "" if they do.

    The pictures' quarters are compared as well as the whole, so that a straightened horizon or a corrected lens, which
    leave the middle in its place, are found.

    Args:
        before, after: (H, W, 3) uint8 or uint16 codes.
    """
    scale = min(1, SIDE / max(before.shape))
    size = [max(8, round(side * scale)) for side in before.shape[:2]]
    edges = [_edges(area_resized(picture, *size)) for picture in (before, after)]
    likeness, shift = _best_shift(*edges)
    if likeness < LEAST_LIKENESS:
        return f"does not show the same: a crop or another photo (likeness {likeness:.2f}, least {LEAST_LIKENESS:g})"
    shifts = [shift] + [found for found in map(_shift_of, *(_quarters(e) for e in edges)) if found is not None]
    farthest = max(shifts) / max(size)
    if farthest > TOLERANCE:
        return f"is moved by {farthest:.1%} of its longest side in places (a crop, a straightened or corrected picture)"
    return ""


def _shift_of(before, after):
    """px; None if there is too little to see."""
    likeness, shift = _best_shift(before, after)
    return shift if likeness >= LEAST_LIKENESS else None


def _edges(picture):
    """(h, w): strength of edges relative to their surroundings, so that exposure and contrast do not count."""
    light = picture.mean(-1)
    strength = np.hypot(sobel(light, 0), sobel(light, 1))
    return strength / (gaussian_filter(strength, 8) + 0.02)


def _quarters(edges):
    height, width = (side // 2 for side in edges.shape)
    return [edges[top : top + height, left : left + width] for top in (0, height) for left in (0, width)]


def _best_shift(before, after):
    """The greatest correlation of two pictures of one size over all shifts, and that shift in px."""
    shape = [next_fast_len(2 * side, real=True) for side in before.shape]
    spectra = [rfft2(edges - edges.mean(), shape) for edges in (before, after)]
    correlation = irfft2(spectra[0].conj() * spectra[1], shape)
    norm = np.sqrt(before.var() * after.var()) * before.size
    if norm < 1e-9:
        return 0.0, 0.0
    place = np.unravel_index(correlation.argmax(), correlation.shape)
    offset = [p - n if p > n // 2 else p for p, n in zip(place, shape, strict=True)]
    return float(correlation[place] / norm), float(np.hypot(*offset))
