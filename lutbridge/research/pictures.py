"""Photos to look at with a table, chosen by rule, and their pictures."""

import io

import numpy as np
from PIL import Image

from lutbridge.color.codes import to_8_bit
from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.thumbnail import area_picture
from lutbridge.research.measure import Record, System
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair

LONG_SIDE = 540  # px of a picture
GREATEST_ERROR = 20.0  # ΔE*ab that the map of errors shows as white
QUALITY = 88


def choose(records: list[Record]) -> dict[str, Record]:
    """The best, the median and the worst photo by gain over the source in dB, and one of the darkest skin.

    The last is the median by the same gain of the darkest skin-tone group that shows; it is left out where no photo
    shows enough skin.
    """
    ranked = sorted(records, key=lambda r: r.psnr - r.psnr_untouched)
    chosen = {"best": ranked[-1], "median": ranked[len(ranked) // 2], "worst": ranked[0]}
    for group in metrics.ITA_GROUPS:  # from light to dark; the last that is there stays
        members = [r for r in ranked if r.skin_group == group]
        if members:
            chosen["darkest skin"] = members[len(members) // 2]
    return chosen


def pictures(system: System, pair: Pair, long_side: int | None = None) -> dict[str, bytes]:
    """Source, result, target and error map of a photo, as JPEGs of one size."""
    small = small_pictures(system, pair, long_side, LONG_SIDE)
    error = delta_e_76(*(srgb_to_lab(small[name].astype(np.float32)) for name in ("result", "target")))
    small["error"] = np.repeat((error / GREATEST_ERROR).clip(0, 1)[..., None], 3, 2)
    return {name: _jpeg(values) for name, values in small.items()}


def small_pictures(system: System, pair: Pair, long_side: int | None, side: int) -> dict[str, np.ndarray]:
    """Source, result and target of a photo, (H, W, 3) float, sRGB-encoded, [0, 1].

    Args:
        long_side: px that a larger photo is reduced to before the system sees it; None for full size.
        side: px, the longest side of a picture.
    """
    source, target, _ = pair.load(long_side=long_side)
    images = {"source": source, "result": system(source), "target": target}
    return {name: area_picture(to_8_bit(pixels), side) for name, pixels in images.items()}


def _jpeg(values):
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * values).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
