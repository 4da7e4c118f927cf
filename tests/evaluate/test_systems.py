import numpy as np
import torch

from lutbridge.evaluate.systems import autocontrast, in_memory, model, untouched
from lutbridge.model.build import build
from lutbridge.model.config import ModelConfig
from lutbridge.retouch import Retoucher


def test_untouched_is_the_source():
    pixels = np.zeros((2, 3, 3), np.uint8)
    assert untouched(pixels) is pixels


def test_autocontrast_stretches_each_channel():
    out = autocontrast(np.array([[[10, 20, 30], [110, 60, 90]]], np.uint8))
    assert out.tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_a_model_is_its_retouchers_render():
    torch.manual_seed(0)
    retoucher = Retoucher(
        build(ModelConfig(n_luts=2, grid_size=5, thumbnail_size=32, predictor="histogram-cnn")), "toy"
    )
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    assert np.array_equal(model(retoucher)(pixels), retoucher.render(in_memory(pixels)).pixels)
