from pathlib import Path

import numpy as np
import pytest

from lutbridge.lut.fit import _with_grey_axis, fit_lattice
from lutbridge.lut.lattice import identity_lattice, interpolate

FITTED = Path(__file__).with_name("fitted.npy")  # (9, 9, 9, 3) float32: what was fitted to `falling` on 2026-11-30


def colours(count, low=0.0, high=1.0, seed=0):
    return np.random.default_rng(seed).uniform(low, high, (count, 3)).astype(np.float32)


def curve(rgb):
    """A smooth grade: a curve, a cast and a little crosstalk."""
    cast = np.array([1, 0.95, 0.9], np.float32)
    return (rgb ** np.float32(1.2) * cast + np.float32(0.05) * rgb[..., ::-1]).clip(0, 1)


def falling(rgb):
    """What falls where a colour passes middle grey."""
    return np.where(rgb.mean(1, keepdims=True) > 0.5, rgb - 0.2, rgb * 1.5).clip(0, 1).astype(np.float32)


def test_a_grade_seen_everywhere_is_found():
    rgb, unseen = colours(60_000), colours(5000, seed=1)
    fitted = fit_lattice(rgb, curve(rgb), identity_lattice(17))
    assert fitted.dtype == np.float32
    assert np.abs(interpolate(fitted, unseen) - curve(unseen)).mean() < 3e-3


def test_pixels_that_the_prior_explains_leave_it_alone():
    prior, rgb = curve(identity_lattice(9)), colours(5000, 0.2, 0.6)
    assert np.array_equal(fit_lattice(rgb, interpolate(prior, rgb), prior), prior)


def test_what_is_less_than_a_cubes_last_digit_is_not_fitted_and_what_is_more_is():
    prior, rgb = identity_lattice(9), colours(5000, 0.2, 0.6)
    assert np.array_equal(fit_lattice(rgb, rgb + np.float32(8e-7), prior), prior)
    fitted = fit_lattice(rgb, rgb + np.float32(1e-5), prior)
    assert np.abs(interpolate(fitted, rgb) - rgb - 1e-5).max() < 2e-6


def test_far_from_the_photos_colours_the_lut_stays_near_the_prior_without_a_kink():
    prior = np.float32(0.2) + np.float32(0.6) * identity_lattice(17)  # away from the ends of the range, which clamp
    rgb = colours(20_000, 0.3, 0.6)
    difference = fit_lattice(rgb, interpolate(prior, rgb) + np.float32(0.05), prior) - prior
    assert np.abs(difference[6:9, 6:9, 6:9] - 0.05).max() < 5e-3
    assert np.abs(difference).max() < 0.15
    bend = np.abs(np.diff(difference, n=2, axis=0)).max()
    assert bend < 0.012, "a step in slope this size shows as a line in a gradient"


def test_targets_that_contradict_each_other_are_averaged_if_asked():
    rgb = colours(20_000)
    noisy = rgb + np.random.default_rng(3).normal(0, 0.2, rgb.shape).astype(np.float32)
    bends = [np.abs(np.diff(fit_lattice(rgb, noisy, identity_lattice(17), s), n=2, axis=0)).mean() for s in (0.03, 30)]
    assert bends[1] < bends[0] / 10


def test_the_grey_axis_never_falls_and_the_range_is_kept():
    rgb = colours(30_000)
    darkened = np.where(rgb.mean(1, keepdims=True) > 0.5, rgb - 0.3, rgb * 1.8).clip(0, 1).astype(np.float32)
    fitted = fit_lattice(rgb, darkened, identity_lattice(17))
    grey = np.einsum("iiic->ic", fitted)
    assert (np.diff(grey, axis=0) >= -1e-6).all()
    assert fitted.min() >= 0 and fitted.max() <= 1


def test_a_change_of_the_grey_axis_fades_out_within_four_steps_of_chroma():
    grey = np.full((9, 9, 9, 3), 0.5, np.float32)
    lattice = _with_grey_axis(grey, np.full((9, 3), 0.1, np.float32))
    # The last two are as far from grey as the third and the fourth: what counts is the largest less the smallest.
    points = [(4, 4, 4), (5, 4, 4), (6, 4, 4), (8, 4, 4), (2, 3, 4), (0, 2, 4)]
    assert [lattice[point][0] for point in points] == pytest.approx([0.6, 0.575, 0.55, 0.5, 0.55, 0.5], abs=1e-6)


def test_one_pixel_is_enough_to_fit():
    before, after = np.array([[0.4, 0.5, 0.6]], np.float32), np.array([[0.5, 0.5, 0.5]], np.float32)
    assert np.isfinite(fit_lattice(before, after, identity_lattice(5))).all()


def test_what_was_fitted_once_is_fitted_again():
    rgb = colours(3000, 0.1, 0.8)
    fitted = fit_lattice(rgb, falling(rgb), np.float32(0.9) * identity_lattice(9) + np.float32(0.05))
    assert np.abs(fitted - np.load(FITTED)).max() < 1e-6
