import pytest
import torch

from lutbridge.lut import basis_lookup
from lutbridge.lut.basis_lookup import LookUpSeveral
from lutbridge.lut.interpolation import FOOTPRINTS, interpolate, interpolate_in_torch

KINDS = sorted(FOOTPRINTS)


def lattice(channels=15, M=9, seed=0):
    return torch.rand(channels, M, M, M, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def colours(count, seed=1):
    drawn = torch.rand(count, 3, generator=torch.Generator().manual_seed(seed)) * 1.4 - 0.2
    drawn[:4] = torch.tensor([[0.0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0.25]])[:count]
    return drawn


def both(luts, rgb, kind):
    """Values and gradients of the compiled lookup and of the reference, for the same gradient of the result."""
    results = []
    for look_up in (LookUpSeveral.apply, interpolate_in_torch):
        out = look_up(luts, rgb, kind)
        ahead = torch.rand(out.shape, generator=torch.Generator().manual_seed(2), dtype=out.dtype)
        results.append((out.detach(), *torch.autograd.grad(out, luts, ahead)))
    return results


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3, 8, 15, 24])
@pytest.mark.parametrize("count", [1, 2, basis_lookup.BLOCK, 3001])
def test_values_and_gradients_equal_the_reference(kind, channels, count):
    (out, gradient), (expected, expected_gradient) = both(lattice(channels), colours(count), kind)
    assert out.shape == (count, channels) and (out - expected).abs().max() < 1e-6
    assert (gradient - expected_gradient).abs().max() < 1e-6 * expected_gradient.abs().max()


@pytest.mark.parametrize("kind", KINDS)
def test_gradcheck(kind):
    luts = lattice(5, 4).detach().double().requires_grad_()
    assert torch.autograd.gradcheck(lambda values: LookUpSeveral.apply(values, colours(40).double(), kind), luts)


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_threads_gives_the_same_bits(kind):
    """More colours than lattice points, so that the gradient is added up in parts."""
    luts, rgb, before = lattice(4, 5), colours(3 * basis_lookup.BAND + 5), torch.get_num_threads()
    found = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(both(luts, rgb, kind)[0])
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(*pair) for pair in zip(*found, strict=True))
    reference = both(luts, rgb, kind)[1][1]
    assert (found[0][1] - reference).abs().max() < 1e-6 * reference.abs().max()


def test_no_colours_give_nothing_and_a_gradient_of_zero():
    luts = lattice(3, 3)
    out = LookUpSeveral.apply(luts, colours(0), "trilinear")
    out.sum().backward()
    assert out.shape == (0, 3) and not luts.grad.any()


def test_what_is_no_number_reads_and_writes_inside_the_lattice():
    luts = lattice(3, 3)
    LookUpSeveral.apply(luts, torch.full((5, 3), torch.nan), "tetrahedral").sum().backward()


def test_any_layout_of_the_arguments():
    luts, rgb = lattice(6, 5).detach(), colours(200)
    expected = LookUpSeveral.apply(luts, rgb, "tetrahedral")
    turned = luts.transpose(1, 3).contiguous().transpose(1, 3)
    assert torch.equal(LookUpSeveral.apply(turned, rgb.T.contiguous().T, "tetrahedral"), expected)


def test_interpolate_takes_it_where_it_can(monkeypatch):
    calls = []
    monkeypatch.setattr(basis_lookup.LookUpSeveral, "apply", lambda *arguments: calls.append(arguments))
    luts, rgb = lattice(3, 3).detach(), colours(5)
    interpolate(luts, rgb)
    assert len(calls) == 1
    assert interpolate(luts, rgb.requires_grad_()).requires_grad, "only torch differentiates in the colours"
    assert len(calls) == 1
