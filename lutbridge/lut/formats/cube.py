"""The .cube format (Adobe Cube LUT Specification 1.0), in the form every host reads.

TITLE, then LUT_3D_SIZE, then the table with red changing fastest; no DOMAIN lines, as the domain is [0, 1], which is
the default; ASCII, a dot as decimal mark, LF; values clamped to [0, 1], since some hosts warn or misread others.
"""

import unicodedata

import numpy as np

from lutbridge.lut.lut3d import Lut3D

MOST_TITLE = 200  # bytes; the specification caps a line at 250


def to_bytes(lut: Lut3D) -> bytes:
    """The file's bytes; the same LUT gives the same bytes."""
    head = f'TITLE "{_ascii(lut.title)}"\nLUT_3D_SIZE {lut.grid_size}\n'
    planes = np.clip(lut.lattice, 0, 1).transpose(2, 1, 0, 3)  # blue slowest, red fastest
    return b"".join([head.encode("ascii"), *map(_rows, planes)])


def _rows(plane):
    """One plane of equal blue as text; planes one by one, since Python's floats take ten times a table's room."""
    return "".join(f"{r:.6f} {g:.6f} {b:.6f}\n" for r, g, b in plane.reshape(-1, 3).tolist()).encode("ascii")


def _ascii(title):
    """The title without quotes, control characters, accents and whatever else ASCII lacks."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    plain = "".join(c if c.isprintable() and c != '"' else " " for c in plain)
    return " ".join(plain.split())[:MOST_TITLE]
