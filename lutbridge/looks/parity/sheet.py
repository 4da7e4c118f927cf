"""A contact sheet of one photo in several programs: each result, and below it a map of the differences."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lutbridge.looks.parity.compare import Parity

TILE, GAP, TEXT = 380, 14, 52  # px: width of a tile, between tiles, and the height of two lines
IN_A_ROW = 5
# Pillow's own font has no Δ.
MOST = 5.0  # ΔE2000 shown as white
INK, PAPER = (34, 34, 34), (255, 255, 255)


def draw(title: str, before: np.ndarray, ours: np.ndarray, found: Sequence[Parity]) -> bytes:
    """The sheet, as a PNG.

    Args:
        before, ours: (H, W, 3), [0, 1], sRGB: the photo, and through the LUT by lutbridge.
        found: programs without a result are left out.
    """
    found = [parity for parity in found if parity.result is not None]
    columns = [("photo", "before", before, None), ("lutbridge", "tetrahedral, in float", ours, None)]
    columns += [
        (
            f"{parity.program.name} {parity.version}",
            f"dE2000 mean {parity.delta_e.mean():.2f}",
            parity.result,
            parity.delta_e,
        )
        for parity in found
    ]
    height = round(TILE * before.shape[0] / before.shape[1])
    block = TEXT + 2 * height + 2 * GAP
    rows = -(-len(columns) // IN_A_ROW)
    size = (GAP + min(len(columns), IN_A_ROW) * (TILE + GAP), 3 * GAP + 24 + rows * block)
    sheet = Image.new("RGB", size, PAPER)
    pen, font, small = ImageDraw.Draw(sheet), ImageFont.load_default(20), ImageFont.load_default(16)
    pen.text((GAP, GAP), f"{title}   (below each: dE2000 to lutbridge, black 0, white {MOST:g} and more)", INK, font)
    for number, (name, line, picture, delta_e) in enumerate(columns):
        left = GAP + number % IN_A_ROW * (TILE + GAP)
        top = 2 * GAP + 24 + number // IN_A_ROW * block
        pen.text((left, top), name, INK, small)
        pen.text((left, top + 20), line, INK, small)
        sheet.paste(_tile(picture, height), (left, top + TEXT - 8))
        if delta_e is not None:
            grey = np.repeat(np.clip(delta_e / MOST, 0, 1)[..., None], 3, -1)
            sheet.paste(_tile(grey, height), (left, top + TEXT - 8 + height + GAP // 2))
    png = io.BytesIO()
    sheet.save(png, "png")
    return png.getvalue()


def _tile(picture, height):
    return Image.fromarray(np.rint(255 * picture).astype(np.uint8)).resize((TILE, height), Image.Resampling.BOX)
