"""Undo a finished photo as light and cameras do: the errors that portrait-v2 learns to correct.

Beside the six attributes of PPR10K's augmentation: people against the light or lit by a flash, mixed light with soft
edges of its own, tone that errs along smooth curves, and monochrome or toned photos, whose colour is meant.
"""

from dataclasses import dataclass
from math import log, pi

import torch
import torch.nn.functional as F

from lutbridge.train.color import eotf_srgb, inverse_eotf_srgb
from lutbridge.train.data.degrade import MIDDLE_GREY, DegradeConfig, luma_of, upper_half


@dataclass(frozen=True)
class LightErrors(DegradeConfig):
    """Shares of the samples, and standard deviations of the errors; all chosen by us.

    The errors over all are those of `DegradeConfig`, so that portrait-v1 and portrait-v2 are asked for the same there;
    `person_exposure` and `person_temperature` are those of photos that are not backlit.
    """

    toned: float = 0.08  # share made monochrome or toned, target and all
    backlit: float = 0.33  # share with a person lit unlike the background
    mixed: float = 0.20  # share with a field of light that does not follow the mask
    curves: float = 0.35  # share whose tone errs along a smooth curve, and not by highlights and contrast
    mild: float = 0.25  # share whose errors are a part of those drawn, 0.1 to 0.6 of them

    backlit_exposure: tuple[float, float] = (0.5, 2.1)  # EV, least and most, that the person is darker
    backlit_darker: float = 0.8  # share of the backlit whose person is darker; of the rest it is brighter
    backlit_brighter: float = 0.65  # of that step, if the person is brighter, as with a flash
    backlit_temperature: float = 0.10  # as temperature, person only
    backlit_rest: float = 0.4  # mean share of the overall errors that a backlit photo also gets
    mixed_exposure: float = 0.45  # EV where the field is 1
    mixed_temperature: float = 0.10  # as temperature, where the field is 1
    curve: float = 0.30  # slope of a curve's departure at black and at white, sRGB-encoded
    curve_channel: float = 0.08  # the same, of each channel for itself


