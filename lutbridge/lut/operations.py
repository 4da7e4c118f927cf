"""Operations on whole LUTs: blending, and measuring an operation's error.

`Lut3D` itself resizes, bakes and composes; `lut.inversion` inverts. A LUT made from others is exact at its lattice
points; between them it interpolates, unlike the LUTs that it was made from. `deviation` measures that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lutbridge.lut.lut3d import UNIT_DOMAIN, Domain, Lut3D

DENSE = 98  # colours along an axis; 97 steps is a prime number, so that few of them are lattice points of any grid
GREYS = 1021  # four for each 8-bit code: curves bend most in the shadows, between the colours of the grid
FALL = 1e-5  # a step down of more than this counts as falling; less is the rounding of files with six places
PIECE = 2**16  # colours looked at at once


@dataclass(frozen=True)
class Deviation:
    """How far apart two maps are: the largest difference of a colour's channels, over a dense grid and many greys.

    Attributes:
        mean, p999, largest: mean, 99.9th percentile and maximum; 1 is the whole range, 1/255 a code value in 8 bits.
    """

    mean: float
    p999: float
    largest: float


def blend(lut: Lut3D, strength: float, base: Lut3D | None = None) -> Lut3D:
    """Part of a LUT: base + strength · (LUT − base), in the values that the LUT gives.

    Args:
        strength: 0 is the base, 1 the LUT.
        base: the identity if there is none.
    Returns:
        A LUT of the larger `baked_size`: plain, or of the LUT's own domain and shaper where that domain is not [0, 1].
    Raises:
        ValueError: the strength is outside [0, 1].

    >>> half = blend(Lut3D(1 - Lut3D.identity(5).lattice), 0.5)
    >>> half.apply([0.0, 0.25, 1.0]).tolist()
    [0.5, 0.5, 0.5]
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"a strength is between 0 and 1, not {strength}")
    has_base, base = base is not None, base or Lut3D.identity(2)
    M = max(lut.baked_size, base.baked_size)
    title = lut.title + (f" {strength:.0%}" if strength < 1 else "")
    if lut.domain == UNIT_DOMAIN:
        lut, before = lut.bake(M), base.bake(M).lattice
    else:
        lut = lut.resize(M)
        before = base.apply(lut.inputs()) if has_base else lut.inputs()
    return replace(lut, lattice=(1 - strength) * before + strength * lut.lattice, title=title)


def falling(lut: Lut3D) -> float:
    """Share of a lattice's steps at which a channel falls while its own input rises: 0 for a monotone LUT.

    A LUT that is not plain is judged on [0, 1].
    """
    lattice = lut.bake().lattice
    steps = [np.diff(lattice[..., c], axis=c) for c in range(3)]
    return float(np.mean([(step < -FALL).mean() for step in steps]))


def deviation(made: Callable, exact: Callable, domain: Domain = UNIT_DOMAIN) -> Deviation:
    """How far a result is from the intended LUT.

    Args:
        made, exact: maps of colours, (..., 3) to (..., 3): `Lut3D.apply` or a function of several.
        domain: the box of colours over which they are compared.

    >>> fine = Lut3D(Lut3D.identity(33).lattice ** 2)
    >>> round(255 * deviation(fine.resize(17).apply, fine.apply).largest, 2)
    0.25
    """
    worst = np.concatenate(
        [
            np.abs(made(colours) - exact(colours)).max(-1)
            for colours in np.array_split(_dense(domain), DENSE**3 // PIECE)
        ]
    )
    return Deviation(float(worst.mean()), float(np.percentile(worst, 99.9)), float(worst.max()))


def _dense(domain):
    """(P, 3) float32: colours on a grid over a domain, to its very ends, and along its diagonal."""
    axes = np.linspace(domain[0], domain[1], DENSE, dtype=np.float32).T
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    return np.concatenate([grid, np.linspace(domain[0], domain[1], GREYS, dtype=np.float32)])
