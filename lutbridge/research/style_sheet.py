"""One picture of held-out photos: the original, the photographer's edit, and the style's result."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lutbridge.files import atomic_write
from lutbridge.research.measure import System
from lutbridge.research.pictures import QUALITY, small_pictures
from lutbridge.train.data.pairs import Pair

CELL = 300  # px, the longest side of a picture
LINE = 22  # px of a caption
MOST_ROWS = 8
COLUMNS = {"source": "before", "target": "yours", "result": "learned"}


def write_style_sheet(path: Path, system: System, pairs: Sequence[Pair]) -> None:
    """Write the sheet as a JPEG: at most MOST_ROWS of the pairs, from all over.

    Raises:
        WriteError: it cannot be written.
    """
    rows = [pairs[i] for i in np.unique(np.linspace(0, len(pairs) - 1, min(MOST_ROWS, len(pairs))).astype(int))]
    pictures = [small_pictures(system, pair, None, CELL) for pair in rows]
    tops = np.cumsum([LINE, *(LINE + len(small["source"]) for small in pictures)])
    sheet = Image.new("RGB", (3 * CELL, int(tops[-1])), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, caption in enumerate(COLUMNS.values()):
        pen.text((column * CELL + 4, 3), caption, "black", font)
    for pair, small, top in zip(rows, pictures, tops[:-1].tolist(), strict=True):
        pen.text((4, top + 3), pair.name.encode("ascii", "replace").decode(), "black", font)
        for column, kind in enumerate(COLUMNS):
            pixels = np.rint(255 * small[kind].clip(0, 1)).astype(np.uint8)
            sheet.paste(Image.fromarray(pixels), (column * CELL, top + LINE))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY)
    atomic_write(path, file.getvalue())
