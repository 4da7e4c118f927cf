"""The objective on pixels: each term as its own function gives it, with its share, and which mask mixes the looks."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.train import region_losses
from lutbridge.train.data.degrade import soften
from lutbridge.train.data.light import LightErrors
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.data.takes import Takes, TakesConfig, cut_patches
from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.losses import harm, mask_supervision, region_delta_e, region_mse
from lutbridge.train.networks.build import build
from lutbridge.train.region_losses import RegionLosses, thumbnail_mask
from lutbridge.train.systems import LossConfig

B, K, S = 6, 20, 32
SHARES = LossConfig(
    2.0, smooth=0.03, monotone=0.7, delta_e=0.004, harm=0.005, person_mask=0.02, weigh_squares=True
)  # fmt: skip


@pytest.fixture
def setting():
    """A small network whose looks differ, takes of two portraits of which one has a mask, and a batch."""
    random = np.random.default_rng(0)
    person = np.zeros((S, S), bool)
    person[:, 10:] = True
    portraits = [Portrait(str(i), random.integers(0, 256, (S, S, 3), np.uint8), person & (i > 0)) for i in range(2)]
    takes = Takes(portraits, TakesConfig(batch=B, side=S, patches=K, patch=1), LightErrors(), seed=2)
    torch.manual_seed(1)
    config = ModelConfig(n_luts=2, grid_size=5, thumbnail_size=S, predictor="regions", pixel_weights="regions")
    network = build(config).eval()
    with torch.no_grad():
        network.luts.add_(0.2 * torch.randn(network.luts.shape))
        network.predictor.head.bias.copy_(torch.tensor([1.0, 0.5, 0.8, -0.5]))
    return network, takes, takes.draw()


@pytest.mark.parametrize("given", [0.0, 1.0])
def test_each_term_is_what_its_function_gives_times_its_share(setting, given, monkeypatch):
    monkeypatch.setattr(region_losses, "GIVEN", given)
    network, takes, batch = setting
    assert 0 < batch.known.sum() < B
    again = copy.deepcopy(takes)
    torch.rand(B, generator=again.random)  # who is given the mask
    places = again.places(batch)
    terms = RegionLosses(takes, SHARES)(network, batch)

    weights, logits = network.predictor(batch.take)
    mask = thumbnail_mask(logits)
    if given:
        mask = torch.where(batch.known.view(-1, 1, 1, 1), soften(batch.mask), mask)
    whole = network.mix(weights.flatten(1), network.weigh_regions(mask), batch.take)  # every pixel, of which K count
    output, take, target, person = (
        cut_patches(image, *places, 1)[..., 0].movedim(1, 3) for image in (whole, batch.take, batch.target, batch.mask)
    )
    expected = {
        "mse": region_mse(output, target, person, 2, squares=True),
        "delta_e": 0.004 * region_delta_e(output, target, person, 2),
        "harm": 0.005 * harm(output, take, target, person, 2),
        "person_mask": 0.02 * mask_supervision(logits, batch.mask, batch.known),
        "smooth": 0.03 * smoothness(network.luts, weights.flatten(1)),
        "monotone": 0.7 * monotonicity(network.luts),
    }
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        assert value > 0 and terms[name].item() == pytest.approx(value.item(), rel=1e-4), name


def test_the_looks_learn_through_the_mask_and_the_mask_through_the_looks(setting, monkeypatch):
    monkeypatch.setattr(region_losses, "GIVEN", 0.0)
    network, takes, batch = setting
    RegionLosses(takes, LossConfig())(network, batch)["mse"].backward()
    assert network.predictor.mask.weight.grad.abs().sum() > 0 and network.predictor.head.weight.grad.abs().sum() > 0
    assert network.luts.grad.abs().sum() > 0


def test_a_mask_that_is_given_leaves_the_networks_own_alone(setting, monkeypatch):
    monkeypatch.setattr(region_losses, "GIVEN", 1.0)
    network, takes, batch = setting
    all_known = replace(batch, known=torch.ones(B, dtype=torch.bool))
    RegionLosses(takes, LossConfig())(network, all_known)["mse"].backward()
    assert not network.predictor.mask.weight.grad.any()


def test_the_mask_is_enlarged_from_cells_to_the_thumbnail():
    logits = torch.full((1, 1, 4, 4), -20.0)
    logits[..., 2:] = 20.0
    mask = thumbnail_mask(logits)
    assert mask.shape == (1, 1, 8, 8)
    assert torch.allclose(mask[0, 0, 0], torch.tensor([0, 0, 0, 0.25, 0.75, 1, 1, 1.0]), atol=1e-6)
