"""Validates a style on held-out photos: untouched, and degraded further."""

import torch

from lutbridge.train.color import srgb_to_lab
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.portrait_judge import USUAL
from lutbridge.train.style import Pictures, correct_pictures, degraded, render_pictures

SEED = 99  # of the takes that are judged
LEAST_TAKES = 16  # in all; of few photos, several takes each


class StyleJudge:
    """Figures on small pictures of held-out pairs; PSNR in dB, ΔE is mean ΔE*ab.

    Attributes:
        untouched, start: PSNR and ΔE of the untouched photos, and of the start model's results.
    """

    def __init__(self, start: RegionLUT, pictures: Pictures, look_only: bool):
        self._pictures = pictures
        random = torch.Generator().manual_seed(SEED)
        rounds = 0 if look_only else -(-LEAST_TAKES // len(pictures.before))
        self._takes = [degraded(start, pictures.before, random, USUAL) for _ in range(rounds)]
        self.untouched = _figures(pictures.before, pictures.after)
        self.start = _figures(correct_pictures(start, pictures.before), pictures.after)
        self._start_of_takes = self._on_takes(start)

    def __call__(self, network: RegionLUT) -> dict[str, float]:
        """Gain over the start model, averaged over untouched photos and degraded takes; then both PSNR, and ΔE."""
        psnr, delta_e = _figures(render_pictures(network, self._pictures.before), self._pictures.after)
        if not self._takes:
            return {"gain": psnr - self.start[0], "PSNR": psnr, "ΔE": delta_e}
        on_takes = self._on_takes(network)
        gain = (psnr - self.start[0] + on_takes - self._start_of_takes) / 2
        return {"gain": gain, "PSNR": psnr, "ΔE": delta_e, "PSNR of takes": on_takes}

    def _on_takes(self, network):
        psnrs = [_figures(render_pictures(network, take), self._pictures.after)[0] for take in self._takes]
        return sum(psnrs) / max(1, len(psnrs))


def _figures(output, target):
    """Mean PSNR, dB, and mean ΔE*ab of pictures (P, 3, S, S); none is counted as better than one at 8 bit can be."""
    error = (output - target).square().mean((1, 2, 3)).clamp(min=(1 / 255) ** 2 / 12)
    distance = (_lab(output) - _lab(target)).square().sum(-1).sqrt()
    return float((-10 * error.log10()).mean()), float(distance.mean())


def _lab(rgb):
    return srgb_to_lab(rgb.flatten(2).mT)
