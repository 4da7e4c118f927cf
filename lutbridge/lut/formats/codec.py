"""What a LUT format's module provides, what it returns, and how it refuses a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lutbridge.lut.lut3d import LARGEST_GRID, Lut3D


@dataclass(frozen=True)
class Decoded:
    """A file's LUT; anything unusual about the file, in sentences without the path; and its comments."""

    lut: Lut3D
    notices: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    space: tuple[str, str] | None = None  # primaries and curve that the file says the LUT is for, other than sRGB


class Codec(Protocol):
    """The functions of a format's module."""

    def decode(self, data: bytes) -> Decoded:
        """The whole LUT of a file, or RefusedError; memory stays within a small multiple of `Format.most_bytes`."""

    def to_bytes(self, lut: Lut3D, **options) -> bytes:
        """The file; the same LUT and options give the same bytes.

        Raises:
            ValueError: the LUT is not as the format needs it; `Format.prepare` makes it so.
        """


@dataclass(frozen=True)
class Format:
    """One kind of LUT file."""

    name: str  # for --format, messages and --json
    suffixes: tuple[str, ...]  # lower case; the first is the one that is written
    title: str  # for people
    codec: Codec
    most_bytes: int  # larger files are refused unread
    options: tuple[str, ...] = ()  # keyword arguments of `to_bytes` besides the LUT
    plain_only: bool = True  # whether it has neither a domain nor a shaper (`Lut3D.is_plain`)
    clamps: bool = False  # whether it cuts values off at 0 and 1
    holds_comments: bool = False  # whether `to_bytes` takes `comments`, lines of ASCII that `decode` returns
    smallest_grid: int = 2
    largest_grid: int = LARGEST_GRID
    fits: Callable[[int], bool] = lambda M: True  # which grid sizes between those two it can hold

    def grid_size_for(self, M: int) -> int:
        """The grid size for a LUT of grid size M: the next one from M on that the format holds, or its largest."""
        sizes = [size for size in range(self.smallest_grid, self.largest_grid + 1) if self.fits(size)]
        return next((size for size in sizes if size >= M), sizes[-1])

    def prepare(self, lut: Lut3D, grid_size: int | None = None) -> Lut3D:
        """The LUT as this format holds it: itself, or resized and baked, which moves colours between its points.

        Args:
            grid_size: the wanted M. Default: the LUT's own, or its `baked_size` if it is baked.
        """
        if self.plain_only:
            return lut.bake(self.grid_size_for(grid_size or lut.baked_size))
        return lut.resize(self.grid_size_for(grid_size or lut.grid_size))

    def to_bytes(self, lut: Lut3D, comments: Sequence[str] = (), **options) -> bytes:
        """The bytes of a file of this format; deterministic.

        Args:
            comments: lines of ASCII, left out if the format has no comments.
            options: those that `options` names; see the module of the format.
        Raises:
            ValueError: the LUT is not as `prepare` makes it.
        """
        if self.grid_size_for(lut.grid_size) != lut.grid_size or (self.plain_only and not lut.is_plain):
            raise ValueError(f"{self.name} cannot hold this LUT as it is; prepare it first")
        if self.holds_comments and comments:
            options["comments"] = comments
        return self.codec.to_bytes(lut, **options)
