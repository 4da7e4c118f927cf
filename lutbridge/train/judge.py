"""Photos held out of training, whole groups of them, and how well a network does on them."""

from collections.abc import Sequence

import numpy as np
from torch import nn

from lutbridge import metrics
from lutbridge.data.pairs import Pair
from lutbridge.image.codes import to_8_bit
from lutbridge.train.whole import retouch_whole


def hold_out(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and whole groups of about a share of the photos to judge by; never all of either."""
    if not share:
        return list(pairs), []
    groups = list(dict.fromkeys(pair.group for pair in pairs))
    held, room = set(), share * len(pairs)
    for index in np.random.default_rng([seed, len(groups)]).permutation(len(groups))[: len(groups) - 1]:
        size = sum(pair.group == groups[index] for pair in pairs)
        if not held or size <= room:
            held.add(groups[index])
            room -= size
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
