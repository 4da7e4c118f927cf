"""Photos through a network that sees the whole of them, strip by strip, by the public door."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lutbridge.color.codes import to_float
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.errors import UsageError
from lutbridge.image.photo import Container, Photo
from lutbridge.image.thumbnail import area_thumbnail
from lutbridge.model.config import ModelConfig
from lutbridge.retouch import VIEWS, Retoucher
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes


def photo(dtype):
    """A gradient under noise."""
    y, x = np.mgrid[0:90, 0:120] / 120
    noise = 0.05 * np.random.default_rng(0).standard_normal((90, 120, 3))
    values = (0.05 + 0.8 * np.stack([x, y, (x + y) / 2], -1) + noise).clip(0, 1)
    return Photo(Path("wedding.jpg"), np.rint(values * np.iinfo(dtype).max).astype(dtype), None, Container("png"))


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """A model that weighs pixels by the whole photo, and a Retoucher of its file."""
    torch.manual_seed(1)
    config = ModelConfig(n_luts=2, grid_size=5, thumbnail_size=32, pixel_weights="wide")
    net = build(config).eval()
    with torch.no_grad():
        net.luts[1] = 0.2 * net.luts[0] * (1 - net.luts[0])
        net.predictor.head.bias.fill_(1)
        net.spatial.weights.weight.mul_(5)
    path = tmp_path_factory.mktemp("models") / "wide.safetensors"
    path.write_bytes(to_bytes(Checkpoint(net, config, {})))
    return net, Retoucher.load(str(path), "cpu")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_model_that_sees_the_whole_photo_renders_it_strip_by_strip(wide, dtype):
    net, retoucher = wide
    shot = photo(dtype)
    top = np.iinfo(dtype).max
    thumbnail = torch.from_numpy(area_thumbnail(shot.pixels, 32)).movedim(2, 0)[None]
    rgb = torch.from_numpy(to_float(shot.pixels)).movedim(2, 0)[None]
    with torch.inference_mode():
        expected = net(thumbnail, rgb)[0].movedim(0, 2).clamp(0, 1).numpy()
    rendering = retoucher.render(shot)
    assert np.abs(rendering.pixels - np.rint(expected * top)).max() <= 1
    assert not np.array_equal(rendering.pixels, shot.pixels)
    half = retoucher.render(shot, strength=0.5).pixels
    assert np.abs(half - (shot.pixels / top + expected) / 2 * top).max() <= 1
    assert np.array_equal(retoucher.render(shot, strength=0).pixels, shot.pixels)
    for strip_pixels in (1, 7 * shot.pixels.shape[1]):
        parts = Retoucher(net, "", strip_pixels=strip_pixels)
        assert np.array_equal(parts.render(shot).pixels, rendering.pixels)
        assert np.abs(parts.lut(shot).lattice - retoucher.lut(shot).lattice).max() < 1e-4


def test_its_fitted_lut_is_the_nearest_there_is(wide):
    _, retoucher = wide
    shot = photo(np.uint16)
    full = srgb_to_lab(to_float(retoucher.render(shot).pixels))
    errors = [
        delta_e_2000(full, srgb_to_lab(retoucher.lut(shot, view).apply(to_float(shot.pixels)))).mean() for view in VIEWS
    ]
    assert errors[0] == min(errors) and errors[0] < 1


def test_it_cannot_match_takes_and_says_so(wide):
    with pytest.raises(UsageError, match="wide weighs pixels by the whole photo and cannot match takes"):
        wide[1].network_on_cpu()
