import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, uniform_filter

from lutbridge.group.filters import box_mean, gaussian_blur


@pytest.mark.parametrize("shape", [(100, 140, 3), (256, 171, 1), (1, 60, 3), (5, 7, 3)])
@pytest.mark.parametrize("side", [3, 11, 13, 41])
def test_the_mean_of_squares_is_scipy_s(shape, side):
    picture = 100 * np.random.default_rng(0).random(shape, np.float32)
    found = box_mean(picture, side)
    assert found.shape == shape and found.dtype == np.float32
    assert np.abs(found - uniform_filter(picture, (side, side, 1), mode="nearest")).max() < 3e-5


@pytest.mark.parametrize("deviation", [0.6, 1.0, 2.5])
def test_the_blur_is_scipy_s(deviation):
    counts = np.random.default_rng(0).poisson(0.3, (24, 36, 36)).astype(np.float32)
    found = gaussian_blur(counts, deviation)
    assert found.dtype == np.float32
    assert np.abs(found - gaussian_filter(counts, deviation, mode="nearest")).max() < 1e-6


def test_what_is_level_stays_so():
    assert np.allclose(box_mean(np.full((9, 9, 3), 0.3), 5), 0.3) and np.allclose(gaussian_blur(np.ones((4, 5)), 1), 1)
