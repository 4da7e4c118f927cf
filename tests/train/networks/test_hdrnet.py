"""HDRNet: what makes it what it is, a bilateral grid of affine transforms that is sliced by place and guide."""

import torch

from lutbridge.train.networks.hdrnet import CELLS, DEPTH, Guide, HDRNet, slice_and_apply


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def network():
    torch.manual_seed(0)
    return HDRNet(256).eval()


def test_the_published_parameter_count():
    assert sum(p.numel() for p in network().parameters()) == 482_080


def test_a_constant_grid_is_one_affine_map():
    rgb, guide, transform = draw(2, 3, 9, 13), draw(2, 9, 13), draw(3, 4, seed=1)
    grid = transform.view(1, 12, 1, 1, 1).expand(2, 12, DEPTH, CELLS, CELLS)
    expected = torch.einsum("ij,bjhw->bihw", transform[:, :3], rgb) + transform[:, 3].view(3, 1, 1)
    assert torch.allclose(slice_and_apply(grid, guide, rgb), expected, atol=1e-6)


def offset_grid(values):
    """A grid whose transforms answer a number, whatever the colour: values (D, h, w)."""
    grid = torch.zeros(1, 12, *values.shape)
    grid[:, 3::4] = values
    return grid


def test_the_grid_is_laid_over_the_photo_cell_by_cell():
    values = torch.zeros(DEPTH, 2, 4)
    values[:, 0, 3] = 1  # the upper right cell of 2 × 4
    out = slice_and_apply(offset_grid(values), draw(1, 20, 40), draw(1, 3, 20, 40))[0, 0]
    assert (out[:5, 35:] == 1).all(), "from the cell's centre to the photo's corner"
    assert torch.allclose(out[10, 35:], torch.tensor(0.45), atol=1e-5), "half-way to the next row of cells, and a bit"
    assert (out[15:] == 0).all() and (out[:, :25] == 0).all()


def test_two_pixels_of_one_place_part_by_their_guide():
    values = (torch.arange(DEPTH) + 0.5).view(DEPTH, 1, 1) / DEPTH  # each depth answers the guide it stands for
    guide = torch.linspace(0, 1, 11).view(1, 1, 11)
    out = slice_and_apply(offset_grid(values), guide, torch.zeros(1, 3, 1, 11))[0, 0, 0]
    ends = 0.5 / DEPTH
    assert torch.allclose(out, guide[0, 0].clamp(ends, 1 - ends), atol=1e-6)


def test_the_guide_starts_as_the_channels_mean_and_bends_at_its_knots():
    guide, rgb = Guide(), draw(1, 3, 4, 5)
    assert torch.allclose(guide(rgb), rgb.mean(1), atol=1e-6)
    with torch.no_grad():
        guide.slopes[:, 8] = -1  # level above the ninth knot, at a half
    assert torch.allclose(guide(rgb), rgb.clamp(max=0.5).mean(1), atol=1e-6)


def test_a_photo_and_its_double_get_the_same_look():
    net, thumbnail, rgb = network(), draw(1, 3, 256, 256), draw(1, 3, 12, 16)
    with torch.no_grad():
        net.grid.weight.mul_(10)
        small = net(thumbnail, rgb)
        large = net(thumbnail, rgb.repeat_interleave(2, 2).repeat_interleave(2, 3))
    assert torch.allclose(torch.nn.functional.avg_pool2d(large, 2), small, atol=1e-2)


def test_untrained_it_leaves_a_photo_nearly_as_it_is_and_gradients_reach_every_part():
    net, rgb = network(), draw(2, 3, 10, 12)
    out = net(draw(2, 3, 256, 256), rgb)
    assert (out - rgb).abs().max() < 0.05
    (out - 0.3).square().sum().backward()
    assert [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()] == []
