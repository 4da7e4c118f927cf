"""Pictures to look at beside a table: the worst, the median and the darkest-skinned photo, chosen by rule."""

import numpy as np
from PIL import Image

from lutbridge import metrics
from lutbridge.data.ppr10k import Pair
from lutbridge.evaluate.measure import Record, System

GAP = 12  # px of white between the three pictures


def choose(records: list[Record]) -> dict[str, Record]:
    """The worst and the median photo by what was gained over the source in dB, and the one of the darkest group.

    Within the darkest skin-tone group present it is the group's median by the same gain.
    """

    def median(chosen):
        return sorted(chosen, key=lambda r: r.psnr - r.psnr_untouched)[len(chosen) // 2]

    darkest = [g for g in metrics.ITA_GROUPS if any(r.skin_group == g for r in records)][-1]
    return {
        "worst": min(records, key=lambda r: r.psnr - r.psnr_untouched),
        "median": median(records),
        "darkest": median([r for r in records if r.skin_group == darkest]),
    }


def side_by_side(system: System, pair: Pair) -> Image.Image:
    """Source, result and target in a row."""
    source, target, _ = pair.load()
    height, width = source.shape[:2]
    sheet = Image.new("RGB", (3 * width + 2 * GAP, height), "white")
    for i, picture in enumerate((source, system(source), target)):
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (i * (width + GAP), 0))
    return sheet
