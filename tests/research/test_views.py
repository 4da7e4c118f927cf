import numpy as np
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.research.systems import retoucher_of
from lutbridge.research.views import view_errors
from lutbridge.retouch import VIEWS
from lutbridge.train.networks.build import build


def test_views_are_compared_at_16_bit_with_the_render():
    torch.manual_seed(0)
    network = build(ModelConfig(n_luts=2, grid_size=9, thumbnail_size=32, predictor="histogram-cnn"))
    with torch.no_grad():  # the same weights for every pixel: a single LUT can be exact
        for layer in (network.local_context.weights, network.local_context.voxel):
            layer.weight.zero_()
        network.local_context.weights.bias.fill_(0.9)
    pixels = np.random.default_rng(0).integers(0, 200, (30, 40, 3), np.uint8)
    errors = view_errors(retoucher_of(network), pixels)
    assert errors.keys() == set(VIEWS)
    for view in ("fitted", "fused"):
        mean, high = errors[view]
        assert mean <= high < 0.05, "rounding to 8 bit alone would be more"
    assert errors["image-weights"][0] > 1, "nine tenths of the light are missing"
