"""Photos held out of training, whole groups of them, and how well a network does on them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from torch import nn

from lutbridge import metrics
from lutbridge.data.pairs import Pair
from lutbridge.image.codes import to_8_bit
from lutbridge.train.whole import retouch_whole


def hold_out(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and whole groups of at most a share of the photos to judge by; never all of either.

    Where every group is larger than that, the smallest one judges; a single group is trained on.
    """
    if not share:
        return list(pairs), []
    groups = list(dict.fromkeys(pair.group for pair in pairs))
    sizes, room = Counter(pair.group for pair in pairs), share * len(pairs)
    drawn = [groups[i] for i in np.random.default_rng([seed, len(groups)]).permutation(len(groups))]
    held = set()
    for group in drawn[:-1]:
        if sizes[group] <= room:
            held.add(group)
            room -= sizes[group]
    if len(drawn) > 1 and not held:  # all are larger than the share
        held.add(min(drawn, key=sizes.get))
    return [p for p in pairs if p.group not in held], [p for p in pairs if p.group in held]


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
