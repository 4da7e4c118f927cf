from dataclasses import fields, replace

import pytest
import torch

from lutbridge.train.color import eotf_srgb
from lutbridge.train.data.degrade import DegradeConfig, degrade

NOTHING = DegradeConfig(**{f.name: 0.0 for f in fields(DegradeConfig)})


def photos(B=64):
    rgb = 0.05 + 0.9 * torch.rand(B, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    mask = torch.zeros(B, 1, 8, 8)
    mask[..., 4:] = 1
    return rgb, mask


def run(config, seed=1):
    rgb, mask = photos()
    return rgb, degrade(rgb, mask, config, torch.Generator().manual_seed(seed))


def test_without_errors_only_the_rounding_to_8_bit_is_left():
    rgb, out = run(NOTHING)
    assert (out - rgb).abs().max() <= 0.5 / 255 + 1e-6


def test_the_undegraded_share_comes_out_untouched():
    rgb, out = run(replace(DegradeConfig(), undegraded=0.5))
    same = (out == rgb).flatten(1).all(1)
    assert 16 <= same.sum() <= 48


ATTRIBUTES = [f.name for f in fields(DegradeConfig) if f.name != "undegraded"]


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_attribute_moves_the_photo_and_keeps_the_range(attribute):
    value = getattr(DegradeConfig(), attribute)
    rgb, out = run(replace(NOTHING, **{attribute: value}))
    moved = (out - rgb).abs().mean((1, 2, 3))
    assert moved.max() > 2 / 255
    assert out.min() >= 0 and out.max() <= 1


def gains(config):
    """(B, 3) factors in linear light, of photos too dark to be clipped."""
    rgb = torch.full((64, 3, 8, 8), 115 / 255)
    out = degrade(rgb, torch.zeros(64, 1, 8, 8), config, torch.Generator().manual_seed(1))
    return (eotf_srgb(out) / eotf_srgb(rgb)).mean((2, 3))


@pytest.mark.parametrize("ev", [-1.0, 0.5, 1.0])
def test_exposure_is_in_ev(ev):
    assert torch.allclose(gains(replace(NOTHING, exposure_mean=ev)), torch.tensor(2.0**ev), rtol=0.02)


def test_temperature_raises_red_by_what_it_lowers_blue():
    red, green, blue = gains(replace(NOTHING, temperature=0.2)).T
    assert torch.allclose(red * blue, torch.tensor(1.0), rtol=0.03) and torch.allclose(
        green, torch.tensor(1.0), atol=1e-3
    )
    assert red.max() > 1.2 and red.min() < 0.85


@pytest.mark.parametrize("attribute", ["person_exposure", "person_temperature"])
def test_region_terms_leave_the_background_alone(attribute):
    rgb, out = run(replace(NOTHING, **{attribute: 0.3}))
    assert (out - rgb)[..., :4].abs().max() <= 0.5 / 255 + 1e-6
    assert (out - rgb)[..., 4:].abs().mean() > 3 / 255


def test_greys_stay_grey_under_errors_of_tone():
    grey = torch.linspace(0, 1, 64).view(1, 1, 8, 8).expand(8, 3, 8, 8)
    config = replace(DegradeConfig(), temperature=0, tint=0, person_temperature=0, undegraded=0)
    out = degrade(grey, torch.zeros(8, 1, 8, 8), config, torch.Generator().manual_seed(2))
    assert (out.amax(1) - out.amin(1)).max() < 1.5 / 255


def test_the_same_seed_gives_the_same_takes():
    assert torch.equal(run(DegradeConfig())[1], run(DegradeConfig())[1])
