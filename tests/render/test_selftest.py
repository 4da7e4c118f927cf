import pytest
import torch

from lutbridge.errors import SetupError
from lutbridge.model.config import ModelConfig
from lutbridge.retouch import Retoucher
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

CONFIG = ModelConfig(n_luts=2, grid_size=5, context_channels=4, voxel_channels=4, thumbnail_size=32)


def saved(tmp_path, change):
    torch.manual_seed(0)
    network = build(CONFIG)
    with torch.no_grad():
        change(network.luts[0])
    path = tmp_path / "sound.safetensors"
    path.write_bytes(checkpoint.to_bytes(checkpoint.Checkpoint(network, CONFIG, {})))
    return path


def test_a_sound_network_passes(tmp_path):
    assert Retoucher.load(str(saved(tmp_path, lambda lut: lut.mul_(0.8).add_(0.1)))).name == "sound"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda lut: lut.mul_(-1).add_(1), "it makes lighter greys darker, by"),
        (lambda lut: lut.mul_(9), "it turns greys into values from"),
        (lambda lut: lut.mul_(3e38), "it turns greys into values that are not finite"),
    ],
)
def test_one_that_cannot_be_meant_is_refused_with_what_it_does(tmp_path, change, fault):
    with pytest.raises(SetupError, match=fault):
        Retoucher.load(str(saved(tmp_path, change)), "cpu")
