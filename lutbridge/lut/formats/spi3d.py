"""Sony Pictures Imageworks' .spi3d: one row a lattice point, with its place and its value; in any order."""

from itertools import islice

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import rows
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.lut3d import Lut3D

LARGEST_GRID = 129  # lattice points along an axis, of OpenColorIO


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
    text, notices = rows.text_of(data)
    head = list(islice((line for line in rows.head(text) if line[2] and not line[2].startswith(b"#")), 4))
    M = _grid_size(head)
    number, offset, _ = head[3]
    table, more = rows.parse(text, offset, number, M**3, columns=6)
    return Decoded(Lut3D(_lattice(table, M)), (*notices, *more))


def _grid_size(head):
    if len(head) < 4:
        raise RefusedError("it ends before its table", "copy or export it again")
    (first, _, mark), (second, _, dimensions), (third, _, sizes) = head[:3]
    if not mark.upper().startswith(b"SPILUT"):
        raise RefusedError(f"line {first} is {rows.shown(mark)}, “SPILUT 1.0” was expected")
    if dimensions.split() != [b"3", b"3"]:
        raise RefusedError(f"line {second} is {rows.shown(dimensions)}, “3 3” was expected (three channels in and out)")
    if len(sizes.split()) != 3 or len(set(sizes.split())) != 1:
        raise RefusedError(f"line {third} is {rows.shown(sizes)}, three equal sizes were expected")
    return rows.whole_number(sizes.split()[0], f"line {third}: the size", 2, LARGEST_GRID)


def _lattice(table, M):
    places = table[:, :3]
    if (places != np.rint(places)).any() or places.min() < 0 or places.max() >= M:
        row = np.flatnonzero(((places != np.rint(places)) | (places < 0) | (places >= M)).any(1))[0]
        where = " ".join(f"{index:g}" for index in places[row])
        raise RefusedError(f"row {row + 1} of its table is for lattice point {where}, 0 to {M - 1} were expected")
    flat = (places.astype(np.int64) * (M * M, M, 1)).sum(1)
    seen = np.bincount(flat, minlength=M**3)
    if (seen != 1).any():
        r, rest = divmod(int(np.flatnonzero(seen != 1)[0]), M * M)
        times = seen[seen != 1][0]
        raise RefusedError(f"lattice point {r} {rest // M} {rest % M} stands {times} times in its table, not once")
    lattice = np.empty((M**3, 3), np.float32)
    lattice[flat] = table[:, 3:]
    return lattice.reshape(M, M, M, 3)