def degrade_light(
    rgb: torch.Tensor, mask: torch.Tensor, errors: LightErrors, random: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one degraded take of each photo.

    Args:
        rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1], finished.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person; a soft edge is welcome.
    Returns:
        Take and target, each (B, 3, H, W) float, sRGB-encoded, [0, 1]; the take is rounded to 8 bit as a camera's JPEG
        would be. The target is `rgb`, except for photos made monochrome or toned.
    """
    draw = _Draw(len(rgb), random)
    toned, backlit, mixed = draw.chosen(errors.toned), draw.chosen(errors.backlit), draw.chosen(errors.mixed)
    target = torch.where(toned, _toned(rgb, draw), rgb)
    severity = torch.where(draw.chosen(errors.mild), draw.uniform(0.1, 0.6), 1.0)
    overall = severity * torch.where(backlit, errors.backlit_rest * draw.uniform(0, 2), 1.0)
    take = _relit(target, mask, errors, draw, toned, backlit, mixed, severity, overall)
    take = _retoned(take, errors, draw, toned, overall)
    luma = luma_of(take)
    take = luma + (take - luma) * (overall * ~toned * draw.normal(errors.saturation)).exp()
    touched = ~draw.chosen(errors.undegraded)
    return torch.where(touched, (take.clamp(0, 1) * 255).round() / 255, target), target


class _Draw:
    """Random values, one a photo, as (B, 1, 1, 1)."""

    def __init__(self, B, random):
        self.B, self.random = B, random

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * torch.rand(self.B, generator=self.random).view(-1, 1, 1, 1)

    def normal(self, deviation, mean=0.0):
        return mean + self.cut_normal(self.B).view(-1, 1, 1, 1) * deviation

    def chosen(self, share):
        return self.uniform() < share

    def cut_normal(self, *shape):
        """Standard normal values, cut at two, of any shape."""
        return torch.randn(*shape, generator=self.random).clamp(-2, 2)


def _toned(rgb, draw):
    """Half of the photos monochrome, half toned: (B, 3, H, W) both warm and cool tones, black and white kept."""
    is_grey = draw.uniform() < 0.5
    red, blue, spread = draw.normal(0.05), draw.normal(0.05), draw.normal(0.1).abs()
    luma = luma_of(rgb)
    tone = 1 + torch.cat([red + spread, 0.3 * red, blue - spread], 1) * (1 - luma) * luma * 4
    return torch.where(is_grey, luma.expand_as(rgb), (luma * tone).clamp(0, 1))


def _relit(target, mask, errors, draw, toned, backlit, mixed, severity, overall):
    """Other light: over all, on the person, and in a field of its own; what is toned keeps its hue."""
    person = severity * draw.normal(errors.person_exposure)
    step = draw.uniform(*errors.backlit_exposure)
    step = torch.where(draw.chosen(errors.backlit_darker), -step, errors.backlit_brighter * step)
    person = torch.where(backlit, step, person)
    warmer = draw.normal(errors.backlit_temperature), severity * draw.normal(errors.person_temperature)
    warmer = torch.where(backlit, *warmer)
    field = soft_field(target, draw.random) * mixed
    exposure = overall * draw.normal(errors.exposure, errors.exposure_mean) + mask * person
    exposure = exposure + severity * field * draw.normal(errors.mixed_exposure)
    temperature = overall * draw.normal(errors.temperature) + mask * warmer
    temperature = ~toned * (temperature + overall * field * draw.normal(errors.mixed_temperature))
    tint = (~toned * overall * draw.normal(errors.tint)).expand_as(temperature)
    gains = torch.cat([temperature, tint, -temperature], 1)
    return inverse_eotf_srgb((eotf_srgb(target) * torch.exp(exposure * log(2) + gains)).clamp(0, 1))


def _retoned(take, errors, draw, toned, overall):
    """Another tone: by highlights and contrast, or along a curve."""
    luma = luma_of(take)
    highlights, contrast = overall * draw.normal(errors.highlights), overall * draw.normal(errors.contrast)
    formula = take + highlights * upper_half(luma) * (1 - luma) * luma
    formula = MIDDLE_GREY + (formula - MIDDLE_GREY) * contrast.exp()
    shared = draw.cut_normal(draw.B, 2).view(-1, 2, 1, 1) * errors.curve
    own = draw.cut_normal(draw.B, 2, 3).view(-1, 2, 3, 1, 1) * errors.curve_channel * ~toned[:, None]
    at_black, at_white = (shared[:, i : i + 1] + own[:, i] for i in (0, 1))
    return torch.where(draw.chosen(errors.curves), bent(take, overall * at_black, overall * at_white), formula)


def bent(rgb: torch.Tensor, at_black: torch.Tensor, at_white: torch.Tensor) -> torch.Tensor:
    """Values [0, 1] along a cubic that keeps black and white: x + x (1 − x) (a (1 − x) + b x).

    Its slope is 1 + a at black and 1 − b at white, and 1 + (b − a) / 4 in the middle: it rises throughout while |a| and
    |b| are below 1.
    """
    return rgb + rgb * (1 - rgb) * (at_black * (1 - rgb) + at_white * rgb)


def soft_field(rgb: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """A smooth field over each photo (B, 1, H, W), about −1 to 1: half of them a step across it, half soft patches."""
    B, _, H, W = rgb.shape
    angle, place, width = (torch.rand(B, 1, 1, generator=random) for _ in range(3))
    rows, columns = torch.linspace(-1, 1, H)[:, None], torch.linspace(-1, 1, W)
    along = columns * (2 * pi * angle).cos() + rows * (2 * pi * angle).sin()
    step = torch.tanh((along - (place - 0.5)) / (0.05 + 0.5 * width))[:, None]
    patches = F.interpolate(torch.randn(B, 1, 4, 4, generator=random), (H, W), mode="bicubic").clamp(-2, 2)
    return torch.where(torch.rand(B, 1, 1, 1, generator=random) < 0.5, step, patches)
