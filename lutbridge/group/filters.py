"""Two separable filters for small pictures and histograms; what lies beyond an end is the value at it."""

import numpy as np

REACH = 4  # standard deviations; beyond these, a Gaussian counts as zero


def box_mean(values: np.ndarray, side: int, axes: tuple[int, ...] = (0, 1)) -> np.ndarray:
    """The mean over a square, or a box, around each value.

    Args:
        values: float, any shape.
        side: values along each side of the box; odd.
        axes: along which it lies.
    Returns:
        The same shape and dtype.
    """
    for axis in axes:
        line = np.moveaxis(values, axis, 0)
        padded = np.pad(line, [(side // 2 + 1, side // 2), *[(0, 0)] * (line.ndim - 1)], mode="edge")
        sums = padded.cumsum(0, dtype=np.float64)
        values = np.moveaxis(((sums[side:] - sums[:-side]) / side).astype(values.dtype), 0, axis)
    return values


def gaussian_blur(values: np.ndarray, deviation: float) -> np.ndarray:
    """Values, float and of any shape, blurred along all axes; `deviation` in steps. The same shape and dtype."""
    radius = int(REACH * deviation + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    weights /= weights.sum()
    for axis in range(values.ndim):
        line = np.moveaxis(values, axis, 0)
        padded = np.pad(line, [(radius, radius), *[(0, 0)] * (line.ndim - 1)], mode="edge")
        blurred = sum(weight * padded[i : i + len(line)].astype(np.float64) for i, weight in enumerate(weights))
        values = np.moveaxis(blurred.astype(values.dtype), 0, axis)
    return values
