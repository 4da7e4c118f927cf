"""A photographer's style on top of a model's correction: what it learns, from which data, with which losses.

A style is one LUT that follows the correction of every photo. It is fitted to the pairs in closed form, and
then trained together with the last layers of the predictor, which learn how far this photographer corrects; what the
model sees in a photo, its person mask and its basis LUTs stay as they are. So that the correction is kept, half of what
is learned from are takes of the same photos that are degraded further, with the same finished photo as target; and on
those the model must not stray from its own judgement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

from lutbridge.image.thumbnail import THUMBNAILS
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.least_squares import SMOOTHNESS
from lutbridge.train.color import srgb_to_lab
from lutbridge.train.data.batches import Batch
from lutbridge.train.data.degrade import soften
from lutbridge.train.data.light import LightErrors, degrade_light
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.takes import cut_patches
from lutbridge.train.lookup import interpolate
from lutbridge.train.losses import region_delta_e
from lutbridge.train.networks.build import build
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.region_losses import thumbnail_mask
from lutbridge.train.systems import LossConfig

LEARNED = ("style", "predictor.hidden.", "predictor.head.")  # names of the parameters that a style changes
ERRORS = LightErrors(toned=0.0, undegraded=0.0)  # of takes; a toned photo would have another target
PIXELS = 512  # of each photo, that the losses look at
JUDGEMENT = 0.5  # share of the squared distance from the start model's correction of a degraded take
FIT_PIXELS = 2**18  # of all pairs together, that the first style is fitted to
ROUNDS = 3  # of choosing, for each pair, whether it was corrected before it was styled
SMOOTHNESSES = (SMOOTHNESS, 1.0, 30.0, 1000.0)  # of a style: from exports of one LUT, to edits made by eye
FOR_ONE_PAIR = 30.0  # which nothing can judge
FOLDS = 4  # parts of the pairs that are left out in turn, to see how smooth a style should be


@dataclass(frozen=True)
class Pictures:
    """P pairs as small pictures: before and after, (P, 3, S, S) float, sRGB-encoded, [0, 1]."""

    before: torch.Tensor
    after: torch.Tensor


def small_pictures(pairs: Sequence[Pair], size: int) -> Pictures:
    """Pairs as pictures of S px a side, as a predictor sees them; P ≥ 1."""
    made = [[THUMBNAILS["area"](codes, size) for codes in pair.load()[:2]] for pair in pairs]
    return Pictures(*(torch.from_numpy(np.stack(part)).movedim(3, 1) for part in zip(*made, strict=True)))


def with_style(start: RegionLUT, style: torch.Tensor | None = None) -> RegionLUT:
    """A copy of a network with a style's LUT (3, M, M, M), the identity unless said; only `LEARNED` has gradients."""
    network = build(replace(start.config, style=True))
    network.load_state_dict(start.state_dict() | {"style": network.style.detach() if style is None else style})
    hold_all_but_the_style(network)
    return network.eval()


def hold_all_but_the_style(network: RegionLUT) -> None:
    """Training changes the style and how much is corrected, and nothing else."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith(LEARNED))


def correct(network: RegionLUT, w_image: torch.Tensor, mask: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
    """The correction before the style, restrained as `model.restraint` does when photos are rendered.

    Args:
        w_image: (B, 2 N).
        mask: (B, 1, H, W) float, [0, 1].
        rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1]: whole photos, or pixels spread over each.
    Returns:
        (B, 3, H, W), not clamped.
    """
    output = network.mix(w_image, network.weigh_regions(mask), rgb)
    if not network.config.restraint:
        return output
    edit = (_lab(output) - _lab(rgb)).square().sum(-1).add(1e-6).sqrt().mean(1)
    share = (edit / network.config.restraint - 1).clamp(0, 1)
    share = share * share * (3 - 2 * share)
    return rgb + share.view(-1, 1, 1, 1) * (output - rgb)


@torch.no_grad()
def correct_pictures(network: RegionLUT, pictures: torch.Tensor) -> torch.Tensor:
    """The correction of small pictures (P, 3, S, S), clamped."""
    weights, logits = network.predictor(pictures)
    return correct(network, weights.flatten(1), thumbnail_mask(logits), pictures).clamp(0, 1)


@torch.no_grad()
def render_pictures(network: RegionLUT, pictures: torch.Tensor) -> torch.Tensor:
    """Small pictures (P, 3, S, S) corrected and styled, clamped."""
    corrected = correct_pictures(network, pictures)
    return corrected if network.style is None else _styled(network.style, corrected).clamp(0, 1)


@torch.no_grad()
def degraded(
    network: RegionLUT, pictures: torch.Tensor, random: torch.Generator, errors: LightErrors = ERRORS
) -> torch.Tensor:
    """A degraded take of each picture (P, 3, H, W); light on the person follows the network's mask."""
    small = F.interpolate(pictures, [network.thumbnail_size] * 2, mode="bilinear", antialias=True)
    mask = F.interpolate(thumbnail_mask(network.predictor.see(small)[1]), pictures.shape[2:], mode="bilinear")
    return degrade_light(pictures, soften((mask > 0.5).to(mask)), errors, random)[0]


