import colour
import numpy as np
import pytest
import torch

from lutbridge.render.torch_footprints import FOOTPRINTS
from lutbridge.train import lookup
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.lookup import CompiledLookup, interpolate, interpolate_in_torch

KINDS = sorted(FOOTPRINTS)


def random_lattice(M, channels=3, seed=0):
    return torch.rand(channels, M, M, M, generator=torch.Generator().manual_seed(seed))


def random_colours(count, seed=1):
    return torch.rand(count, 3, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("M", [2, 17, 33])
def test_the_identity_returns_its_input_and_clamps_outside_the_domain(kind, M):
    colours = torch.cat([random_colours(500), torch.tensor([[0.0, 0, 0], [1, 1, 1], [1, 0, 1], [-0.5, 2, 0.3]])])
    out = interpolate(identity_lattice(M), colours, kind)
    assert torch.allclose(out, colours.clamp(0, 1), atol=1e-6)


@pytest.mark.parametrize("look_up", [interpolate, interpolate_in_torch])
@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_colour_science(kind, look_up):
    theirs = getattr(colour.algebra, f"table_interpolation_{kind}")
    lattice, colours = random_lattice(9), random_colours(400)
    expected = theirs(colours.double().numpy(), lattice.double().movedim(0, -1).numpy())
    assert np.abs(look_up(lattice, colours, kind).numpy() - expected).max() < 2e-6


def test_both_agree_on_lattice_points_and_on_linear_luts():
    lattice = random_lattice(5)
    points = identity_lattice(5).flatten(1).T
    for kind in KINDS:
        assert torch.allclose(interpolate(lattice, points, kind), lattice.flatten(1).T, atol=1e-6)
    mixed = torch.einsum(
        "ij,jrgb->irgb", torch.tensor([[0.2, 0.5, 0.1], [0, 0.3, 0.6], [0.9, 0, 0]]), identity_lattice(7)
    )
    colours = random_colours(300)
    trilinear, tetrahedral = (interpolate(mixed, colours, kind) for kind in KINDS[::-1])
    assert torch.allclose(trilinear, tetrahedral, atol=1e-6)


def test_tetrahedral_reads_greys_from_the_grey_axis_alone():
    lattice = torch.zeros(3, 5, 5, 5)
    for i in range(5):
        lattice[:, i, i, i] = i / 4
    greys = torch.linspace(0, 1, 50)[:, None].expand(-1, 3)
    assert torch.allclose(interpolate(lattice, greys, "tetrahedral"), greys, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_footprints_are_shares_of_points_inside_the_lattice(kind):
    colours = torch.cat([random_colours(200), torch.ones(1, 3), torch.zeros(1, 3)])
    indices, weights = FOOTPRINTS[kind](colours, 4)
    assert indices.min() >= 0 and indices.max() < 64
    assert weights.min() >= 0 and torch.allclose(weights.sum(1), torch.ones(len(colours)))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_the_lattice_and_the_colours(kind):
    lattice = random_lattice(4).double().requires_grad_()
    colours = (random_colours(6).double() * 0.9 + 0.03).requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: interpolate(a, b, kind), (lattice, colours))


@pytest.mark.parametrize("kind", KINDS)
def test_the_compiled_gradients_are_those_of_differences(kind):
    luts = random_lattice(4, 5).double().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda values: CompiledLookup.apply(values, random_colours(40).double(), kind), luts
    )


def test_no_colours_give_nothing_and_a_gradient_of_zero():
    luts = random_lattice(3).requires_grad_()
    out = CompiledLookup.apply(luts, random_colours(0), "trilinear")
    out.sum().backward()
    assert out.shape == (0, 3) and not luts.grad.any()


def test_any_layout_of_the_arguments():
    luts, rgb = random_lattice(5, 6), random_colours(200)
    expected = CompiledLookup.apply(luts, rgb, "tetrahedral")
    turned = luts.transpose(1, 3).contiguous().transpose(1, 3)
    assert torch.equal(CompiledLookup.apply(turned, rgb.T.contiguous().T, "tetrahedral"), expected)


def test_interpolate_takes_the_compiled_lookup_where_it_can(monkeypatch):
    calls = []
    monkeypatch.setattr(lookup.CompiledLookup, "apply", lambda *arguments: calls.append(arguments))
    luts, rgb = random_lattice(3), random_colours(5)
    interpolate(luts, rgb)
    assert len(calls) == 1
    assert interpolate(luts, rgb.requires_grad_()).requires_grad, "only torch differentiates in the colours"
    assert len(calls) == 1
