import numpy as np
import pytest
import torch

from lutbridge.lut import basis_lookup
from lutbridge.lut.basis_lookup import lattice_gradient, look_up_basis
from lutbridge.render.torch_footprints import FOOTPRINTS
from lutbridge.train.lookup import interpolate_in_torch

KINDS = sorted(FOOTPRINTS)


def lattices(channels=15, M=9, seed=0):
    return np.random.default_rng(seed).random((channels, M, M, M), np.float32)


def colours(count, seed=1):
    drawn = np.random.default_rng(seed).uniform(-0.2, 1.2, (count, 3)).astype(np.float32)
    drawn[:4] = np.array([[0.0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0.25]])[:count]
    return drawn


def ahead(luts, rgb):
    """A gradient of the result."""
    return np.random.default_rng(2).random((len(rgb), len(luts)), np.float32)


def both_ways(luts, rgb, kind, threads=1):
    out = look_up_basis(luts, rgb, kind, threads)
    return out, lattice_gradient(ahead(luts, rgb), rgb, luts.shape[-1], kind, threads)


def reference(luts, rgb, kind):
    """The same by torch alone."""
    lattice = torch.from_numpy(luts).requires_grad_()
    out = interpolate_in_torch(lattice, torch.from_numpy(rgb), kind)
    return out.detach().numpy(), torch.autograd.grad(out, lattice, torch.from_numpy(ahead(luts, rgb)))[0].numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3, 8, 15, 24])
@pytest.mark.parametrize("count", [1, 2, basis_lookup.BLOCK, 3001])
def test_values_and_gradients_equal_the_reference(kind, channels, count):
    luts, rgb = lattices(channels), colours(count)
    (out, gradient), (expected, expected_gradient) = both_ways(luts, rgb, kind), reference(luts, rgb, kind)
    assert out.shape == (count, channels) and np.abs(out - expected).max() < 1e-6
    assert np.abs(gradient - expected_gradient).max() < 1e-6 * np.abs(expected_gradient).max()


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_threads_gives_the_same_bits(kind):
    """More colours than lattice points, so that the gradient is added up in parts."""
    luts, rgb = lattices(4, 5), colours(3 * basis_lookup.BAND + 5)
    found = [both_ways(luts, rgb, kind, threads) for threads in (1, 3, None)]
    for other in found[1:]:
        assert all(np.array_equal(*pair) for pair in zip(found[0], other, strict=True))
    expected = reference(luts, rgb, kind)[1]
    assert np.abs(found[0][1] - expected).max() < 1e-6 * np.abs(expected).max()


def test_one_lut_of_many_is_looked_up_as_it_is_alone():
    luts = lattices(6).reshape(2, 3, 9, 9, 9)
    out = look_up_basis(luts.reshape(-1, 9, 9, 9), colours(50)).reshape(50, 2, 3)
    assert np.array_equal(out[:, 1], look_up_basis(luts[1], colours(50)))


def test_double_stays_double():
    out = look_up_basis(lattices(3).astype(float), colours(9).astype(float))
    assert out.dtype == np.float64 and np.abs(out - look_up_basis(lattices(3), colours(9))).max() < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_number_reads_and_writes_inside_the_lattice(kind):
    luts, rgb = lattices(3, 3), np.full((5, 3), np.nan, np.float32)
    out, gradient = both_ways(luts, rgb, kind)
    assert out.shape == (5, 3) and gradient.shape == luts.shape
