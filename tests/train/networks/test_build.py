"""Every system by its config: one call contract, and files that hold it."""

import pytest
import torch

from lutbridge.model.config import PIXEL_WEIGHTS, CSRNetConfig, HDRNetConfig, ModelConfig
from lutbridge.train import systems
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

SMALL = {"n_luts": 3, "grid_size": 5, "thumbnail_size": 32}
CONFIGS = {kind: ModelConfig(pixel_weights=kind, **SMALL) for kind in PIXEL_WEIGHTS if kind != "regions"} | {
    "regions": ModelConfig(predictor="regions", pixel_weights="regions", **SMALL),
    "hdrnet": HDRNetConfig(),
    "csrnet": CSRNetConfig(64),
    "noise": ModelConfig(lut_start="noise", **SMALL),
    "unpaired": ModelConfig(predictor="zeng-unpaired", **SMALL),
}


def made(name):
    torch.manual_seed(0)
    network = build(CONFIGS[name]).eval()
    S = network.thumbnail_size
    return network, torch.rand(2, 3, S, S), torch.rand(2, 3, 6, 8)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_network_answers_as_the_losses_need(name):
    network, thumbnail, rgb = made(name)
    found = network.predict(thumbnail, rgb)
    assert found.output.shape == rgb.shape and torch.equal(network(thumbnail, rgb), found.output)
    if isinstance(CONFIGS[name], ModelConfig):
        K = 6 if name == "regions" else 3
        assert found.w_image.shape == (2, K) and found.w_pixel.shape == (2, K, 6, 8)
        assert found.luts is network.luts
        assert torch.allclose(network.mix(found.w_image, found.w_pixel, rgb), found.output)
    else:
        assert (found.w_image, found.w_pixel, found.luts) == (None, None, None)
    attention = name in ("lam", "released", "released-scrambled", "noise", "unpaired")
    assert (found.logits.shape == (2, 9, 6, 8)) if attention else (found.logits is None)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_network_goes_into_a_file_and_back(name, tmp_path):
    network, thumbnail, rgb = made(name)
    path = tmp_path / "network.safetensors"
    path.write_bytes(checkpoint.to_bytes(checkpoint.Checkpoint(network, CONFIGS[name], {})))
    read = checkpoint.read(path)
    assert read.config == CONFIGS[name]
    assert torch.equal(read.network(thumbnail, rgb), network(thumbnail, rgb))


@pytest.mark.parametrize("name", ["lam", "unet", "wide", "released"])
def test_half_precision_is_for_convolutions_alone(name):
    """Lookups and sums in half precision would be off by more than a code of 8 bit."""
    network, thumbnail, rgb = made(name)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        found = network.predict(thumbnail, rgb)
    assert found.output.dtype == torch.float32
    exact = network.mix(found.w_image.float(), found.w_pixel.float(), rgb)
    assert torch.allclose(found.output, exact, atol=1e-6)


def test_without_local_context_every_pixel_goes_through_one_lut():
    network, thumbnail, rgb = made("none")
    found = network.predict(thumbnail, rgb)
    assert (found.w_pixel == 1).all()
    assert torch.allclose(network(thumbnail, rgb[:, :, 2:3, 3:5]), found.output[:, :, 2:3, 3:5], atol=1e-6)


def test_without_attention_the_neighbours_go_in_as_they_are():
    network, _, rgb = made("lam-without-attention")
    local, h, w = network.local_context, 3, 4
    voxel = rgb[0, :, h - 1 : h + 2, w - 1 : w + 2].flatten()
    f_vox = torch.relu(local.voxel.weight[:, :, 0, 0] @ voxel + local.voxel.bias)
    expected = local.weights.weight[:, :, 0, 0] @ f_vox + local.weights.bias
    assert torch.allclose(local(rgb)[0][0, :, h, w], expected, atol=1e-6)


def test_noise_is_where_the_released_code_has_it():
    luts = build(CONFIGS["noise"]).luts
    assert torch.equal(luts[0], build(CONFIGS["lam"]).luts[0])
    fan_in = 5**3
    assert luts[1:].std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.1)


PUBLISHED = {  # parameters; where each count comes from stands in docs/systems.md
    "hdrnet": 482_080,
    "csrnet": 36_489,
    "3dlut": 593_516,
    "liang": 11_689_512 - 513 * 1000 + 513 * 5 + 5 * 3 * 33**3,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_baselines_have_their_published_sizes(name):
    count = sum(p.numel() for p in build(systems.load(name).model).parameters())
    assert count == PUBLISHED[name]
