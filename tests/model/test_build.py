"""Every network that photos can be rendered by is the same in numpy and in torch."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from lutbridge.model import build as numpy_build
from lutbridge.model.config import HDRNetConfig, ModelConfig
from lutbridge.model.registry import builtin_models
from lutbridge.render.reference import mixed
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

CONFIGS = {
    "zeng, lam": ModelConfig(),
    "zeng-unpaired, no context": ModelConfig(predictor="zeng-unpaired", pixel_weights="none"),
    "resnet18, lam": ModelConfig(predictor="resnet18", thumbnail_size=224, context_channels=64, voxel_channels=128),
    "histogram-cnn, no attention": ModelConfig(predictor="histogram-cnn", pixel_weights="lam-without-attention"),
    "clut, no context": ModelConfig(n_luts=21, predictor="clut", pixel_weights="none"),
    "k = 5, tetrahedral": ModelConfig(context=5, n_luts=7, interpolation="tetrahedral"),
    "regions": ModelConfig(n_luts=4, predictor="regions", pixel_weights="regions", thumbnail_size=128),
}


def noisy(config):
    """A network none of whose parts is at its start."""
    torch.manual_seed(0)
    network = build(replace(config, grid_size=9)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.2 * parameter.std(unbiased=False) * torch.randn_like(parameter))
        network.luts[1:].uniform_(-0.3, 0.3)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 2)
    return network


def networks():
    for name, config in CONFIGS.items():
        yield pytest.param(lambda config=config: noisy(config), id=name)
    for model in builtin_models():
        yield pytest.param(lambda path=model.path: checkpoint.read(path).network, id=model.name)


def photos():
    random = np.random.default_rng(0)
    yield random.random((40, 31, 3), np.float32)
    ramp = np.linspace(0, 1, 50, dtype=np.float32)
    yield np.stack(np.broadcast_arrays(ramp[:, None], ramp, ramp[::-1, None] * ramp), -1).copy()
    yield 0.5 + 0.1 * random.random((3, 4, 3), np.float32)


@pytest.mark.parametrize("make", [*networks()])
def test_numpy_says_what_torch_says(make):
    network = make()
    config = replace(network.config, restraint=0.0) if hasattr(network.config, "restraint") else network.config
    in_numpy = numpy_build.build(config, checkpoint.arrays(network))
    for rgb in photos():
        planes = torch.from_numpy(rgb).movedim(2, 0)[None]
        thumbnail = F.interpolate(planes, (network.thumbnail_size,) * 2, mode="bilinear")
        with torch.inference_mode():
            expected = network.predict(thumbnail, planes)
        look = in_numpy.look(np.ascontiguousarray(thumbnail[0].movedim(0, 2).numpy()))
        assert look.w_image.dtype == np.float32
        w_image = expected.w_image[0].numpy()
        # Instance normalisation divides by deviations that may be small, and so enlarges rounding.
        tolerance = 3e-5 if network.config.predictor.startswith(("zeng", "clut")) else 2e-6
        assert np.abs(look.w_image - w_image).max() < tolerance * max(1, np.abs(w_image).max())
        found = mixed(in_numpy, look, rgb)
        assert np.abs(found - expected.output[0].movedim(0, 2).numpy()).max() < 3e-5


def test_the_start_leaves_a_photo_as_it_is():
    network = build(CONFIGS["regions"])
    in_numpy = numpy_build.build(network.config, checkpoint.arrays(network))
    rgb = next(photos())
    look = in_numpy.look(np.full((128, 128, 3), 0.4, np.float32))
    assert np.abs(mixed(in_numpy, look, rgb) - rgb).max() < 0.1


@pytest.mark.parametrize("kind", ["unet", "wide", "released"])
def test_what_can_only_be_measured(kind):
    assert not numpy_build.can_build(ModelConfig(pixel_weights=kind))
    assert not numpy_build.can_build(HDRNetConfig())


def test_a_predictor_of_regions_goes_with_their_weights():
    with pytest.raises(ValueError, match="predictor"):
        ModelConfig(predictor="regions")
