"""The objective on patches: each term as its own function gives it, with its share."""

import copy

import numpy as np
import pytest
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.train.color import srgb_to_lab
from lutbridge.train.data.degrade import DegradeConfig
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.data.takes import Takes, TakesConfig
from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.losses import edge_supervision, full_supervision, group_style, region_delta_e, region_mse
from lutbridge.train.networks.build import build
from lutbridge.train.patch_losses import PatchLosses
from lutbridge.train.systems import LossConfig

B, K, PATCH = 2, 6, 5
SHARES = LossConfig(2.0, smooth=0.03, monotone=0.7, supervision="edge", edge=0.02, gam=0.05, delta_e=0.004)


@pytest.fixture
def setting():
    """A small network whose LUTs are no identity, takes of two portraits with half a person in each, and a batch."""
    random = np.random.default_rng(0)
    person = np.zeros((64, 64), bool)
    person[:, ::3] = True
    portraits = [Portrait(str(i), random.integers(0, 256, (64, 64, 3), np.uint8), person) for i in range(2)]
    takes = Takes(portraits, TakesConfig(batch=B, side=64, patches=K, patch=PATCH), DegradeConfig(), seed=1)
    torch.manual_seed(1)
    network = build(ModelConfig(n_luts=2, grid_size=5, thumbnail_size=32, predictor="zeng-unpaired")).eval()
    with torch.no_grad():
        network.luts.add_(0.2 * torch.randn(network.luts.shape))
    return network, takes, takes.draw()


def test_each_term_is_what_its_function_gives_times_its_share(setting):
    network, takes, batch = setting
    take, target, mask = (part.flatten(0, 1) for part in copy.deepcopy(takes).patches(batch))
    terms = PatchLosses(takes, SHARES)(network, batch)

    thumbnail = torch.nn.functional.avg_pool2d(batch.take, 2)
    w_image = network.predictor(thumbnail)
    outputs, logits = [], []
    for i in range(B * K):  # each patch as a photo of its own, and of what that gives the inner pixels
        whole = network.local_context(take[i : i + 1])
        outputs.append(network.mix(w_image[i // K, None], whole[0], take[i : i + 1])[..., 1:-1, 1:-1])
        logits.append(whole[1][..., 1:-1, 1:-1])
    output, logits, inner = torch.cat(outputs), torch.cat(logits), (..., slice(1, -1), slice(1, -1))
    pixels = output.view(B, K, 3, -1).transpose(2, 3).reshape(B, -1, 3)
    means = srgb_to_lab(batch.target.movedim(1, -1))[..., 1:].mean((1, 2))
    expected = {
        "mse": region_mse(output, target[inner], mask[inner], 2),
        "delta_e": 0.004 * region_delta_e(output, target[inner], mask[inner], 2),
        "smooth": 0.03 * smoothness(network.luts, w_image),
        "monotone": 0.7 * monotonicity(network.luts),
        "edge": 0.02 * edge_supervision(logits, mask),
        "gam": 0.05 * group_style(pixels, means[:, None]),
    }
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        assert value > 0 and terms[name].item() == pytest.approx(value.item(), rel=1e-4), name


def test_the_configs_supervision_is_obeyed(setting):
    network, takes, batch = setting
    again = copy.deepcopy(takes)
    logits = network.local_context.valid(copy.deepcopy(takes).patches(batch)[0].flatten(0, 1))[1]
    mask = copy.deepcopy(takes).patches(batch)[2].flatten(0, 1)
    full = PatchLosses(takes, LossConfig(supervision="full", edge=0.5))(network, batch)
    assert full["edge"].item() == pytest.approx(0.5 * full_supervision(logits, mask).item(), rel=1e-5)
    assert set(PatchLosses(again, LossConfig())(network, batch)) == {"mse", "smooth", "monotone"}
