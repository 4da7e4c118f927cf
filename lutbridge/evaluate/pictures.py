"""Pictures to look at beside a table: the worst, the median and the darkest-skinned photo, chosen by rule."""

import numpy as np
from PIL import Image

from lutbridge import metrics
from lutbridge.data.ppr10k import Pair
from lutbridge.evaluate.measure import Record, System
from lutbridge.image.codes import to_8_bit

GAP = 12  # px of white between the three pictures


def choose(records: list[Record]) -> dict[str, Record]:
    """The worst and the median photo by what was gained over the source in dB, and one of the darkest skin-tone group.

    The latter is that group's median by the same gain; it is left out where no photo shows enough skin.
    """

    def median(chosen):
        return sorted(chosen, key=lambda r: r.psnr - r.psnr_untouched)[len(chosen) // 2]

    chosen = {"worst": min(records, key=lambda r: r.psnr - r.psnr_untouched), "median": median(records)}
    for group in metrics.ITA_GROUPS:  # from light to dark; the last that is there stays
        members = [r for r in records if r.skin_group == group]
        if members:
            chosen["darkest"] = median(members)
    return chosen


def side_by_side(system: System, pair: Pair) -> Image.Image:
    """Source, result and target in a row."""
    source, target, _ = pair.load()
    height, width = source.shape[:2]
    pictures = (to_8_bit(image) for image in (source, system(source), target))
    sheet = Image.new("RGB", (3 * width + 2 * GAP, height), "white")
    for i, picture in enumerate(pictures):
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (i * (width + GAP), 0))
    return sheet
