"""Undo a finished photo: the six attributes of PPR10K's augmentation, and a person lit unlike the background.

A finished photo is what a photographer was content with; a degraded take is what the camera might have given. The
network learns the way back.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from lutbridge.color.srgb import LUMINANCE
from lutbridge.train.color import eotf_srgb, inverse_eotf_srgb


@dataclass(frozen=True)
class DegradeConfig:
    """Standard deviations of the errors; each is drawn per photo from a normal distribution cut at two of them."""

    exposure: float = 0.60  # EV
    exposure_mean: float = -0.45  # EV; cameras, and photographers who guard their highlights, err to the dark side
    temperature: float = 0.19  # log gain of red, and the opposite of blue, in linear light
    tint: float = 0.075  # log gain of green in linear light
    highlights: float = 0.30  # how much the upper half of the tone range is stretched or compressed, as a share
    contrast: float = 0.15  # log of the slope about middle grey, sRGB-encoded
    saturation: float = 0.21  # log of the chroma's scale
    person_exposure: float = 0.30  # EV, person only
    person_temperature: float = 0.05  # as temperature, person only
    undegraded: float = 0.18  # share of the photos left unchanged


MIDDLE_GREY = 0.46  # sRGB-encoded 18 % grey


def soften(mask: torch.Tensor) -> torch.Tensor:
    """A person mask (B, 1, H, W) with the soft edge that light has, for `degrade`."""
    return F.avg_pool2d(F.pad(mask, [2] * 4, mode="replicate"), 5, stride=1)


def degrade(rgb: torch.Tensor, mask: torch.Tensor, config: DegradeConfig, random: torch.Generator) -> torch.Tensor:
    """Make one degraded take of each photo.

    Args:
        rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1], finished.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person; a soft edge is welcome.
    Returns:
        (B, 3, H, W) float, sRGB-encoded, [0, 1], rounded to 8 bit as a camera's JPEG would be.
    """
    B = len(rgb)

    def error(deviation, mean=0.0):
        drawn = mean + torch.randn(B, generator=random).clamp(-2, 2) * deviation
        return drawn.view(B, 1, 1, 1)

    exposure = error(config.exposure, config.exposure_mean) + mask * error(config.person_exposure)
    temperature = error(config.temperature) + mask * error(config.person_temperature)
    gains = torch.cat([temperature, error(config.tint).expand_as(temperature), -temperature], 1)
    light = eotf_srgb(rgb) * torch.exp(exposure * 0.6931 + gains)
    out = inverse_eotf_srgb(light.clamp(0, 1))

    luma = luma_of(out)
    out = out + error(config.highlights) * upper_half(luma) * (1 - luma) * luma
    out = MIDDLE_GREY + (out - MIDDLE_GREY) * error(config.contrast).exp()
    luma = luma_of(out)
    out = luma + (out - luma) * error(config.saturation).exp()

    touched = torch.rand(B, generator=random).view(B, 1, 1, 1) >= config.undegraded
    return torch.where(touched, (out.clamp(0, 1) * 255).round() / 255, rgb)


def luma_of(rgb: torch.Tensor) -> torch.Tensor:
    """Rec. 709 luma (B, 1, H, W) of sRGB-encoded values (B, 3, H, W)."""
    return (rgb * torch.from_numpy(LUMINANCE).to(rgb).view(1, 3, 1, 1)).sum(1, keepdim=True)


def upper_half(luma: torch.Tensor) -> torch.Tensor:
    """0 below middle grey, rising smoothly to 2 at white, where the factor that is 0 there takes it back."""
    t = ((luma - MIDDLE_GREY) / (1 - MIDDLE_GREY)).clamp(0, 1)
    return t * t * (3 - 2 * t) * 2
