"""The released code's arithmetic: its neighbours are not neighbours, and its window is five wide where they are."""

import pytest
import torch
import torch.nn.functional as F

from lutbridge.train.networks.released import ReleasedContext, modulated_sum


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def module(scrambled):
    torch.manual_seed(1)
    return ReleasedContext(5, scrambled).double()


def test_scrambled_differs_from_unscrambled():
    rgb = draw(1, 3, 18, 18)
    scrambled, unscrambled = (module(kind)(None, rgb)[0] for kind in (True, False))
    assert (scrambled - unscrambled).abs().max() > 0.01
    logits = [module(kind)(None, rgb)[1] for kind in (True, False)]
    assert torch.equal(*logits), "the attention itself is the same"


def taps(row, column, scrambled, side=18):
    """The photo's pixels that go into one pixel of the modulated sum."""
    rgb = torch.zeros(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    modulated_sum(rgb, torch.ones(1, 9, side, side, dtype=torch.float64), scrambled)[0, 0, row, column].backward()
    return rgb.grad[0, 0].nonzero().tolist()


def test_the_nine_taps_of_a_scrambled_pixel_are_a_run_of_another_row():
    """Pixel (9, 4) of 18 × 18 is entry 9 · 166 of its channel's nine shifted copies of 324: from 198 of the fifth."""
    assert taps(9, 4, scrambled=True) == [[11, column] for column in range(9)]
    assert taps(9, 4, scrambled=False) == [[row, column] for row in (8, 9, 10) for column in (3, 4, 5)]


def test_unscrambled_a_pixel_depends_on_five_by_five_others():
    context, before = module(False), draw(1, 3, 12, 15)
    after = before.clone()
    after[0, :, 6, 9] = 1 - after[0, :, 6, 9]
    moved = (context(None, before)[0] - context(None, after)[0]).abs().amax((0, 1)) > 1e-9
    places = moved.nonzero()
    reach = [places.amin(0).tolist(), places.amax(0).tolist()]
    # The attention of a pixel two away sees the change, and a third unfold would be needed to carry it farther.
    assert reach == [[4, 7], [8, 11]] or reach == [[3, 6], [9, 12]]
    assert moved.sum() < moved.numel()


def test_it_is_the_released_arithmetic_written_out_for_one_pixel():
    context, rgb, h, w = module(False), draw(1, 3, 9, 9), 4, 5

    def at(picture, row, column):
        """A window of 3 × 3 around a pixel of a picture with zeros around: (3, 9)."""
        padded = F.pad(picture, [1] * 4)[0]
        return padded[:, row : row + 3, column : column + 3].flatten(1)

    def summed(row, column):
        f = torch.relu(context.context.weight.flatten(1) @ at(rgb, row, column).flatten() + context.context.bias)
        attention = torch.sigmoid(context.attention.weight[:, :, 0, 0] @ f + context.attention.bias)
        return (at(rgb, row, column) * attention).sum(1)

    picture = torch.stack([torch.stack([summed(row, column) for column in range(9)]) for row in range(9)])
    voxel = at(picture.movedim(2, 0)[None], h, w).flatten()
    f_vox = torch.relu(context.voxel.weight[:, :, 0, 0] @ voxel + context.voxel.bias)
    expected = context.weights.weight[:, :, 0, 0] @ f_vox + context.weights.bias
    assert torch.allclose(context(None, rgb)[0][0, :, h, w], expected)


@pytest.mark.parametrize("scrambled", [True, False])
def test_gradients_reach_every_part(scrambled):
    context = module(scrambled)
    context(None, draw(2, 3, 6, 7))[0].square().sum().backward()
    assert all(p.grad.any() for p in context.parameters())
