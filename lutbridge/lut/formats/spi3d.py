"""Sony Pictures Imageworks' .spi3d: one row a lattice point, with its place and its value; in any order."""

import re

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import opencolorio
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.opencolorio import LARGEST_GRID
from lutbridge.lut.formats.rows import shown
from lutbridge.lut.lut3d import Lut3D

_CHANNELS = re.compile(rb"\s*SPILUT[^\r\n]*[\r\n]+([\d \t]{1,40})[\r\n]")


def to_bytes(lut: Lut3D) -> bytes:
    """The file, float32 to the last bit; values may lie outside [0, 1]. It holds no title."""
    if not lut.is_plain or lut.grid_size > LARGEST_GRID:
        raise ValueError(f"a .spi3d holds a plain LUT of grid size 2 to {LARGEST_GRID}")
    M = lut.grid_size
    places = (f"{r} {g} {b}" for r in range(M) for g in range(M) for b in range(M))
    values = lut.lattice.reshape(-1, 3).tolist()
    table = "".join(f"{place} {r:.9g} {g:.9g} {b:.9g}\n" for place, (r, g, b) in zip(places, values, strict=True))
    return f"SPILUT 1.0\n3 3\n{M} {M} {M}\n{table}".encode("ascii")


def decode(data: bytes) -> Decoded:
    """Reads a .spi3d file; see `codec.Codec`."""
    if (channels := _CHANNELS.match(data)) and channels[1].split() != [b"3", b"3"]:
        raise RefusedError(f"its second line is {shown(channels[1])}, “3 3” was expected (three channels in and out)")
    return opencolorio.decode(data, ".spi3d")
