"""Each of portrait-v2's training errors alone: units, signs, shares, and what it must leave alone."""

from dataclasses import fields, replace

import pytest
import torch

from lutbridge.train.color import eotf_srgb
from lutbridge.train.data.light import LightErrors, bent, degrade_light, soft_field

ZEROS = {f.name: 0.0 for f in fields(LightErrors) if f.name != "backlit_exposure"}
NOTHING = LightErrors(**ZEROS | {"backlit_exposure": (0.0, 0.0)})
ALL = replace(LightErrors(), undegraded=0, toned=0)
ROUNDING = 0.5 / 255 + 1e-6


def photos(B=64, side=16):
    rgb = 0.05 + 0.9 * torch.rand(B, 3, side, side, generator=torch.Generator().manual_seed(0))
    mask = torch.zeros(B, 1, side, side)
    mask[..., side // 2 :] = 1
    return rgb, mask


def run(errors, rgb, mask, seed=1):
    return degrade_light(rgb, mask, errors, torch.Generator().manual_seed(seed))


def stops(errors, B=256):
    """EV (B, H, W) by which even photos, dark enough not to clip, came out brighter."""
    rgb, mask = torch.full((B, 3, 16, 16), 64 / 255), photos(B)[1]
    take, _ = run(errors, rgb, mask)
    return torch.log2(eotf_srgb(take) / eotf_srgb(rgb)).mean(1)


def test_without_errors_only_the_rounding_to_8_bit_is_left():
    rgb, mask = photos()
    take, target = run(NOTHING, rgb, mask)
    assert target is not rgb and torch.equal(target, rgb)
    assert (take - rgb).abs().max() <= ROUNDING
    assert torch.equal((take * 255).round() / 255, take) and not torch.equal(take, rgb)


def test_the_undegraded_share_comes_out_untouched():
    rgb, mask = photos(256)
    take, target = run(replace(LightErrors(), undegraded=0.5, toned=0), rgb, mask)
    same = (take == target).flatten(1).all(1)
    assert 100 <= same.sum() <= 156


def test_takes_are_of_8_bit_and_in_range_under_all_errors_together():
    take, target = run(ALL, *photos())
    assert torch.equal((take * 255).round() / 255, take)
    for image in (take, target):
        assert image.min() >= 0 and image.max() <= 1


def test_a_backlit_person_is_darker_by_the_ev_asked_and_the_background_stays():
    ev = stops(replace(NOTHING, backlit=1.0, backlit_darker=1.0, backlit_exposure=(0.5, 1.0)))
    person, background = ev[..., 8:].mean((1, 2)), ev[..., :8]
    assert background.abs().max() < 0.02
    assert -1.05 < person.min() < -0.95 and -0.55 < person.max() < -0.45


def test_the_share_of_the_brighter_and_by_how_much():
    errors = replace(NOTHING, backlit=1.0, backlit_darker=0.75, backlit_brighter=0.5, backlit_exposure=(1.0, 1.0))
    person = stops(errors)[..., 8:].mean((1, 2))
    darker = person < 0
    assert 170 <= darker.sum() <= 214, "three quarters of 256"
    assert torch.allclose(person[darker], torch.tensor(-1.0), atol=0.03)
    assert torch.allclose(person[~darker], torch.tensor(0.5), atol=0.03)


def test_the_share_of_the_backlit():
    person = stops(replace(NOTHING, backlit=0.25, backlit_darker=1.0, backlit_exposure=(1.0, 1.0)))[..., 8:]
    assert 44 <= (person.mean((1, 2)) < -0.5).sum() <= 84, "a quarter of 256"


def test_a_backlit_person_has_a_colour_temperature_of_its_own():
    rgb, mask = torch.full((64, 3, 16, 16), 0.4), photos()[1]
    take, _ = run(replace(NOTHING, backlit=1.0, backlit_temperature=0.1), rgb, mask)
    gains = eotf_srgb(take) / eotf_srgb(rgb)
    assert (gains[..., :8] - 1).abs().max() < 0.01
    red, green, blue = gains[..., 8:].mean((2, 3)).T
    assert torch.allclose(red * blue, torch.tensor(1.0), atol=0.03) and red.max() > 1.1 and red.min() < 0.9


def test_exposure_is_in_ev():
    assert torch.allclose(stops(replace(NOTHING, exposure_mean=1.0)), torch.tensor(1.0), atol=0.03)


def test_mixed_light_has_soft_edges_and_does_not_follow_the_mask():
    ev = stops(replace(NOTHING, mixed=1.0, mixed_exposure=0.5))
    steps = torch.cat([ev.diff(dim=1).flatten(1), ev.diff(dim=2).flatten(1)], 1)
    assert ev.flatten(1).std(1).median() > 0.1, "it does change over the photo"
    at_mask = ev.diff(dim=2)[:, :, 7].abs().mean()
    elsewhere = ev.diff(dim=2).abs().mean()
    assert 0.5 < at_mask / elsewhere < 2, "the person's edge is like any other place"
    assert steps.abs().median() < 0.2


def test_a_field_is_smooth_and_one_at_most_about_either_side_of_zero():
    fields_ = soft_field(torch.zeros(400, 3, 64, 64), torch.Generator().manual_seed(3))
    assert fields_.shape == (400, 1, 64, 64) and fields_.abs().max() <= 2
    assert fields_.mean().abs() < 0.1 and 0.5 < fields_.abs().mean() < 1
    assert fields_.diff(dim=3).abs().max() < 0.7, "no edge as sharp as a mask's"


def test_a_curve_keeps_black_and_white_and_has_the_slopes_it_says():
    x = torch.linspace(0, 1, 10_001, dtype=torch.float64)
    y = bent(x, 0.4, -0.2)
    assert y[0] == 0 and y[-1] == 1
    slope = y.diff() / x.diff()
    assert slope[0].item() == pytest.approx(1.4, abs=1e-3) and slope[-1].item() == pytest.approx(1.2, abs=1e-3)


def test_curves_stay_monotone_at_the_greatest_errors_drawn():
    errors = LightErrors()
    greatest = 2 * (errors.curve + errors.curve_channel)
    x = torch.linspace(0, 1, 1001, dtype=torch.float64)
    for at_black in (-greatest, greatest):
        for at_white in (-greatest, greatest):
            assert (bent(x, at_black, at_white).diff() > 0).all()


def test_curves_stand_in_for_highlights_and_contrast():
    rgb, mask = photos(256)
    take, _ = run(replace(NOTHING, curves=0.5, contrast=0.15), rgb, mask)
    same = ((take - rgb).abs().amax((1, 2, 3)) <= ROUNDING).sum()
    assert 100 <= same <= 156, "half go along a curve, which here does nothing"


def test_toned_photos_are_their_own_target_and_keep_their_tone_under_any_light():
    rgb, mask = photos(400)
    take, target = run(replace(LightErrors(), toned=1.0, undegraded=0), rgb, mask)
    is_grey = (target.amax(1) - target.amin(1)).flatten(1).amax(1) < 1e-6
    assert 160 <= is_grey.sum() <= 240, "half are monochrome, half toned"
    grey = take[is_grey]
    assert torch.equal(grey[:, 0], grey[:, 1]) and torch.equal(grey[:, 1], grey[:, 2]), "R = G = B, bit for bit"
    assert (take - target).abs().mean((1, 2, 3)).median() > 0.05, "they are degraded in tone"
    luma = torch.tensor([0.2126, 0.7152, 0.0722]).view(1, 3, 1, 1)
    assert torch.allclose(
        target[is_grey], (rgb[is_grey] * luma).sum(1, keepdim=True).expand_as(target[is_grey]), atol=1e-3
    )


def test_the_share_of_the_toned():
    rgb, mask = photos(400)
    _, target = run(replace(LightErrors(), toned=0.25), rgb, mask)
    assert 70 <= (target != rgb).flatten(1).any(1).sum() <= 130


def test_mild_photos_have_a_part_of_the_errors():
    ev = stops(replace(NOTHING, mild=1.0, exposure_mean=-2.0)).mean((1, 2))
    assert -1.3 < ev.min() < -1.1 and -0.3 < ev.max() < -0.15


def test_a_backlit_photo_has_a_part_of_the_errors_over_all():
    background = stops(replace(NOTHING, backlit=1.0, backlit_rest=0.4, exposure_mean=-1.0))[..., :8].mean((1, 2))
    assert -0.82 < background.min() < -0.75 and -0.05 < background.max() <= 0.02
    assert background.mean().item() == pytest.approx(-0.4, abs=0.04)


ATTRIBUTES = ("temperature", "tint", "highlights", "contrast", "saturation", "person_exposure", "person_temperature")


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_attribute_moves_the_photo(attribute):
    rgb, mask = photos()
    take, _ = run(replace(NOTHING, **{attribute: getattr(LightErrors(), attribute)}), rgb, mask)
    assert (take - rgb).abs().mean((1, 2, 3)).max() > 2 / 255
    if attribute.startswith("person"):
        assert (take - rgb)[..., :8].abs().max() <= ROUNDING


def test_the_same_seed_gives_the_same_takes():
    first, again, other = (run(LightErrors(), *photos(), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])
