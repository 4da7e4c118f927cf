"""The value type of a 3D LUT."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from lutbridge.lut.lattice import identity_lattice

Domain = tuple[tuple[float, float, float], tuple[float, float, float]]

UNIT_DOMAIN: Domain = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
LARGEST_GRID = 256  # lattice points along an axis, of the largest host; 201 MB
BAKED_GRID = 65  # least number of lattice points per axis if a shaper or domain is baked in


@dataclass(frozen=True, eq=False)
class Lut3D:
    """A 3D LUT: colours in, colours out, in any colour space.

    A colour is clamped to the domain, goes through the shaper if there is one, and is looked up in the lattice,
    whose points are evenly spaced across the domain.

    Attributes:
        lattice: (M, M, M, 3) float32, finite, indexed [r, g, b]; the values the lattice points map to. Read-only.
        title: one line for people; written into files that can hold one.
        domain: (r, g, b) of the first and of the last lattice point; [0, 1] on every axis unless said otherwise.
        shaper: (S, 3) float32, finite, or None: one curve for r, g and b each, sampled at S uniform places of the
            domain; its values are places in the lattice, 0 the first point and 1 the last, clamped. Read-only.
    Raises:
        ValueError: the lattice is not a cube of 2 to 256 finite points an axis, or the domain or shaper is
            invalid.

    >>> darker = Lut3D(0.5 * Lut3D.identity(17).lattice, "half as much")
    >>> darker.apply([0.25, 0.5, 1.0]).tolist()
    [0.125, 0.25, 0.5]
    >>> (darker @ darker).apply([0.25, 0.5, 1.0]).tolist()
    [0.0625, 0.125, 0.25]
    """

    lattice: np.ndarray
    title: str = ""
    domain: Domain = UNIT_DOMAIN
    shaper: np.ndarray | None = None

    def __post_init__(self):
        lattice = _kept(self.lattice)
        M = len(lattice)
        if lattice.shape != (M, M, M, 3) or not 2 <= M <= LARGEST_GRID:
            raise ValueError(f"a lattice is (M, M, M, 3) with M from 2 to {LARGEST_GRID}, not {lattice.shape}")
        if not np.isfinite(lattice).all():
            raise ValueError("the lattice holds values that are not finite")
        object.__setattr__(self, "lattice", lattice)
        object.__setattr__(self, "domain", _checked_domain(self.domain))
        if self.shaper is not None:
            object.__setattr__(self, "shaper", _checked_shaper(self.shaper))

    @classmethod
    def identity(cls, grid_size: int, title: str = "identity") -> "Lut3D":
        """The LUT that changes nothing on the unit cube.

        Args:
            grid_size: M, lattice points along an axis, 2 to 256.
        """
        return cls(identity_lattice(grid_size), title)

    @property
    def grid_size(self) -> int:
        """M, lattice points along an axis."""
        return len(self.lattice)

    @property
    def is_plain(self) -> bool:
        """Whether the lattice says everything: the domain is the unit cube and there is no shaper."""
        return self.domain == UNIT_DOMAIN and self.shaper is None

    @property
    def baked_size(self) -> int:
        """The grid size for baking this LUT into one lattice: its own, but 65 or more if it is not plain.

        A shaper bends between lattice points, and a domain ends there; a 1D LUT is a lattice of 2 behind its curves.
        """
        return self.grid_size if self.is_plain else max(self.grid_size, BAKED_GRID)

    def apply(self, rgb: np.ndarray, interpolation: str = "tetrahedral") -> np.ndarray:
        """Map colours through the LUT.

        Args:
            rgb: (..., 3) float; values outside the domain are clamped to it (Cube LUT Specification 1.0).
            interpolation: "trilinear" or "tetrahedral".
        Returns:
            (..., 3) float32, in the lattice's range.
        Raises:
            ValueError: no such interpolation, or the last axis is not 3 long.
        """
        places = self._places(_colours(rgb)).astype(np.float32, copy=False)
        return self._look_up(places, interpolation)[0]

    def apply_to_codes(self, codes: np.ndarray, out: np.ndarray | None = None) -> tuple[np.ndarray, int]:
        """Map a photo through the LUT, tetrahedrally, some 100 million pixels a second and core; of a plain LUT only.

        Args:
            codes: (..., 3) uint8 or uint16, any strides; the largest code is 1.
            out: array for the result, may be `codes`; a new array if None.
        Returns:
            Codes of the same shape and dtype, rounded to nearest and clamped; and the number of newly clipped pixels.
        Raises:
            ValueError: the LUT has a domain of its own or a shaper; `bake` it. Or the codes are of another shape or
                dtype.
        """
        if not self.is_plain:
            raise ValueError("codes are looked up in plain LUTs only; bake this one")
        if codes.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"codes are uint8 or uint16, not {codes.dtype}")
        return self._look_up(_colours(codes), "tetrahedral", out)

    def _look_up(self, values, interpolation, out=None):
        from lutbridge.lut.lookup import look_up  # here, because Numba takes half a second to import

        return look_up(self._points, self.grid_size, values, interpolation, out)

    @cached_property
    def _points(self):
        from lutbridge.lut.lookup import pad

        return pad(self.lattice)

    def _places(self, rgb):
        """Where colours (..., 3) are in the lattice, 0 the first point and 1 the last; not yet clamped."""
        if self.domain != UNIT_DOMAIN:
            low, high = np.asarray(self.domain)
            with np.errstate(over="ignore"):  # of a tiny domain; colours are clamped to its ends
                rgb = np.clip((rgb - low) / (high - low), 0, 1)
        if self.shaper is None:
            return rgb
        axis = np.linspace(0, 1, len(self.shaper))
        return np.stack([np.interp(rgb[..., c], axis, self.shaper[:, c]) for c in range(3)], -1)

    def resize(self, grid_size: int) -> "Lut3D":
        """The same LUT with another grid size: its lattice, tetrahedrally interpolated; domain and shaper stay.

        Args:
            grid_size: M, lattice points along an axis, 2 to 256.

        >>> Lut3D.identity(33).resize(17).grid_size
        17
        """
        if grid_size == self.grid_size:
            return self
        return replace(self, lattice=Lut3D(self.lattice).apply(Lut3D.identity(grid_size).lattice))

    def inputs(self) -> np.ndarray:
        """(M, M, M, 3) float32: the input colours of the lattice points; the shaper has to rise.

        A colour on a level part of a shaper is the lowest of those that lead to the same point.
        """
        places = np.linspace(0, 1, self.grid_size)
        low, high = np.asarray(self.domain)
        axes = np.stack([places] * 3, -1)
        if self.shaper is not None:
            at = np.linspace(0, 1, len(self.shaper))
            curves = np.maximum.accumulate(self.shaper.astype(np.float64))
            axes = np.stack([np.interp(places, curves[:, c], at) for c in range(3)], -1)
        axes = low + axes * (high - low)
        return np.stack(np.meshgrid(*axes.T, indexing="ij"), -1).astype(np.float32)

    def bake(self, grid_size: int | None = None) -> "Lut3D":
        """The LUT on the unit cube and without a shaper, for formats that have neither; itself if it has neither.

        Args:
            grid_size: M of the result; `baked_size` unless said otherwise.
        """
        M = grid_size or self.baked_size
        if self.is_plain:
            return self.resize(M)
        return Lut3D(self.apply(Lut3D.identity(M).lattice), self.title)

    def __matmul__(self, first: "Lut3D") -> "Lut3D":
        """`second @ first`: one LUT for both, the right one applied first, as with matrices; see `compose`."""
        return compose((first, self))


def compose(luts: Sequence[Lut3D], grid_size: int | None = None) -> Lut3D:
    """One LUT for several, the first one applied first.

    It has the domain and shaper of the first, and all titles. Exact at its lattice points; `lut.operations.deviation`
    says how far it is off between them.

    Args:
        grid_size: M of the result; unless said otherwise the largest of the first one's own and the others'
            `baked_size`.
    """
    first, *others = luts
    made = first.resize(grid_size or max([first.grid_size, *(lut.baked_size for lut in others)]))
    lattice = reduce(lambda colours, lut: lut.apply(colours), others, made.lattice)
    return replace(made, lattice=lattice, title=", then ".join(lut.title for lut in luts if lut.title))


def _colours(values):
    values = np.asarray(values)
    if values.shape[-1:] != (3,):
        raise ValueError(f"colours are (..., 3), not {values.shape}")
    return values


def _kept(values):
    """A read-only float32 copy."""
    values = np.array(values, np.float32)
    values.flags.writeable = False
    return values


def _checked_domain(domain) -> Domain:
    ends = np.array(domain, np.float64)
    if ends.shape != (2, 3) or not np.isfinite(ends).all() or not (ends[0] < ends[1]).all():
        raise ValueError(f"a domain is ((r, g, b), (r, g, b)), finite, the first below the second, not {domain}")
    low, high = (tuple(end) for end in ends.tolist())
    return low, high


def _checked_shaper(shaper):
    shaper = _kept(shaper)
    if shaper.ndim != 2 or shaper.shape[1] != 3 or len(shaper) < 2:
        raise ValueError(f"a shaper is (S, 3) with S ≥ 2, not {shaper.shape}")
    if not np.isfinite(shaper).all():
        raise ValueError("the shaper holds values that are not finite")
    return shaper
