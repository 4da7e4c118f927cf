import math

import pytest
import torch

from lutbridge.train.color import srgb_to_lab
from lutbridge.train.losses import (
    edge_supervision,
    full_supervision,
    group_consistency,
    group_style,
    harm,
    mask_supervision,
    region_delta_e,
    region_mse,
)


def test_region_mse_by_hand():
    output, target = torch.full((1, 3, 1, 2), 0.5), torch.full((1, 3, 1, 2), 0.3)
    mask = torch.tensor([[[[1.0, 0.0]]]])
    assert region_mse(output, target, mask, 1).item() == pytest.approx(0.04)
    # The person's error is 5 × 0.2 = 1, the background's 0.2.
    assert region_mse(output, target, mask, 5).item() == pytest.approx((1 + 0.04) / 2)


def test_region_mse_may_weigh_the_squares():
    output, target = torch.full((1, 3, 1, 2), 0.5), torch.full((1, 3, 1, 2), 0.3)
    mask = torch.tensor([[[[1.0, 0.0]]]])
    assert region_mse(output, target, mask, 5, squares=True).item() == pytest.approx((5 * 0.04 + 0.04) / 2)


def test_harm_counts_the_photos_that_end_farther_and_by_how_much():
    target = torch.full((2, 3, 1, 2), 0.3)
    source, output = target.clone(), target.clone()
    output[0] = 0.5  # which was right
    source[1] = 0.9  # which is right now
    mask = torch.tensor([1.0, 0.0]).expand(2, 1, 1, 2)
    grey = srgb_to_lab(torch.tensor([[0.5] * 3, [0.3] * 3]))
    step = (grey[0, 0] - grey[1, 0]).item()
    # Its two pixels by the weights 3 and 1, less what the floor of the distance gave it before.
    assert harm(output, source, target, mask, 3).item() == pytest.approx((2 * step - 2 * 0.1) / 2, rel=1e-3)
    assert harm(output, output, target, mask, 3) == 0


def test_mask_supervision_by_hand():
    logits = torch.tensor([[[[0.0, 2.0]]], [[[5.0, 5.0]]]])
    mask = torch.tensor([[[[1.0, 0.0, 1.0, 1.0]] * 2], [[[0.0] * 4] * 2]])  # half a cell, a cell; nobody
    first = (math.log(2) + math.log(1 + math.exp(-2))) / 2
    assert mask_supervision(logits, mask, torch.tensor([True, False])).item() == pytest.approx(first, rel=1e-5)
    assert mask_supervision(logits, mask, torch.tensor([False, False])) == 0


def test_region_delta_e_is_the_mean_distance_in_lab():
    output, target = torch.full((1, 3, 1, 2), 0.5), torch.full((1, 3, 1, 2), 0.3)
    mask = torch.tensor([[[[1.0, 0.0]]]])
    grey = srgb_to_lab(torch.tensor([[0.5] * 3, [0.3] * 3]))
    step = (grey[0, 0] - grey[1, 0]).item()
    assert region_delta_e(output, target, mask, 1).item() == pytest.approx(step, rel=1e-3)
    assert region_delta_e(output, target, mask, 3).item() == pytest.approx(2 * step, rel=1e-3)
    assert region_delta_e(target, target, mask, 1).item() == pytest.approx(0.1), "the floor that keeps gradients finite"


def edge_example():
    """A 3 × 3 window whose left column is the background, and uniform attention."""
    mask = torch.ones(1, 1, 3, 3)
    mask[..., 0] = 0
    return torch.zeros(1, 9, 1, 1), mask


def test_edge_supervision_by_hand():
    logits, mask = edge_example()
    # Attention is 1/9 everywhere; the six neighbours of the centre's label have affinity 1/6, the other three 0.
    a = 1 / 9
    same, other = -(math.log(a) / 6 + math.log(1 - a) * 5 / 6), -math.log(1 - a)
    assert edge_supervision(logits, mask).item() == pytest.approx((6 * same + 3 * other) / 9, rel=1e-5)


def test_edge_supervision_falls_as_attention_turns_to_the_same_region():
    logits, mask = edge_example()
    towards = logits.clone().view(1, 3, 3)
    towards[..., 1:] += 2
    assert edge_supervision(towards.view(1, 9, 1, 1), mask) < edge_supervision(logits, mask)


