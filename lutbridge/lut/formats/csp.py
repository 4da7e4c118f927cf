"""Rising Sun's cineSpace format, .csp: a curve for each channel (the prelut), then a lattice with red changing fastest.

The preluts say the domain: from their first input to their last. Their outputs are places in the lattice.
"""

import re

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import opencolorio
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.opencolorio import LARGEST_GRID
from lutbridge.lut.formats.title import ascii_line, one_line
from lutbridge.lut.lut3d import Lut3D

_BEGIN = re.compile(rb"(?i)^\s*CSPLUTV100\s+[13]D\s+BEGIN METADATA\s*?[\r\n]")
_END = re.compile(rb"(?i)[\r\n][ \t]*END METADATA")


def to_bytes(lut: Lut3D) -> bytes:
    """The file, float32 to the last bit, with domain and shaper; values may lie outside [0, 1]."""
    if lut.grid_size > LARGEST_GRID:
        raise ValueError(f"a .csp holds a LUT of grid size 2 to {LARGEST_GRID}")
    shaper = np.array([[0.0] * 3, [1.0] * 3]) if lut.shaper is None else lut.shaper
    inputs = np.linspace(*np.array(lut.domain), len(shaper))
    preluts = "".join(f"{len(shaper)}\n{_row(inputs[:, c])}\n{_row(shaper[:, c])}\n" for c in range(3))
    title = ascii_line(lut.title) or "lutbridge"
    head = f"CSPLUTV100\n3D\n\nBEGIN METADATA\n{title}\nEND METADATA\n\n{preluts}\n"
    size = " ".join([str(lut.grid_size)] * 3)
    table = lut.lattice.transpose(2, 1, 0, 3).reshape(-1, 3).tolist()
    return (head + size + "\n" + "".join(f"{r:.9g} {g:.9g} {b:.9g}\n" for r, g, b in table)).encode("ascii")


def decode(data: bytes) -> Decoded:
    """Reads a .csp file with a 3D table, or with curves only; see `codec.Codec`."""
    return opencolorio.decode(data, ".csp", _title(data))


def _title(data):
    """The first line of the metadata; OpenColorIO never comes back from metadata without an end."""
    begin = _BEGIN.match(data)
    if not begin:
        return ""
    end = _END.search(data, begin.end() - 1)
    if not end:
        raise RefusedError("its metadata has no end, so that its table is missing", "copy or export it again")
    texts = data[begin.end() : end.start()].split(b"\n", 16)
    return next(filter(None, (one_line(text.decode("utf-8", "replace")) for text in texts)), "")


def _row(values):
    return " ".join(f"{value:.9g}" for value in values.tolist())
