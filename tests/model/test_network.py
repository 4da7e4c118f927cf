import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lutbridge.model import network as numpy_network
from lutbridge.model.config import ModelConfig
from lutbridge.model.registry import DEFAULT_MODEL, find_model
from lutbridge.render.cpu import Renderer
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

ASTRONAUT = Path(__file__).parents[2] / "examples" / "astronaut.png"


@pytest.fixture(scope="module")
def networks():
    """The shipped model, plain and in torch."""
    path = find_model(DEFAULT_MODEL)
    return numpy_network.read(path), checkpoint.read(path).network


def thumbnails():
    random = np.random.default_rng(0)
    yield from (random.random((128, 128, 3), np.float32) ** power for power in (0.5, 1, 3))
    yield from (np.full((128, 128, 3), level, np.float32) for level in (0, 0.5, 1))
    ramp = np.linspace(0, 1, 128, dtype=np.float32)
    yield np.stack(np.broadcast_arrays(ramp[:, None], ramp, ramp[::-1, None] * ramp), -1)


@pytest.mark.parametrize("thumbnail", list(thumbnails()))
def test_the_plain_predictor_says_what_torch_says(networks, thumbnail):
    plain_network, network = networks
    with torch.inference_mode():
        expected = network.predictor(torch.from_numpy(thumbnail).movedim(2, 0)[None])[0].numpy()
    found = plain_network.predictor(thumbnail)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 2e-6 * max(1, np.abs(expected).max())


def test_the_arrays_are_those_of_the_network(networks):
    from_file, network = networks
    from_torch = numpy_network.plain(network)
    assert np.array_equal(from_file.luts, from_torch.luts)
    for name in numpy_network.LAYERS:
        assert all(np.array_equal(*pair) for pair in zip(from_file.layers[name], from_torch.layers[name], strict=True))
    facts = ("k", "interpolation", "thumbnail_size", "thumbnail")
    assert [getattr(from_file, name) for name in facts] == [getattr(from_torch, name) for name in facts]


def test_a_renderer_takes_either(networks):
    rgb = np.random.default_rng(1).random((20, 30, 3), np.float32)
    w_image = np.linspace(0, 0.3, 8, dtype=np.float32)
    results = [Renderer(network, w_image).strip(rgb, 0, 20) for network in networks]
    assert np.array_equal(*results)


def test_what_only_torch_has_is_left_to_it(tmp_path):
    for name, config in (("zeng", ModelConfig(grid_size=5)), ("wide", ModelConfig(grid_size=5, pixel_weights="none"))):
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(checkpoint.to_bytes(checkpoint.Checkpoint(build(config), config, {})))
        assert numpy_network.read(path) is None


def test_photos_are_rendered_without_torch(tmp_path):
    out = tmp_path / "out"
    options = ["render", ASTRONAUT, "-o", out, "--device", "cpu"]
    command = [sys.executable, "-X", "importtime", "-m", "lutbridge", *options]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0 and (out / "astronaut.png").exists()
    imported = {
        line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if line.startswith("import time")
    }
    assert "numba" in imported and "torch" not in imported