def fit_style(start: RegionLUT, pictures: Pictures) -> torch.Tensor:
    """The LUT (3, M, M, M) from corrected photos to finished ones, in least squares.

    Whether the photographer corrected a photo before giving it the style, as the model would, is not known. It is
    taken from the fit: each pair is used as it came or corrected, whichever the style explains better, in turns from
    the better of both extremes. The LUT is as smooth as these edits allow.
    """
    ways = torch.stack([pictures.before, correct_pictures(start, pictures.before)])  # (2, P, 3, S, S)
    fits = [_fit(way, pictures.after, len(start.luts[0, 0])) for way in ways]
    errors = torch.stack([_errors_of(ways, fit, pictures.after) for fit in fits])  # (fit, way, P)
    best = int(errors.amin(1).mean(1).argmin())
    grid_size, error = len(fits[best][0]), errors[best]
    for _ in range(ROUNDS):
        chosen = error.argmin(0)
        before = ways[chosen, torch.arange(len(chosen))]
        error = _errors_of(ways, _fit(before, pictures.after, grid_size), pictures.after)
        if torch.equal(error.argmin(0), chosen):
            break
    return _fit(before, pictures.after, grid_size, _smoothness(before, pictures.after, grid_size))


def fit_smooth(before: torch.Tensor, after: torch.Tensor, grid_size: int) -> np.ndarray:
    """The LUT (M, M, M, 3) from some pictures (P, 3, H, W) to others, as smooth as they allow.

    Edits made by eye contradict each other: the same grey became lighter here and darker there. A LUT that follows each
    has steps, which show as blotches on smooth walls and skin.
    """
    return fit_colours(before, after, grid_size, _smoothness(before, after, grid_size))


def _smoothness(before, after, grid_size):
    """Of `SMOOTHNESSES`, the most whose errors on pictures left out differ from the least ones by no more than chance.

    Chance is one standard error over the pictures (Hastie, Tibshirani and Friedman 2009, 7.10).
    """
    P = len(before)
    if P == 1:
        return FOR_ONE_PAIR
    parts, errors = torch.arange(P) % FOLDS, torch.empty(len(SMOOTHNESSES), P)
    for part in parts.unique():
        out = parts == part
        for found, smoothness in zip(errors, SMOOTHNESSES, strict=True):
            lattice = _fit(before[~out], after[~out], grid_size, smoothness)
            found[out] = _errors(lattice, before[out], after[out])
    logarithms = errors.clamp(min=1e-9).log()
    more = logarithms - logarithms[logarithms.mean(1).argmin()]
    is_chance = more.mean(1) <= more.std(1) / P**0.5
    return SMOOTHNESSES[int(is_chance.nonzero().max())]


