"""The .3dl format of Autodesk Flame and Lustre: whole numbers, blue changing fastest.

A row of more than three numbers is the shaper, most often evenly spaced; its length says the grid size. Nothing in the
format says how many bits the table's numbers have (only Lustre's "Mesh" line does), so every reader guesses from the
largest one. Written is Flame's form, which darktable, ffmpeg (grid size 17) and OpenColorIO read: a 10-bit shaper row
and 12-bit codes.
"""

import re

import numpy as np

from lutbridge.errors import RefusedError, UsageError
from lutbridge.lut.formats import rows
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.lut3d import Lut3D

GRIDS = (17, 33, 65)  # 2ⁿ + 1, as Lustre and Flame make them
LARGEST_GRID = 129  # that is read
_SHAPER_BITS, _BITS = 10, 12
_MESH = re.compile(rb"mesh\s+(\d{1,2})\s+(\d{1,2})", re.IGNORECASE)
_WORD = re.compile(rb"3dmesh|lut\d*|gamma(\s+[\d.]+)?", re.IGNORECASE)
_LOWEST_PLAUSIBLE = 128  # below, the numbers are no codes


def fits(M: int) -> bool:
    """Whether hosts take grid size M."""
    return M in GRIDS


def to_bytes(lut: Lut3D) -> bytes:
    """The file, at 12 bits; values outside [0, 1] are clamped. It holds no title.

    Raises:
        ValueError: the LUT is not plain, or not of grid size 17, 33 or 65.
        UsageError: nothing in the LUT is brighter than half, so that readers would take its codes for fewer bits.
    """
    if not lut.is_plain or not fits(lut.grid_size):
        raise ValueError("a .3dl holds a plain LUT of grid size 17, 33 or 65")
    M, white = lut.grid_size, 2**_BITS - 1
    codes = np.rint(np.clip(lut.lattice, 0, 1).astype(np.float64) * white).astype(int)
    if codes.max() <= 2 ** (_BITS - 1):
        raise UsageError(
            "nothing in this LUT is brighter than 0.5, so programs would misread it as .3dl; write a .cube"
        )
    shaper = np.rint(np.linspace(0, 2**_SHAPER_BITS - 1, M)).astype(int)
    head = " ".join(map(str, shaper)) + "\n"
    return (head + "".join(f"{r} {g} {b}\n" for r, g, b in codes.reshape(-1, 3).tolist())).encode("ascii")


def decode(data: bytes) -> Decoded:
    """Reads a .3dl file; see `codec.Codec`."""
    text, notices = rows.text_of(data)
    text = _without_footer(text)
    mesh, shaper, number, offset = _head(text)
    M = _grid_size(text, offset, mesh, shaper)
    table, more = rows.parse(text, offset, number, M**3)
    top = table.max()
    if (table != np.rint(table)).any() or table.min() < 0:
        raise RefusedError("its table has fractions or negative numbers, a .3dl holds whole codes from 0 on")
    if not _LOWEST_PLAUSIBLE <= top < 2**17:
        raise RefusedError(
            f"the largest number of its table is {top:g}, between {_LOWEST_PLAUSIBLE} and 65535 was expected"
        )
    bits = mesh[1] if mesh and mesh[1] in (8, 10, 12, 16) else _likely_bits(top)
    if not mesh and not 0.8 <= top / (2**bits - 1) <= 1:
        notices.append(
            f"its codes are taken for {bits} bits, because the largest is {top:g}; it may have been made for others"
        )
    lattice = table.reshape(M, M, M, 3) / np.float32(2**bits - 1)
    return Decoded(Lut3D(lattice, shaper=_curve(shaper)), (*notices, *more))


def _without_footer(text):
    """Lustre ends its files with words."""
    end = len(text)
    for _ in range(rows.MOST_OTHER_LINES):
        if not end:
            break
        start = text.rfind(b"\n", 0, end - 1) + 1
        last = text[start:end].strip()
        if last and not (last.startswith(b"#") or _WORD.fullmatch(last)):
            break
        end = start
    return text[:end]


def _head(text):
    """(grid size, bits) of the Mesh line or None, the shaper's numbers or None, line number and offset of the table."""
    mesh = shaper = None
    for number, offset, line in rows.head(text):
        tokens = line.partition(b"#")[0].split()
        if not tokens or _WORD.fullmatch(line):
            continue
        if match := _MESH.fullmatch(line):
            mesh = 2 ** int(match[1]) + 1, int(match[2])
        elif len(tokens) > 3 and shaper is None:
            shaper = [rows.whole_number(token, f"line {number}: a point of the shaper", 0, 2**17) for token in tokens]
        else:
            return mesh, shaper, number, offset
    raise RefusedError("it ends before its table", "copy or export it again")


def _grid_size(text, offset, mesh, shaper):
    """By the Mesh line, else by the number of rows, else (where that is none's cube) by the length of the shaper."""
    rows_found = rows.count(text, offset, LARGEST_GRID**3)
    side = round(rows_found ** (1 / 3))
    if mesh:
        M = mesh[0]
    elif side**3 == rows_found:
        M = side
    elif shaper:
        M = len(shaper)
    else:
        raise RefusedError(f"its table has {rows_found} rows, which make no cube", "copy or export it again")
    if not 2 <= M <= LARGEST_GRID:
        raise RefusedError(f"its header announces {M} points along an axis, 2 to {LARGEST_GRID} were expected")
    return M


def _likely_bits(top):
    """The depth whose white is closest, as OpenColorIO guesses it; 14 bits are not in use."""
    return next((bits for bits in (8, 10, 12) if top < 2 ** (bits + 1)), 16)


def _curve(shaper):
    """The shaper as (S, 3) places in the lattice, or None where it is evenly spaced to two codes."""
    if shaper is None:
        return None
    points = np.array(shaper, np.float64)
    white = 2 ** _likely_bits(points.max()) - 1
    if max(shaper) < _LOWEST_PLAUSIBLE:
        raise RefusedError(
            f"the largest number of its shaper is {max(shaper)}, at least {_LOWEST_PLAUSIBLE} was expected"
        )
    if (np.abs(points - np.linspace(0, white, len(points))) < 2).all():
        return None
    return np.repeat(points[:, None] / white, 3, axis=1)
