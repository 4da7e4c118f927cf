"""The Academy / ASC Common LUT Format, .clf: XML with a list of steps, such as a 3D LUT.

Written are a Matrix (the domain), a LUT1D (the shaper) and a LUT3D with blue changing fastest; the first two only where
the LUT has them. OpenColorIO, which reads it for us, would write the last bit of float32 wrongly.

Source: Academy S-2014-006, Common LUT Format 3.0.
"""

import hashlib
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from lutbridge.lut.formats import opencolorio
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.opencolorio import LARGEST_GRID
from lutbridge.lut.formats.title import one_line
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

_DEPTHS = 'inBitDepth="32f" outBitDepth="32f"'


def to_bytes(lut: Lut3D) -> bytes:
    """The file, float32 to the last bit, with domain and shaper; values may lie outside [0, 1]."""
    if lut.grid_size > LARGEST_GRID:
        raise ValueError(f"a .clf holds a LUT of grid size 2 to {LARGEST_GRID}")
    title = one_line(lut.title)
    steps = []
    if lut.domain != UNIT_DOMAIN:
        steps.append(_step("Matrix", "3 4", _scaling(np.array(lut.domain))))
    if lut.shaper is not None:
        steps.append(_step("LUT1D", f"{len(lut.shaper)} 3", lut.shaper))
    size = f"{' '.join([str(lut.grid_size)] * 3)} 3"
    steps.append(_step("LUT3D", size, lut.lattice.reshape(-1, 3), ' interpolation="tetrahedral"'))
    body = f"    <Description>{escape(title)}</Description>\n{''.join(steps)}"
    identity = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    attributes = f'id="{identity}" name={quoteattr(title or "lutbridge")} compCLFversion="3.0"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<ProcessList {attributes}>\n{body}</ProcessList>\n'
    return text.encode("utf-8")


def decode(data: bytes) -> Decoded:
    """Reads a .clf file with any steps; see `codec.Codec`."""
    return opencolorio.decode(data, ".clf")


def _step(kind, size, values, attributes=""):
    table = "\n".join(" ".join(f"{value:.9g}" for value in row) for row in np.asarray(values).tolist())
    return (
        f'    <{kind} {_DEPTHS}{attributes}>\n        <Array dim="{size}">\n{table}\n        </Array>\n    </{kind}>\n'
    )


def _scaling(domain):
    """(3, 4) matrix from the domain to [0, 1], offsets last."""
    low, high = domain
    return np.column_stack([np.diag(1 / (high - low)), -low / (high - low)])