def fit_colours(
    before: torch.Tensor, after: torch.Tensor, grid_size: int, smoothness: float = SMOOTHNESS
) -> np.ndarray:
    """The LUT (M, M, M, 3) that comes nearest from some pictures (P, 3, H, W) to others, in least squares."""
    colours = [picture.movedim(1, -1).reshape(-1, 3) for picture in (before, after)]
    step = max(1, len(colours[0]) // FIT_PIXELS)
    before, after = (np.ascontiguousarray(part[::step].numpy(), np.float32) for part in colours)
    return fit_lattice(before, after, identity_lattice(grid_size), smoothness)


def _fit(before, after, grid_size, smoothness=SMOOTHNESS):
    return torch.from_numpy(fit_colours(before, after, grid_size, smoothness)).movedim(-1, 0)


def _errors_of(ways, lattice, after):
    """(2, P): mean squared error of each pair, untouched and corrected."""
    return torch.stack([_errors(lattice, way, after) for way in ways])


def _errors(lattice, before, after):
    """(P,): mean squared error of each pair."""
    return (_styled(lattice, before) - after).square().mean((1, 2, 3))


class StyleLosses:
    """The loss of a style, on whole small untouched photos and on degraded takes of them.

    The style's LUT learns from photos as they came alone: a degraded take can only be corrected on the average, and a
    LUT that makes up for the rest would flatten every photo.
    """

    def __init__(self, start: RegionLUT, config: LossConfig, look_only: bool):
        """
        Args:
            start: the model whose correction is kept.
            look_only: leave out the takes, and with them all that keeps the correction.
        """
        self.start, self.config, self.look_only = start.eval(), config, look_only

    def __call__(self, network: RegionLUT, batch: Batch) -> dict[str, torch.Tensor]:
        """Name → scalar, shares multiplied in: mse, delta_e, judgement."""
        network.predictor.eval()  # with so few photos, dropout costs more than it saves
        random = torch.Generator().manual_seed(int(torch.randint(2**62, ())))  # the run seeds each step by its number
        rgb, target, thumbnail = batch.rgb, batch.target, batch.thumbnail
        if not self.look_only:
            take = degraded(self.start, rgb, random)
            rgb, target = torch.cat([rgb, take]), torch.cat([target, target])
            thumbnail = torch.cat(
                [thumbnail, F.interpolate(take, thumbnail.shape[2:], mode="bilinear", antialias=True)]
            )
        with torch.no_grad():
            seen, logits = self.start.predictor.see(thumbnail)
            cells = logits.sigmoid()
            own = self.start.predictor.decide(thumbnail, seen, cells).flatten(1)
        weights = network.predictor.decide(thumbnail, seen, cells).flatten(1)
        mask = F.interpolate(cells, rgb.shape[2:], mode="bilinear")
        pixels = _pixels(torch.cat([rgb, target, mask], 1), random)
        rgb, target, mask = pixels.split([3, 3, 1], 1)
        corrected = correct(network, weights, mask, rgb)
        came = len(batch.rgb)
        output = torch.cat(
            [_styled(network.style, corrected[:came]), _styled(network.style.detach(), corrected[came:])]
        )
        terms = {"mse": F.mse_loss(output, target)}
        if self.config.delta_e:
            terms["delta_e"] = self.config.delta_e * region_delta_e(output, target, mask, 1.0)
        if not self.look_only:
            with torch.no_grad():
                judged = correct(self.start, own, mask, rgb)
            terms["judgement"] = JUDGEMENT * F.mse_loss(corrected[came:], judged[came:])
        return terms


def _styled(style, rgb):
    """Colours (B, 3, H, W) through a style (3, M, M, M)."""
    B, _, H, W = rgb.shape
    return interpolate(style, rgb.movedim(1, -1).reshape(-1, 3)).view(B, H, W, 3).movedim(-1, 1)


def _pixels(images, random):
    """Pixels spread at random over each image (B, C, H, W), as an image of one row: (B, C, 1, K)."""
    B, _, H, W = images.shape
    places = (torch.randint(side, (B, PIXELS), generator=random) for side in (H, W))
    return cut_patches(images, *places, 1)[..., 0].movedim(1, 3)


def _lab(rgb):
    """(B, P, 3)."""
    return srgb_to_lab(rgb.clamp(0, 1).flatten(2).mT)
