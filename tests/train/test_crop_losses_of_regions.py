"""Own style from a model of regions: the losses of crops, which know nothing of how a network weighs pixels."""

from dataclasses import replace

import pytest
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.train import systems
from lutbridge.train.config import TrainConfig
from lutbridge.train.crop_losses import CropLosses
from lutbridge.train.data.batches import Batch
from lutbridge.train.networks.build import build
from lutbridge.train.run import Run

B, S = 4, 32
SMALL = ModelConfig(n_luts=3, grid_size=5, thumbnail_size=S, predictor="regions", pixel_weights="regions")


@pytest.fixture(autouse=True)
def one_thread():
    """So many small operations wait for each other where cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class SplitEdits:
    """Photos whose right half, the person, is brighter by nature; its edit is up, that of the rest down."""

    epoch = 0.0

    def __init__(self):
        self.random = torch.Generator().manual_seed(3)

    def draw(self):
        mask = torch.zeros(B, 1, S, S)
        mask[..., S // 2 :] = 1
        rgb = 0.2 + 0.2 * torch.rand(B, 3, S, S, generator=self.random) + 0.3 * mask
        target = rgb + 0.15 * mask - 0.1 * (1 - mask)
        return Batch(rgb, rgb, target, mask, torch.full((B, 1, 2), torch.nan))

    def state_dict(self):
        return {}


@pytest.fixture
def network():
    """It has learned where the person is: what lies in the bright half."""
    torch.manual_seed(0)
    made = build(SMALL)
    with torch.no_grad():
        made.luts[1:].normal_(0, 0.05)
    optimiser = torch.optim.Adam(made.predictor.parameters(), 3e-3)
    batches = SplitEdits()
    for _ in range(40):
        batch = batches.draw()
        loss = CropLosses(replace(systems.load("own-style").losses, person_mask=1.0))
        optimiser.zero_grad()
        loss(made, batch)["person_mask"].backward()
        optimiser.step()
    return made


def test_a_few_steps_of_own_style_lower_the_loss_and_part_person_from_background(network, tmp_path):
    system = systems.load("own-style")
    config = replace(systems.filled(TrainConfig(), system.training, "training"), steps=60, warm_up=5, held_out=0.0)
    run = Run(network, CropLosses(system.losses), SplitEdits(), replace(config, lr=3e-3))
    probe = SplitEdits().draw()

    def state():
        result = network.eval()
        with torch.no_grad():
            error = sum(value.item() for value in CropLosses(system.losses)(result, probe).values())
            background, person = result.predictor(probe.thumbnail)[0].unbind(1)
            output = result(probe.thumbnail, probe.rgb) - probe.rgb
        network.train()
        return error, (person - background).norm(dim=1).mean().item(), output

    before, apart_before, _ = state()
    for _ in range(60):
        run._step()
    after, apart_after, moved = state()
    assert after < 0.6 * before
    assert apart_after > 2 * apart_before and apart_after > 0.1
    assert moved[..., S // 2 + 4 :].mean() > 0.05 and moved[..., : S // 2 - 4].mean() < -0.03
