"""The wide view: its weights step where the photo does, see all of it, and are the same for a reduced copy."""

import torch
import torch.nn.functional as F

from lutbridge.train.networks.wide import CELLS, WideContext, carry_up, fit_lines


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def step_edge(H, W, at):
    """A dark photo, bright from a column on."""
    rgb = torch.full((1, 3, H, W), 0.2)
    rgb[..., at:] = 0.8
    return rgb


def test_weights_step_where_the_photo_does_at_full_resolution():
    """Weights of 0 and 1 on cells that straddle the photo's edge: at full resolution no pixel lies between."""
    H, W, cells, at = 64, 640, 16, 333  # an edge inside a cell of 40 px, 13 px from its left side
    rgb = step_edge(H, W, at)
    guide = F.adaptive_avg_pool2d(rgb, cells)
    weights = (guide[:, :1] - 0.2) / 0.6  # each cell's share of the bright side
    carried = carry_up(fit_lines(weights, guide), rgb, 0, H)[0, 0]
    assert carried.shape == (H, W)
    assert (carried[:, :at] < 0.05).all() and (carried[:, at:] > 0.95).all()
    plain = F.interpolate(weights, (H, W), mode="bilinear")[0, 0]
    assert ((plain > 0.1) & (plain < 0.9)).any(), "which interpolating the weights would not do"


def test_weights_that_are_one_number_everywhere_come_through():
    rgb = draw(2, 3, 40, 50)
    constant = torch.tensor([1.5, -0.25]).view(1, 2, 1, 1).expand(2, 2, 8, 8)
    carried = carry_up(fit_lines(constant, F.adaptive_avg_pool2d(rgb, 8)), rgb, 0, 40)
    assert torch.allclose(carried, constant[..., :1, :1].expand_as(carried), atol=1e-4)


def test_where_the_photo_is_flat_weights_are_only_smoothed():
    rgb = torch.full((1, 3, 80, 80), 0.5)
    weights = torch.zeros(1, 1, 16, 16)
    weights[..., 8:] = 1
    carried = carry_up(fit_lines(weights, F.adaptive_avg_pool2d(rgb, 16)), rgb, 0, 80)[0, 0]
    assert (carried[:, :10] < 1e-3).all() and (carried[:, 70:] > 1 - 1e-3).all()
    assert (carried.diff(dim=1) > -1e-4).all(), "from one side to the other without ringing"


def trained():
    """A module whose weights differ much from place to place."""
    torch.manual_seed(2)
    module = WideContext(2)
    with torch.no_grad():
        module.weights.weight.mul_(30)
    return module.double()


def picture(H, W):
    """A smooth photo with detail on one half: (1, 3, H, W)."""
    random = torch.Generator().manual_seed(3)
    smooth = F.interpolate(torch.rand(1, 3, 6, 6, generator=random), (H, W), mode="bicubic").clamp(0.1, 0.9)
    detail = F.interpolate(torch.rand(1, 1, 96, 96, generator=random) - 0.5, (H, W), mode="bilinear")
    detail[..., : W // 2] = 0
    return (smooth + 0.3 * detail).clamp(0, 1).double()


def test_every_place_sees_the_whole_photo():
    module, before = trained(), picture(128, 128)
    after = before.clone()
    after[..., 120:, 120:] = 1 - after[..., 120:, 120:]
    moved = (module(None, before)[0] - module(None, after)[0]).abs().amax((0, 1))
    assert (moved[:8, :8] > 0).any(), "the opposite corner"


def test_detail_counts_where_the_mean_colour_is_the_same():
    """What a reduced copy loses: two halves of one mean colour, one of them textured at the finest scale."""
    torch.manual_seed(0)
    rgb = torch.full((1, 3, 256, 256), 0.5, dtype=torch.float64)
    checks = ((torch.arange(256)[:, None] + torch.arange(256)) % 2) * 0.2 - 0.1
    rgb[..., 128:] += checks[:, 128:]
    w_pixel = trained()(None, rgb)[0][0, 0]
    inside = slice(40, 216)
    plain, textured = w_pixel[inside, 40:88].mean(), w_pixel[inside, 168:216].mean()
    assert (plain - textured).abs() > 0.05


def test_a_photo_and_its_reduced_copy_get_nearly_the_same_weights():
    module = trained()
    large = picture(512, 768)
    small = F.interpolate(large, (256, 384), mode="area")
    reduced = F.interpolate(module(None, large)[0], (256, 384), mode="area")
    own = module(None, small)[0]
    spread = own.std()
    assert (reduced - own).abs().mean() < 0.1 * spread


def test_it_is_light_and_gradients_reach_every_part():
    module = trained()
    assert sum(p.numel() for p in module.parameters()) < 80_000
    w_pixel, logits = module(None, picture(32, 48))
    assert w_pixel.shape == (1, 2, 32, 48) and logits is None
    w_pixel.square().sum().backward()
    assert all(p.grad.any() for p in module.parameters())
    assert CELLS % 2 == 0
