import numpy as np
import pytest
import torch

from lutbridge.errors import UsageError
from lutbridge.model.config import ModelConfig
from lutbridge.research.systems import autocontrast, in_memory, load_models, model, retoucher_of, untouched
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

SMALL = {"n_luts": 2, "grid_size": 5, "thumbnail_size": 32, "predictor": "histogram-cnn"}


def test_untouched_is_the_source():
    pixels = np.zeros((2, 3, 3), np.uint8)
    assert untouched(pixels) is pixels


def test_autocontrast_stretches_each_channel():
    out = autocontrast(np.array([[[10, 20, 30], [110, 60, 90]]], np.uint8))
    assert out.tolist() == [[[0, 0, 0], [255, 255, 255]]]


@pytest.fixture
def network():
    torch.manual_seed(0)
    return build(ModelConfig(**SMALL)).eval()


def test_a_model_is_its_retouchers_render_and_a_plain_pass_gives_the_same(network):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    rendered = model(network)(pixels)
    assert np.array_equal(rendered, retoucher_of(network).render(in_memory(pixels)).pixels)
    assert np.abs(rendered.astype(int) - retouch_whole(network, pixels)).max() <= 1


def test_models_are_named_after_their_file_or_run(network, tmp_path):
    data = checkpoint.to_bytes(checkpoint.Checkpoint(network, ModelConfig(**SMALL), {}))
    for path in ("mine/model.safetensors", "theirs.safetensors", "other/mine.safetensors"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    names = [str(tmp_path / "mine"), str(tmp_path / "theirs.safetensors"), "portrait-v1"]
    assert list(load_models(names)) == ["mine", "theirs", "portrait-v1"]
    with pytest.raises(UsageError, match="two models are called mine"):
        load_models([str(tmp_path / "mine"), str(tmp_path / "other" / "mine.safetensors")])
