import torch

from lutbridge.train.lattice import identity_lattice, monotonicity, smoothness


def test_smoothness_by_hand():
    # One LUT, M = 4, one channel stepping along one axis by 1, 2 and 1: 16 lines of it, the first and the last step
    # twice, over 3 · 3 · 4 · 4 steps along that axis.
    luts = torch.zeros(1, 3, 4, 4, 4)
    luts[0, 0] = torch.tensor([0.0, 1, 3, 4]).view(4, 1, 1)
    expected = 16 * (2 * 1 + 4 + 2 * 1) / 144 + 0.25
    assert torch.isclose(smoothness(luts, torch.tensor([[0.5]])), torch.tensor(expected))
    assert torch.isclose(smoothness(luts.movedim(2, 4), torch.tensor([[0.5]])), torch.tensor(expected)), "on any axis"
    assert torch.isclose(smoothness(luts.repeat(2, 1, 1, 1, 1), torch.zeros(1, 2)), 2 * torch.tensor(expected - 0.25))


def test_the_regularisers_gradients_are_those_of_differences():
    luts = torch.rand(2, 3, 3, 3, 3, dtype=torch.float64, requires_grad=True)
    w_image = torch.rand(2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(smoothness, (luts, w_image))
    assert torch.autograd.gradcheck(monotonicity, luts)


def test_monotonicity_counts_falling_steps_only():
    rising = identity_lattice(4)[None]
    assert monotonicity(rising) == 0
    # Each channel falls by 1/3 a step along its own axis and is level along the others: mean over channels 1/9, × 3.
    assert torch.isclose(monotonicity(-rising), torch.tensor(1 / 3))
