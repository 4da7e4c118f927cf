"""Photos held out of training, whole groups of them, and how well a network does on them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from torch import nn

from lutbridge.color.codes import to_8_bit
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair
from lutbridge.train.inference import retouch_whole


def hold_out(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and whole groups of at most a share of the photos to judge by; never all of either.

    Where every group is larger than that, the smallest one judges; of a single group, some of its photos.
    """
    if not share:
        return list(pairs), []
    several = len({pair.group for pair in pairs}) > 1
    parts = [pair.group if several else pair.name for pair in pairs]
    sizes, room = Counter(parts), share * len(pairs)
    drawn = [list(sizes)[i] for i in np.random.default_rng([seed, len(sizes)]).permutation(len(sizes))]
    held = set()
    for part in drawn[:-1]:
        if sizes[part] <= room:
            held.add(part)
            room -= sizes[part]
    if several and not held:
        held.add(min(drawn, key=sizes.get))
    both = list(zip(pairs, parts, strict=True))
    return [pair for pair, part in both if part not in held], [pair for pair, part in both if part in held]


class HeldOut:
    """Figures on whole photos, rounded to 8 bit as published: mean PSNR and mean ΔE*ab."""

    def __init__(self, pairs: Sequence[Pair]):
        self.pairs = pairs

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """PSNR in dB and ΔE; the weights with the greatest PSNR are kept."""
        figures = []
        for pair in self.pairs:
            source, target, _ = pair.load()
            output, target = (to_8_bit(codes) for codes in (retouch_whole(network, source), target))
            figures.append((metrics.psnr(output, target), metrics.delta_e_mean(output, target)))
        psnr, delta_e = np.mean(figures, axis=0)
        return {"PSNR": float(psnr), "ΔE": float(delta_e)}
