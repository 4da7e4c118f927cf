"""A sheet of photos before and after, chosen by rule and not by eye."""

import io
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lutbridge.files import atomic_write
from lutbridge.research.measure import LEAST_ASKED, Record, System, Track, untracked
from lutbridge.research.pictures import QUALITY, small_pictures
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair

EACH = 3  # photos per rule, if there are as many
CELL = 240  # px, the longest side of a picture
ABREAST = 2  # photos in a row of the sheet, each of three pictures
LINE = 20  # px of a caption
MARGIN = 8  # px

MONOCHROME = 3.0  # mean C*ab of the target below which a photo counts as monochrome or nearly so
WARM_LIGHT = 12.0  # mean b* of the target above which a photo counts as a sunset, or lit as warmly


def choose_by_rule(records: list[Record], each: int = EACH) -> list[tuple[str, Record]]:
    """Photos with the rule that chose each, none of them twice: at most `each` by any rule.

    *Gain* is in dB of PSNR over the source. Best, worst and median by gain; backlit, the most that was asked for
    between person and background; monochrome, the least chroma of the target below MONOCHROME; sunset, the warmest
    target above WARM_LIGHT; of the darkest and of the lightest skin-tone group that shows, those of median gain; group,
    the takes of the group that matches worst.
    """
    ranked = sorted(records, key=lambda r: r.psnr_untouched - r.psnr)  # the greatest gain first
    tones = [group for group in metrics.ITA_GROUPS if any(r.skin_group == group for r in ranked)]
    candidates = {
        "best": ranked,
        "worst": ranked[::-1],
        "backlit": sorted((r for r in ranked if r.gap_asked > LEAST_ASKED), key=lambda r: -r.gap_asked),
        "monochrome": sorted((r for r in ranked if r.chroma < MONOCHROME), key=lambda r: r.chroma),
        "sunset": sorted((r for r in ranked if _warmth(r) > WARM_LIGHT), key=lambda r: -_warmth(r)),
        "darkest skin": _from_the_middle([r for r in ranked if tones and r.skin_group == tones[-1]]),
        "lightest skin": _from_the_middle([r for r in ranked if tones and r.skin_group == tones[0]]),
        "group": _worst_matched(records),
        "median": _from_the_middle(ranked),
    }
    chosen, taken = [], set()
    for rule, found in candidates.items():
        fresh = [record for record in found if record.name not in taken][:each]
        taken |= {record.name for record in fresh}
        chosen += [(rule, record) for record in fresh]
    return chosen


def write_sheet(
    path: Path,
    system: System,
    records: list[Record],
    pairs: list[Pair],
    long_side: int | None = None,
    track: Track = untracked,
) -> None:
    """Write the sheet as a JPEG: source, result and target of each photo that `choose_by_rule` takes.

    Args:
        records: of the system on the pairs.
        long_side: px that larger photos were reduced to first; None for full size.
        track: shows how far it is.
    Raises:
        WriteError: it cannot be written.
    """
    by_name = {pair.name: pair for pair in pairs}
    chosen = choose_by_rule(records)
    tracked = track(chosen, len(chosen), f"the sheet {path.name}", "photos")
    photos = [_photo(rule, r, system, by_name[r.name], long_side) for rule, r in tracked]
    rows = -(-len(photos) // ABREAST)
    width, height = 3 * CELL + MARGIN, CELL + LINE + MARGIN
    sheet = Image.new("RGB", (ABREAST * width, rows * height), "white")
    for i, photo in enumerate(photos):
        sheet.paste(photo, (i % ABREAST * width, i // ABREAST * height))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY)
    atomic_write(path, file.getvalue())


def _photo(rule, record, system, pair, long_side):
    """Its caption above its three pictures."""
    cell = Image.new("RGB", (3 * CELL, CELL + LINE), "white")
    told = f"{rule}: {record.name}, {record.psnr - record.psnr_untouched:+.1f} dB, dE {record.delta_e:.1f}"
    ImageDraw.Draw(cell).text((2, 2), told, "black", ImageFont.load_default(13))
    for i, pixels in enumerate(small_pictures(system, pair, long_side, CELL).values()):
        cell.paste(Image.fromarray(np.rint(255 * pixels).astype(np.uint8)), (i * CELL, LINE))
    return cell


def _from_the_middle(ranked):
    """All, those nearest to the middle of the list first."""
    middle = len(ranked) // 2
    return [ranked[i] for i in sorted(range(len(ranked)), key=lambda i: abs(i - middle))]


def _warmth(record):
    """Mean b* of the target."""
    return float(record.ab[1] - record.ab_error[1])


def _worst_matched(records):
    """The takes of the group whose errors of mean a* and b* differ most; none if every group is one take."""
    groups = defaultdict(list)
    for record in records:
        groups[record.group].append(record)
    several = [members for members in groups.values() if len(members) > 1]
    return max(several, key=lambda members: np.var([r.ab_error for r in members], axis=0).sum(), default=[])
