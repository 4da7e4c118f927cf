import torch

from lutbridge.lut.lattice import fuse, identity_lattice, monotonicity, resize_lattice, smoothness


def test_fusing_is_the_weighted_sum():
    luts = torch.stack([identity_lattice(3), torch.ones(3, 3, 3, 3)])
    assert torch.allclose(fuse(luts, torch.tensor([0.5, 0.25])), identity_lattice(3) * 0.5 + 0.25)


def test_resizing_the_identity_gives_the_identity_at_any_size():
    for M in (2, 17, 33, 65):
        assert torch.allclose(resize_lattice(identity_lattice(9), M), identity_lattice(M), atol=1e-6)


def test_smoothness_by_hand():
    # One LUT, M = 2, one axis, one channel stepping by 1: four steps of 1 that are first and last at once, over 12.
    luts = torch.zeros(1, 3, 2, 2, 2)
    luts[0, 0, 1] = 1
    expected = (4 + 4 + 4) / 12 + 0.25
    assert torch.isclose(smoothness(luts, torch.tensor([[0.5]])), torch.tensor(expected))


def test_monotonicity_counts_falling_steps_only():
    rising = identity_lattice(4)[None]
    assert monotonicity(rising) == 0
    # Each channel falls by 1/3 a step along its own axis and is level along the others: mean over channels 1/9, × 3.
    assert torch.isclose(monotonicity(-rising), torch.tensor(1 / 3))
