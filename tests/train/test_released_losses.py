"""The released code's losses: each of their departures from the paper is there, and counted by hand."""

import math

import pytest
import torch

from lutbridge.train.released_losses import OFFSET, released_ab, released_group_style, released_supervision


def softplus(x):
    return math.log1p(math.exp(x))


def test_supervision_by_hand():
    # A 1 × 2 photo, person on the left; logits of 0 become 0.5 by the sigmoid, which the entropy takes for a logit.
    mask = torch.tensor([[[[1.0, 0.0]]]])
    met, missed = softplus(0.5) - 0.5, softplus(0.5)
    # Left: of its nine neighbours only itself is the person; the centre's target is the mask, 1 here.
    left = (met + 8 * missed) / 9
    # Right: seven neighbours outside and itself carry its label, but the centre's target is the mask, 0.
    right = (7 * met + 2 * missed) / 9
    loss = released_supervision(torch.zeros(1, 9, 1, 2), mask)
    assert loss.item() == pytest.approx((left + right) / 2, rel=1e-5)


def test_the_photos_border_is_an_edge_and_a_batch_is_summed():
    logits, person = torch.randn(1, 9, 5, 5, generator=torch.Generator().manual_seed(1)), torch.ones(1, 1, 5, 5)
    one = released_supervision(logits, person)
    assert one > 0, "a person that fills the photo has an edge at its border"
    assert released_supervision(logits, torch.zeros_like(person)) == 0
    both = released_supervision(logits.repeat(2, 1, 1, 1), person.repeat(2, 1, 1, 1))
    assert both.item() == pytest.approx(2 * one.item(), rel=1e-6)
    inner = logits.clone()
    inner[..., 1:-1, 1:-1] += 1  # pixels whose window is all person
    assert released_supervision(inner, person) == one
    assert released_supervision(inner, person, everywhere=True) != one


def test_a_and_b_are_taken_from_encoded_values():
    assert released_ab(torch.full((1, 3), 0.4)).abs().max() < 1e-2, "a grey has none"
    x, y, z = (0.412453 / 0.950456, 0.212671, 0.019334 / 1.088754)  # of pure red
    expected = [500 * (x ** (1 / 3) - y ** (1 / 3)), 200 * (y ** (1 / 3) - z ** (1 / 3))]
    assert released_ab(torch.tensor([[1.0, 0, 0]]))[0].tolist() == pytest.approx(expected, rel=1e-5)
    dark = released_ab(torch.tensor([[0.01, 0, 0]]))[0]
    assert dark[0].item() == pytest.approx(500 * 7.787 * 0.01 * (x - y), rel=1e-4), "the straight part near black"


def test_group_style_by_hand():
    grey = torch.full((1, 4, 3), 0.5)
    others = torch.tensor([[[0.0, 0.0], [0.0, 0.0], [torch.nan, torch.nan]]])
    # Means 128, 0, 0: sample variance 128² · 2 / 3 / 2, for a* and for b*.
    assert released_group_style(grey, others).item() == pytest.approx(2 * OFFSET**2 / 3, rel=1e-3)
    twice = released_group_style(grey.repeat(2, 1, 1), others.repeat(2, 1, 1))
    assert twice.item() == pytest.approx(4 * OFFSET**2 / 3, rel=1e-3), "summed over the batch"
    assert released_group_style(grey, torch.full((1, 1, 2), torch.nan)) == 0


def test_its_pull_hardly_depends_on_the_group():
    """The fault: targets that agree with the output do not stop it from being drawn down."""
    output = torch.rand(1, 6, 3, dtype=torch.float64, requires_grad=True)
    pulls = []
    for others in (torch.zeros(2, 2), torch.full((2, 2), 20.0)):
        (pull,) = torch.autograd.grad(released_group_style(output, others[None]), output)
        pulls.append(pull)
    assert (pulls[0] - pulls[1]).norm() < 0.2 * pulls[0].norm(), "20 of 128"


def test_gradients():
    random = torch.Generator().manual_seed(2)
    logits = torch.randn(2, 9, 3, 4, dtype=torch.float64, generator=random, requires_grad=True)
    mask = (torch.rand(2, 1, 3, 4, generator=random) > 0.5).double()
    assert torch.autograd.gradcheck(lambda x: released_supervision(x, mask), logits)
    output = torch.rand(2, 3, 3, dtype=torch.float64, generator=random, requires_grad=True)
    others = torch.rand(2, 2, 2, generator=random)
    others[1, 1] = torch.nan
    assert torch.autograd.gradcheck(lambda x: released_group_style(x, others), output)
