import torch

from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.interpolation import interpolate
from lutbridge.lut.lattice import identity_lattice


def colours(count, low=0.0, high=1.0, seed=0):
    return low + (high - low) * torch.rand(count, 3, generator=torch.Generator().manual_seed(seed))


def curve(rgb):
    """A smooth grade: a curve, a cast and a little crosstalk."""
    return (rgb**1.2 * torch.tensor([1.0, 0.95, 0.9]) + 0.05 * rgb.flip(-1)).clamp(0, 1)


def test_a_grade_seen_everywhere_is_found():
    rgb = colours(60_000)
    fitted = fit_lattice(rgb, curve(rgb), identity_lattice(17))
    unseen = colours(5000, seed=1)
    assert (interpolate(fitted, unseen) - curve(unseen)).abs().mean() < 3e-3


def test_pixels_that_the_prior_explains_leave_it_alone():
    prior = curve(identity_lattice(9).movedim(0, -1)).movedim(-1, 0)
    rgb = colours(5000, 0.2, 0.6)
    assert torch.allclose(fit_lattice(rgb, interpolate(prior, rgb), prior), prior, atol=1e-5)


def test_far_from_the_photos_colours_the_lut_stays_near_the_prior_without_a_kink():
    prior = 0.2 + 0.6 * identity_lattice(17)  # away from the ends of the range, which clamp
    rgb = colours(20_000, 0.3, 0.6)
    difference = fit_lattice(rgb, interpolate(prior, rgb) + 0.05, prior) - prior
    seen = difference[:, 6:9, 6:9, 6:9]
    assert (seen - 0.05).abs().max() < 5e-3
    assert difference.abs().max() < 0.15
    bend = difference.diff(n=2, dim=1).abs().max()
    assert bend < 0.012, "a step in slope this size shows as a line in a gradient"


def test_the_grey_axis_never_falls_and_the_range_is_kept():
    rgb = colours(30_000)
    darkened = torch.where(rgb.mean(1, keepdim=True) > 0.5, rgb - 0.3, rgb * 1.8)
    fitted = fit_lattice(rgb, darkened.clamp(0, 1), identity_lattice(17))
    grey = torch.einsum("ciii->ci", fitted)
    assert (grey.diff(dim=1) >= -1e-6).all()
    assert fitted.min() >= 0 and fitted.max() <= 1


def test_one_pixel_is_enough_to_fit():
    fitted = fit_lattice(torch.tensor([[0.4, 0.5, 0.6]]), torch.tensor([[0.5, 0.5, 0.5]]), identity_lattice(5))
    assert torch.isfinite(fitted).all()
