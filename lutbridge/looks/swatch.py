"""A picture of a style's LUT, without any user's photo: colours before, and below them the same colours after."""

import io

import numpy as np
from PIL import Image

from lutbridge.lut.lattice import interpolate

WIDTH, BAND = 256, 28  # px
# Skin from light to dark, sky, leaves, brick, cloth: sRGB, 8 bit.
COLOURS = (
    (244, 208, 177), (231, 180, 143), (210, 158, 124), (186, 119, 80), (165, 94, 43), (60, 32, 29),
    (110, 150, 195), (95, 120, 70), (150, 80, 60), (200, 190, 175),
)  # fmt: skip


def swatch(lattice: np.ndarray) -> bytes:
    """A JPEG of 256 × 112 px: greys and some colours, and below them the same through the LUT (M, M, M, 3)."""
    greys = np.repeat(np.linspace(0, 1, WIDTH, dtype=np.float32)[:, None], 3, 1)
    cells = np.array(COLOURS, np.float32)[np.arange(WIDTH) * len(COLOURS) // WIDTH] / 255
    rows = [row for line in (greys, cells) for row in (line, interpolate(lattice, line).clip(0, 1))]
    picture = np.repeat(np.stack(rows), BAND, 0)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * picture).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()
