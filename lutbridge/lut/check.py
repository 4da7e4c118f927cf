"""Possible faults of a LUT, in figures: its range, its grey axis, folds, banding, and its tint.

Everything is measured on the LUT as it is applied, tetrahedrally; on [0, 1], even if it has its own domain or a shaper.
Figures are in 8-bit code values, of 255, or are shares.
"""

from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np

from lutbridge.lut.lut3d import Lut3D

Level = Literal["ok", "note", "fault"]

CODES = 255
FOLDED = -1e-3  # volume (1 for the identity) below which a tetrahedron is inside out; above it is rounding
MOST_FOLDED = 0.01  # share of the cube: below, it is corners that photos hardly have
ROUNDING = 1e-5  # of values written with six places, and of float32
TINT = 4  # codes between a grey's channels that are worth a note
FALL = 0.5  # codes by which a channel may fall along the greys: still the same grey
BANDING = 4  # codes between the results of neighbouring 8-bit inputs at which gradients break up


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: for scripts.
        level: "ok", "note" (may be intended) or "fault" (hardly so).
        figure: the measured value.
        sentence: its meaning, for people.
    """

    name: str
    level: Level
    figure: float
    sentence: str


def check(lut: Lut3D, banding: float = BANDING) -> tuple[Finding, ...]:
    """Everything that is looked at, in one order.

    Args:
        banding: the largest accepted gap, in code values, between the results of neighbouring 8-bit inputs.

    >>> [finding.name for finding in check(Lut3D(1.2 * Lut3D.identity(9).lattice)) if finding.level == "note"]
    ['range']
    """
    lattice = lut.bake().lattice.astype(np.float64)
    return (_range(lattice), _grey_axis(lattice), _folds(lattice), _banding(lattice, banding), _tint(lattice))


def _range(lattice):
    low, high = lattice.min(), lattice.max()
    beyond = float(max(-low, high - 1, 0))
    level = "note" if beyond > ROUNDING else "ok"
    share = float(((lattice < -ROUNDING) | (lattice > 1 + ROUNDING)).any(-1).mean())
    sentence = f"values from {low:.4f} to {high:.4f}"
    if level == "note":
        sentence += f"; {max(share, 1e-4):.2%} of the entries lie outside 0 to 1, and a photo cannot hold those"
    return Finding("range", level, CODES * beyond, sentence)


def _grey_axis(lattice):
    grey = np.einsum("iiic->ic", lattice)
    fall = CODES * float((np.maximum.accumulate(grey) - grey).max())
    if fall <= FALL:
        return Finding("grey axis", "ok", fall, "rises from black to white in every channel")
    at, channel = np.unravel_index((np.maximum.accumulate(grey) - grey).argmax(), grey.shape)
    place = CODES * at / (len(grey) - 1)
    sentence = (
        f"{('red', 'green', 'blue')[channel]} falls by {fall:.1f} codes up to grey {place:.0f}: "
        "non-monotonic, tones swap places"
    )
    return Finding("grey axis", "fault", fall, sentence)


def _folds(lattice):
    M, folded, worst, where = len(lattice), 0, 0.0, None
    for layer in range(M - 1):  # one layer of cells at a time, as a large lattice has a hundred million tetrahedra
        volumes = _volumes(lattice[layer : layer + 2])
        folded += np.count_nonzero(volumes < FOLDED)
        if volumes.min() < worst:
            worst, where = volumes.min(), (layer, *np.unravel_index(volumes.min(0).argmin(), volumes.shape[1:]))
    if not folded:
        return Finding("folds", "ok", 0.0, "none: no colours swap places")
    share = folded / (6 * (M - 1) ** 3)
    colour = " ".join(f"{CODES * (place + 0.5) / (M - 1):.0f}" for place in where)
    sentence = f"{max(share, 1e-4):.2%} of the colour cube is turned inside out, most around {colour}"
    return Finding("folds", "fault" if share > MOST_FOLDED else "note", share, sentence)


def _volumes(layers):
    """(6, M−1, M−1): the Jacobian determinant in the six tetrahedra of each cell between two layers (2, M, M, 3).

    1 for the identity.
    """
    M = layers.shape[1]
    parts = (slice(0, M - 1), slice(1, M))
    corner = {(i, j, k): layers[i, parts[j], parts[k]] for i, j, k in np.ndindex(2, 2, 2)}
    volumes = np.empty((6, M - 1, M - 1))
    for volume, path in zip(volumes, permutations(range(3)), strict=True):
        edges, here = [None] * 3, (0, 0, 0)
        for axis in path:  # each step of the path is the derivative along its axis
            there = tuple(1 if c == axis else p for c, p in enumerate(here))
            edges[axis] = np.moveaxis((corner[there] - corner[here]) * (M - 1), -1, 0)
            here = there
        (a, b, c), (d, e, f), (g, h, i) = edges
        volume[:] = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return volumes


def _banding(lattice, most):
    """Along an axis the LUT is linear between lattice points, so its steepest edge is its largest step."""
    steps = [np.abs(np.diff(lattice, axis=axis)).max() for axis in range(3)]
    steps.append(np.abs(np.diff(np.einsum("iiic->ic", lattice), axis=0)).max())
    largest = float(max(steps)) * (len(lattice) - 1)  # in output codes for each input code
    sentence = f"neighbouring 8-bit inputs come out at most {largest:.1f} codes apart"
    if largest > most:
        return Finding("banding", "fault", largest, f"{sentence}, {most:g} are allowed: gradients may break up")
    return Finding("banding", "ok", largest, sentence)


def _tint(lattice):
    grey = np.einsum("iiic->ic", lattice)
    tint = CODES * float(np.ptp(grey, axis=1).max())
    at = CODES * np.ptp(grey, axis=1).argmax() / (len(grey) - 1)
    sentence = (
        f"greys are tinted by up to {tint:.1f} codes, most at grey {at:.0f}" if tint > FALL else "greys stay grey"
    )
    return Finding("neutral drift", "note" if tint > TINT else "ok", tint, sentence)
