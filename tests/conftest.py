"""What every test runs under: no network, a clean environment, and nothing left behind."""

import os
import socket
import threading

import numpy as np
import pytest
from PIL import Image

# Triton, and what it brings along, asks for its interpreter when it is imported, which any test may do first.
os.environ["TRITON_INTERPRET"] = "1"

FOLDERS = ("DATA_HOME", "STATE_HOME", "CACHE_HOME", "CONFIG_HOME", "RUNTIME_DIR")  # of the XDG base directories


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory):
    """Neither the user's folders nor their terminal settings reach a test; subprocesses inherit this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in (*(f"XDG_{kind}" for kind in FOLDERS), "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_network():
    connect = socket.socket.connect

    def refuse(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test reached for the network: {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        yield


@pytest.fixture(autouse=True)
def no_leftovers(request):
    """A test that leaves a thread or a temporary file behind fails."""
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    threads = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(timeout=5)
        assert not thread.is_alive(), f"{thread.name} is still running"
    assert folder is None or not list(folder.rglob(".lutbridge-*"))


@pytest.fixture
def make_photo():
    """Writes a small photo, its format by the suffix, with a gradient that `seed` shifts, and returns its path."""

    def make(path, size=(48, 32), seed=0):
        width, height = size
        rows, columns = np.mgrid[0:height, 0:width]
        pixels = np.stack([columns * 4, rows * 6, (rows + columns) * 2 + 20 * seed], -1) % 256
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        return path

    return make


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory):
    """A small untrained network that brightens, as a model file."""
    import torch

    from lutbridge.model.config import ModelConfig
    from lutbridge.train.networks.build import build
    from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes

    config = ModelConfig(n_luts=2, grid_size=5, context_channels=4, voxel_channels=4, thumbnail_size=32)
    torch.manual_seed(0)
    network = build(config)
    with torch.no_grad():
        for lut in network.luts:
            lut.mul_(0.9).add_(0.1)
    path = tmp_path_factory.mktemp("models") / "toy.safetensors"
    path.write_bytes(to_bytes(Checkpoint(network, config, {})))
    return path


@pytest.fixture(scope="session")
def parts_model(tmp_path_factory):
    """A small untrained network that lifts the person more than the background, as a model file."""
    import torch

    from lutbridge.model.config import ModelConfig
    from lutbridge.train.networks.build import build
    from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes

    regions = {"predictor": "regions", "pixel_weights": "regions", "interpolation": "tetrahedral"}
    config = ModelConfig(n_luts=2, grid_size=5, thumbnail_size=32, **regions)
    torch.manual_seed(0)
    network = build(config)
    with torch.no_grad():
        for lut in network.luts:
            lut.mul_(0.75).add_(0.05)  # so that nothing clips
        network.predictor.mask.weight.mul_(30)  # so that the mask reaches from 0 to 1
        network.predictor.mask.bias.mul_(30).sub_(3.5)
        network.predictor.head.bias[2:] += 0.2  # the person's
    path = tmp_path_factory.mktemp("models") / "parts.safetensors"
    path.write_bytes(to_bytes(Checkpoint(network, config, {})))
    return path
