"""Portraits held out of training, whole shoots of them, and how a network of regions does on them."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from lutbridge.train.color import srgb_to_lab
from lutbridge.train.data.degrade import soften
from lutbridge.train.data.light import LightErrors, degrade_light
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.data.takes import squeezed, to_tensor
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.region_losses import thumbnail_mask

# Sources of one shoot or photographer are held out whole; of those with a photographer for each photo, every twelfth.
WHOLE = ("schule", "ekip", "peace", "event")
EVERY = ("ushouse", "ussenate", "sec508", "faces", "fellow", "team", "ropensci")
NTH = 12

NO_SHARES = {"undegraded": 0.0, "toned": 0.0, "backlit": 0.0, "mixed": 0.0, "curves": 0.0, "mild": 0.0}
USUAL = LightErrors(**NO_SHARES)
BACKLIT = LightErrors(
    **NO_SHARES | {"backlit": 1.0}, backlit_exposure=(0.8, 1.9), backlit_darker=1.0, backlit_rest=0.25
)
SEED = 99  # of the takes that are judged
LEAST_GAP = 3.0  # L*; if less separation is needed, its share means nothing


def hold_out_shoots(portraits: list[Portrait]) -> tuple[list[Portrait], list[Portrait]]:
    """Portraits to train on, and those to judge by; the same for the same list."""
    count, train, held = {}, [], []
    for portrait in portraits:
        nth = count[portrait.source] = count.get(portrait.source, 0) + 1
        is_held = portrait.source in WHOLE or (portrait.source in EVERY and nth % NTH == 0)
        (held if is_held else train).append(portrait)
    return train, held


@dataclass(frozen=True)
class JudgedTakes:
    """P takes on thumbnails.

    Attributes:
        take, target: (P, 3, S, S) float, sRGB-encoded, [0, 1].
        mask: (P, 1, S, S) float, [0, 1], 1 on the person.
    """

    take: torch.Tensor
    target: torch.Tensor
    mask: torch.Tensor

    def only(self, chosen: torch.Tensor) -> "JudgedTakes":
        """Those that (P,) bool says."""
        return JudgedTakes(self.take[chosen], self.target[chosen], self.mask[chosen])


class PortraitJudge:
    """Figures on whole held-out portraits: with the usual errors, backlit, and finished ones unchanged."""

    def __init__(self, portraits: list[Portrait], side: int):
        """
        Args:
            side: S, px, the thumbnail's.
        Raises:
            ValueError: no portrait has a mask.
        """
        if not any(p.mask.any() for p in portraits):
            raise ValueError("no held-out portrait has a mask")
        whole = torch.stack([squeezed(to_tensor(p), side) for p in portraits])
        target, mask = whole[:, :3], whole[:, 3:]
        self.known = torch.tensor([bool(p.mask.any()) for p in portraits])
        random = torch.Generator().manual_seed(SEED)
        usual, backlit = (degrade_light(target, soften(mask), errors, random)[0] for errors in (USUAL, BACKLIT))
        self.usual = JudgedTakes(usual, target, mask)
        self.backlit = JudgedTakes(backlit, target, mask).only(self.known)
        self.finished = JudgedTakes(target, target, mask)

    @torch.inference_mode()
    def __call__(self, network: RegionLUT) -> dict[str, float]:
        """PSNR in dB, L* and ΔE*ab, shares in per cent; the first is that of the usual errors."""
        figures = {}
        for name in ("usual", "backlit"):
            takes = getattr(self, name)
            output, mask = _retouch(network, takes.take)
            gained = _psnr(output, takes.target) - _psnr(takes.take, takes.target)
            figures[f"{name} PSNR"] = _psnr(output, takes.target).mean()
            figures[f"{name} worse %"] = 100 * (gained < 0).float().mean()
        figures |= _parting(output, self.backlit)
        output, mask = _retouch(network, self.finished.take)
        moved = (_lab(output) - _lab(self.finished.target)).square().sum(-1).sqrt().mean(1)
        figures |= {"finished ΔE": moved.mean(), "finished p95": moved.quantile(0.95)}
        figures["mask IoU"] = _overlap(mask, self.finished.mask)[self.known].mean()
        return {name: round(float(value), 3) for name, value in figures.items()}


def _retouch(network, take):
    """Outputs (P, 3, S, S), clamped, and the mask's logits."""
    weights, logits = network.predictor(take)
    w_pixel = network.weigh_regions(thumbnail_mask(logits))
    return network.mix(weights.flatten(1), w_pixel, take).clamp(0, 1), logits


def _parting(output, takes):
    """L* errors of person and background before and after, and the share of the needed separation."""
    person = takes.mask.flatten(1)
    person, rest = person / person.sum(1, True), (1 - person) / (1 - person).sum(1, True).clamp(min=1)
    means = {}
    for name, image in (("take", takes.take), ("output", output), ("target", takes.target)):
        light = _lab(image)[..., 0]
        means[name] = torch.stack([(light * person).sum(1), (light * rest).sum(1)])
    before, after = ((means[name] - means["target"]).abs().mean(1) for name in ("take", "output"))
    gap = {name: both[0] - both[1] for name, both in means.items()}
    asked, got = gap["target"] - gap["take"], gap["output"] - gap["take"]
    figures = {"parted %": 100 * (got / asked)[asked.abs() > LEAST_GAP].median()}
    for i, name in enumerate(("person", "background")):
        figures |= {f"{name} L* before": before[i], f"{name} L* after": after[i]}
    return figures


def _overlap(logits, mask):
    """Intersection over union of the mask answered and the true one, on cells: (P,)."""
    answered, true = logits > 0, F.adaptive_avg_pool2d(mask, logits.shape[2:]) > 0.5
    both, either = (answered & true).sum((1, 2, 3)), (answered | true).sum((1, 2, 3))
    return both / either.clamp(min=1)


def _psnr(image, target):
    return -10 * (image - target).square().mean((1, 2, 3)).clamp(min=1e-6).log10()


def _lab(image):
    """(P, S², 3)."""
    return srgb_to_lab(image.flatten(2).mT)