def test_pixels_away_from_the_edge_do_not_count():
    assert edge_supervision(torch.randn(2, 9, 4, 4), torch.ones(2, 1, 6, 6)) == 0


def test_a_pixel_is_the_persons_where_more_than_half_of_it_is():
    logits, mask = torch.randn(1, 9, 1, 1, generator=torch.Generator().manual_seed(0)), edge_example()[1]
    soft = mask.where(mask > 0, 0.4).where(mask == 0, 0.6)
    assert edge_supervision(logits, soft) == edge_supervision(logits, mask) > 0


def test_full_supervision_is_edge_supervision_on_all_pixels():
    logits, mask = edge_example()
    assert full_supervision(logits, mask) == edge_supervision(logits, mask), "every pixel of it is at the edge"
    # Inside the person all nine neighbours have affinity 1/9, which uniform attention meets.
    a = 1 / 9
    inside = full_supervision(logits, torch.ones(1, 1, 3, 3))
    assert inside.item() == pytest.approx(-(a * math.log(a) + (1 - a) * math.log(1 - a)), rel=1e-5)


def test_group_consistency_by_hand():
    first, second = torch.zeros(2, 3, 4, 5), torch.zeros(2, 3, 4, 5)
    first[0] = torch.arange(5.0)
    second[0] = torch.arange(5.0) + 2  # the same scene two columns further right, and one row down
    second[0, :, 2] += 3  # one of the three rows that both show is 3 too bright
    first[1] = 7  # whose second crop does not meet it
    offsets = torch.tensor([[1, 2], [4, 0]])
    assert group_consistency(first, second, offsets).item() == pytest.approx(9 / 3 / 2)
    assert group_consistency(second, first, -offsets).item() == pytest.approx(9 / 3 / 2), "either way round"


def test_gradients():
    logits = torch.randn(1, 9, 2, 3, dtype=torch.float64, requires_grad=True)
    mask = (torch.rand(1, 1, 4, 5, generator=torch.Generator().manual_seed(1)) > 0.5).double()
    assert torch.autograd.gradcheck(lambda x: edge_supervision(x, mask), logits)
    output = torch.rand(1, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    target, person = torch.rand(1, 3, 2, 2).double(), torch.rand(1, 1, 2, 2).double()
    assert torch.autograd.gradcheck(lambda x: full_supervision(x, mask), logits)
    assert torch.autograd.gradcheck(lambda x: region_mse(x, target, person, 5), output)
    assert torch.autograd.gradcheck(lambda x: region_delta_e(x, target, person, 5), output)
    offsets = torch.tensor([[1, -1]])
    assert torch.autograd.gradcheck(lambda x: group_consistency(x, target, offsets), output)
    assert torch.autograd.gradcheck(lambda x: group_consistency(target, x, offsets), output)


def test_the_group_style_loss_is_the_sum_of_both_variances_by_hand():
    grey = torch.full((1, 7, 3), 0.5)  # a* = b* = 0
    others = torch.tensor([[[2.0, 0.0], [4.0, 3.0]]])
    # a*: 0, 2, 4, variance 4; b*: 0, 0, 3, variance 3.
    assert group_style(grey, others).item() == pytest.approx(7, abs=1e-3)
    none = torch.full((1, 2, 2), torch.nan)
    more = torch.cat([torch.cat([others, none[:, :1]], 1), none.repeat(1, 2, 1)[:, :3]])
    loss = group_style(grey.repeat(2, 1, 1), more)
    assert loss.item() == pytest.approx(7 / 2, abs=1e-3), "the second photo is alone in its group"


def test_the_group_style_loss_pulls_towards_the_group():
    output = torch.tensor([[[0.6, 0.5, 0.4]]], requires_grad=True)
    group_style(output, torch.zeros(1, 3, 2)).backward()
    red, _, blue = output.grad[0, 0]
    assert red > 0 > blue  # less red and more blue lowers it


def test_the_group_styles_gradient_is_that_of_differences():
    output = torch.rand(2, 3, 3, dtype=torch.double).mul(0.6).add(0.2).requires_grad_()
    others = torch.rand(2, 2, 2, dtype=torch.double) * 10
    assert torch.autograd.gradcheck(lambda o: group_style(o, others), output)
