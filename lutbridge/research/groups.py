"""How well the takes of a group match, and what that costs: each alone, agreed in steps of consistency, one preset."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from lutbridge.color.codes import to_8_bit
from lutbridge.color.lab import srgb_to_lab
from lutbridge.research.overlap import align, landmarks, overlap_difference
from lutbridge.research.systems import in_memory
from lutbridge.retouch import Retoucher
from lutbridge.shoot import Matcher, observe
from lutbridge.train import metrics
from lutbridge.train.data.ppr10k import Pair

CONSISTENCIES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class GroupRecord:
    """What one system did to one group of T takes.

    Attributes:
        psnr, psnr_hc, delta_e_hc: the published metrics, means over the takes.
        ab, ab_error: (T, 2) mean a*, b* of each result, and of the result minus those of its target.
        chroma: mean C*ab over the takes.
        overlap: mean ΔE*ab between takes where their targets show the same thing; nan if nothing is shared.
    """

    psnr: float
    psnr_hc: float
    delta_e_hc: float
    ab: np.ndarray
    ab_error: np.ndarray
    chroma: float
    overlap: float


def measure_groups(
    retoucher: Retoucher, pairs: list[Pair], long_side: int | None = None
) -> Iterator[dict[str, GroupRecord]]:
    """System → record, group by group; a group of one take is left out.

    Args:
        long_side: px that larger photos are reduced to first; None for full size.
    """
    for members in _groups(pairs):
        yield _measure(retoucher, [pair.load(long_side=long_side) for pair in members])


def count_groups(pairs: list[Pair]) -> int:
    """How many groups `measure_groups` measures."""
    return len(_groups(pairs))


def _groups(pairs):
    """Those of more than one take."""
    groups = [list(members) for _, members in groupby(pairs, key=lambda pair: pair.group)]
    return [members for members in groups if len(members) > 1]


def summarise_groups(records: list[dict[str, GroupRecord]]) -> dict[str, dict[str, float]]:
    """The rows of a table: system → column → mean over the groups."""
    rows = {}
    for system in records[0] if records else ():
        group = [record[system] for record in records]
        rows[system] = {
            "drift": _variance([r.ab_error for r in group]),
            "overlap ΔE": _mean_known([r.overlap for r in group]),
            "chroma": float(np.mean([r.chroma for r in group])),
            "M_GLC": _variance([r.ab for r in group]),
            "PSNR": float(np.mean([r.psnr for r in group])),
            "PSNR^HC": float(np.mean([r.psnr_hc for r in group])),
            "ΔE^HC": float(np.mean([r.delta_e_hc for r in group])),
        }
    return rows


def _mean_known(values):
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _measure(retoucher, loaded):
    sources, targets, masks = zip(*loaded, strict=True)
    targets = [to_8_bit(target) for target in targets]
    seen = [landmarks(target) for target in targets]
    pairs = {(i, j): align(seen[i], seen[j]) for i, j in combinations(range(len(targets)), 2)}
    alignments = {pair: move for pair, move in pairs.items() if move is not None}
    outputs = {"untouched": sources} | _outputs(retoucher, sources) | {"targets": targets}
    return {
        name: _record([to_8_bit(o) for o in images], targets, masks, alignments) for name, images in outputs.items()
    }


def _outputs(retoucher, sources):
    photos = [in_memory(source) for source in sources]
    takes = [observe(retoucher, photo) for photo in photos]
    matcher = Matcher(retoucher)
    agreement = matcher.agree(takes)
    outputs = {"each alone": [retoucher.render(photo).pixels for photo in photos]}
    for consistency in CONSISTENCIES:
        agreed = zip(photos, agreement.weights(consistency), strict=True)
        renders = [retoucher.render(photo, w_image=w_image).pixels for photo, w_image in agreed]
        outputs[f"group, consistency {consistency:g}"] = renders
    lut, _ = matcher.shared_lut(takes, agreement.agreed, "shared")
    return outputs | {"shared preset": [_through(lut, source) for source in sources]}


def _through(lut, pixels):
    """Codes through a LUT, rounded to 8 bit."""
    return np.rint(255 * lut.apply(pixels / np.float32(np.iinfo(pixels.dtype).max))).astype(np.uint8)


def _record(outputs, targets, masks, alignments):
    triples = list(zip(outputs, targets, masks, strict=True))
    ab = np.stack([metrics.mean_ab(output) for output in outputs])
    return GroupRecord(
        psnr=float(np.mean([metrics.psnr(output, target) for output, target, _ in triples])),
        psnr_hc=float(np.mean([metrics.psnr_human(*triple) for triple in triples])),
        delta_e_hc=float(np.mean([metrics.delta_e_mean(*triple) for triple in triples])),
        ab=ab,
        ab_error=ab - np.stack([metrics.mean_ab(target) for target in targets]),
        chroma=float(np.mean([_chroma(output) for output in outputs])),
        overlap=_overlap(outputs, alignments),
    )


def _overlap(outputs, alignments):
    distances = [overlap_difference(outputs[i], outputs[j], move) for (i, j), move in alignments.items()]
    return _mean_known(distances)


def _chroma(image):
    lab = srgb_to_lab(image.astype(np.float32) / 255)
    return float(np.hypot(lab[..., 1], lab[..., 2]).mean())


def _variance(groups):
    means = [mean for group in groups for mean in group]
    return metrics.group_variance(means, [str(i) for i, group in enumerate(groups) for _ in group])
