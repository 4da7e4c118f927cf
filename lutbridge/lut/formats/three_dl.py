"""The .3dl format of Autodesk Flame and Lustre: whole numbers, blue changing fastest.

A row of more than three numbers is the shaper, most often evenly spaced; its length says the grid size. Nothing in the
format says how many bits the table's numbers have (only Lustre's "Mesh" line does), so every reader guesses from the
largest one. Written is Flame's form, which darktable, ffmpeg (grid size 17) and OpenColorIO read: a 10-bit shaper row
and 12-bit codes.
"""

import re

import numpy as np

from lutbridge.errors import RefusedError, UsageError
from lutbridge.lut.formats import opencolorio
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.lut3d import Lut3D

GRIDS = (17, 33, 65)  # 2ⁿ + 1, as Lustre and Flame make them
_SHAPER_BITS, _BITS = 10, 12
_NEGATIVE = re.compile(rb"(?m)^[^#\n]*-\d")  # which OpenColorIO takes for colours
_MOST = 2  # times white: beyond, the numbers are no codes of any depth


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
    if _NEGATIVE.search(data):
        raise RefusedError("its table has negative numbers, a .3dl holds whole codes from 0 on")
    decoded = opencolorio.decode(data, ".3dl")
    if (top := decoded.lut.lattice.max()) > _MOST:
        raise RefusedError(f"its largest code is {top:.3g} times that of its bits, so it is no .3dl")
    return decoded
