"""The U-Net in the local-context module's place."""

import torch

from lutbridge.model.config import ModelConfig
from lutbridge.train.lookup import interpolate
from lutbridge.train.networks.build import build
from lutbridge.train.networks.unet import UNetWeights

CONFIG = ModelConfig(n_luts=3, grid_size=5, thumbnail_size=32, pixel_weights="unet")


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def network():
    torch.manual_seed(0)
    net = build(CONFIG).eval()
    with torch.no_grad():
        net.luts.copy_(draw(*net.luts.shape))
    return net


def test_the_parameter_count_that_is_left_for_it():
    luts = 30 * 3 * 33**3  # of the spatial-aware 3D LUT
    count = sum(p.numel() for p in UNetWeights(5).parameters())
    assert abs((count + luts) / 4_500_000 - 1) < 0.02


def test_weights_constant_over_space_leave_one_3d_lut():
    net, thumbnail, rgb = network(), draw(1, 3, 32, 32), draw(1, 3, 10, 14)
    constant = torch.tensor([0.5, 2.0, -1.0])
    with torch.no_grad():
        net.spatial.weights.weight.zero_()
        net.spatial.weights.bias.copy_(constant)
        found = net.predict(thumbnail, rgb)
        lut = torch.einsum("n,ncrgb->crgb", found.w_image[0] * constant, net.luts)
        expected = interpolate(lut, rgb[0].flatten(1).T, "trilinear").T.view_as(rgb)
    assert torch.allclose(found.w_pixel, constant.view(1, 3, 1, 1).expand_as(found.w_pixel))
    assert torch.allclose(found.output, expected, atol=1e-5)


def test_it_sees_far_beyond_a_local_window():
    torch.manual_seed(0)
    unet, thumbnail, rgb = UNetWeights(2), draw(1, 3, 64, 64), torch.zeros(1, 3, 128, 96)
    changed = thumbnail.clone()
    changed[..., :8, :8] = 1 - changed[..., :8, :8]
    moved = (unet(thumbnail, rgb)[0] - unet(changed, rgb)[0]).abs().amax(1)[0]
    assert moved.shape == (128, 96) and moved[30, 22] > 0, "a quarter of the photo away"


def test_the_map_is_carried_to_any_size_in_place():
    torch.manual_seed(0)
    unet, thumbnail = UNetWeights(2), draw(1, 3, 32, 32)
    own, _ = unet(thumbnail, torch.zeros(1, 3, 32, 32))
    large, _ = unet(thumbnail, torch.zeros(1, 3, 96, 160))
    assert torch.allclose(large[..., 1::3, 2::5], own, atol=1e-5), "at the centres of the thumbnail's pixels"


def test_it_starts_near_one_and_gradients_reach_every_part():
    net = network().train()
    found = net.predict(draw(2, 3, 32, 32), draw(2, 3, 8, 8))
    assert (found.w_pixel - 1).abs().max() < 0.2 and found.logits is None
    found.output.square().sum().backward()
    assert [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()] == []
