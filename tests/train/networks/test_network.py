import pytest
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.train.networks.build import build

SMALL = ModelConfig(n_luts=3, grid_size=5, thumbnail_size=32, predictor="histogram-cnn")


def network(config=SMALL):
    torch.manual_seed(0)
    return build(config).eval()


@pytest.mark.parametrize("predictor, S", [("zeng", 64), ("resnet18", 224), ("histogram-cnn", 96)])
def test_untrained_it_leaves_a_photo_nearly_as_it_is(predictor, S):
    config = ModelConfig(predictor=predictor, thumbnail_size=S)
    rgb = torch.rand(1, 3, 20, 30)
    with torch.no_grad():
        out = network(config)(torch.rand(1, 3, S, S), rgb)
    assert out.shape == rgb.shape
    assert (out / rgb).std() < 0.1, "the same small factor everywhere"


def test_the_fusion_is_the_papers_sum():
    """O(h, w) = Σ_n w_image_n · w_pixel_n(h, w) · φ_n(I(h, w)), written out pixel by pixel."""
    net = network()
    with torch.no_grad():
        net.luts.copy_(torch.rand_like(net.luts))
    rgb, w_image, w_pixel = torch.rand(2, 3, 4, 6), torch.rand(2, 3), torch.rand(2, 3, 4, 6)
    rgb = (rgb * 4).round() / 4  # lattice points, so that φ_n(I) is a plain look into the table
    out = net.mix(w_image, w_pixel, rgb)
    for b, h, w in [(0, 0, 0), (0, 3, 5), (1, 2, 1)]:
        i, j, k = (rgb[b, :, h, w] * 4).long().tolist()
        expected = sum(w_image[b, n] * w_pixel[b, n, h, w] * net.luts[n, :, i, j, k] for n in range(3))
        assert torch.allclose(out[b, :, h, w], expected, atol=1e-5)


def test_only_the_product_of_both_weights_matters():
    net = network()
    rgb, w_image, w_pixel = torch.rand(1, 3, 4, 6), torch.rand(1, 3), torch.rand(1, 3, 4, 6)
    assert torch.allclose(net.mix(w_image, w_pixel, rgb), net.mix(w_image * 4, w_pixel / 4, rgb), atol=1e-6)


def test_gradients_reach_every_part():
    net = network().train()
    net(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 8, 8)).square().sum().backward()
    silent = [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == [], "parameters that no photo moves"
