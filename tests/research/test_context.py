"""What local context does: nothing where there is none, and what a pixel's neighbours do where there is."""

import numpy as np
import pytest
import torch

from lutbridge.image.thumbnail import area_thumbnail
from lutbridge.model.config import PIXEL_WEIGHTS, CSRNetConfig, HDRNetConfig, ModelConfig
from lutbridge.research import context
from lutbridge.research.context import context_errors, without_context
from lutbridge.train.networks.build import build

SMALL = {"n_luts": 2, "grid_size": 9, "thumbnail_size": 32}


def network(kind):
    """One whose weights differ much from pixel to pixel, about one."""
    torch.manual_seed(0)
    strength = 2 if kind.startswith("released") else 20  # which does not start with small weights
    net = build(
        {"hdrnet": HDRNetConfig(), "csrnet": CSRNetConfig(64)}.get(kind) or ModelConfig(pixel_weights=kind, **SMALL)
    )
    with torch.no_grad():
        for module in (getattr(net, "local_context", None), getattr(net, "spatial", None)):
            if layer := getattr(module, "weights", None):
                layer.weight.mul_(strength)
                layer.bias.fill_(1)
        if kind == "hdrnet":
            net.grid.weight.mul_(strength)
    return net.eval()


def photo(H=48, W=60, flat=False):
    random = np.random.default_rng(0)
    rgb = np.full((H, W, 3), (0.5, 0.4, 0.3)) if flat else random.uniform(0.2, 0.8, (H, W, 3))
    return np.rint(rgb * 65535).astype(np.uint16)


@pytest.mark.parametrize("kind", ["none", "csrnet"])
def test_where_there_is_no_context_there_is_no_difference(kind):
    errors = context_errors(network(kind), photo())
    assert errors["centre only"] == (0, 0)
    assert errors["fitted LUT"][0] < 1, "beyond what a lattice of this size loses"


@pytest.mark.parametrize("kind", [kind for kind in PIXEL_WEIGHTS if kind not in ("none", "regions")] + ["hdrnet"])
def test_where_there_is_context_it_shows(kind):
    errors = context_errors(network(kind), photo())
    assert errors["centre only"][0] > 0.02 and errors["fitted LUT"][0] > 0.02
    assert errors["centre only"][1] > errors["centre only"][0]


@pytest.mark.parametrize("kind", ["lam", "lam-without-attention"])
def test_a_flat_photo_has_no_neighbours_to_speak_of(kind):
    assert context_errors(network(kind), photo(flat=True))["centre only"][1] < 1e-2


def test_centre_only_is_each_pixel_as_a_photo_of_its_own():
    net, pixels = network("lam"), photo(6, 7)
    rgb = torch.from_numpy(pixels / np.float32(65535)).movedim(2, 0)[None]
    thumbnail = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        alone = net.without_context(thumbnail, rgb)
        own = net(thumbnail, rgb[:, :, 3:4, 4:5].expand(1, 3, 5, 5))
    assert torch.allclose(alone[:, :, 3, 4], own[:, :, 2, 2], atol=1e-6)


def test_the_released_codes_own_pixel_is_as_in_a_flat_photo():
    rgb = torch.rand(1, 3, 4, 4)
    for kind in ("released", "released-scrambled"):
        net = network(kind)
        flat = rgb[:, :, 1:2, 2:3].expand(1, 3, 9, 9)
        with torch.no_grad():
            alone = net.weigh_alone(None, rgb)[:, :, 1, 2]
            inside = network("released").spatial(None, flat)[0][:, :, 4, 4]
        assert torch.allclose(alone, inside, atol=1e-5)


def test_bands_change_nothing(monkeypatch):
    net, pixels = network("lam"), photo()
    whole = context_errors(net, pixels)
    monkeypatch.setattr(context, "BAND_PIXELS", 60 * 7)
    assert context_errors(net, pixels) == pytest.approx({name: pytest.approx(e, rel=1e-4) for name, e in whole.items()})


@pytest.mark.parametrize("kind", ["lam", "wide"])
def test_a_photo_without_context_is_the_same_in_bands(monkeypatch, kind):
    net, pixels = network(kind), photo(40, 30)
    whole = without_context(net, pixels)
    monkeypatch.setattr(context, "BAND_PIXELS", 7 * 30)
    assert whole.dtype == np.uint16 and np.abs(without_context(net, pixels).astype(int) - whole).max() <= 1
    rgb = torch.from_numpy(pixels / np.float32(65535)).movedim(2, 0)[None]
    thumbnail = torch.from_numpy(area_thumbnail(pixels, 32)).movedim(2, 0)[None]
    with torch.no_grad():
        expected = net.without_context(thumbnail, rgb).clamp(0, 1)[0].movedim(0, 2).numpy()
    assert np.abs(whole - 65535 * expected).max() <= 1
