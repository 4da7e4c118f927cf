"""The shipped model's predictor in numpy, without torch; the tests hold it to `train.networks.predictors`."""

from collections.abc import Mapping

import numpy as np

BINS, QUANTILES, LEVELS = 9, 16, 4  # as of `predictors.HistogramCNNPredictor`, as are the slopes below
SLOPE = np.float32(0.1)  # of the leaky ReLU below zero


class HistogramCNN:
    """`predictors.HistogramCNNPredictor`, of one photo.

    Args:
        tensors: its state, by name, float32.
    """

    def __init__(self, tensors: Mapping[str, np.ndarray]):
        self._tensors = tensors

    def __call__(self, thumbnail: np.ndarray) -> np.ndarray:
        """(S, S, 3) float32, sRGB-encoded, [0, 1], to (N,) float32."""
        half = _halved(thumbnail)
        seen = half - np.float32(0.5)
        for layer in range(0, 10, 2):
            seen = _leaky(self._convolve(seen, f"features.{layer}"))
        seen = seen.reshape(-1, seen.shape[-1])
        histograms = self._linear(np.sqrt(_histograms(half) + np.float32(1e-6)), "histograms")
        facts = [seen.mean(0), seen.max(0), _quantiles(_halved(half)), _extremes(thumbnail), histograms]
        hidden = _leaky(self._linear(np.concatenate(facts), "hidden.0"))
        return self._linear(_leaky(self._linear(hidden, "hidden.3")), "head")

    def _linear(self, x, name):
        return self._tensors[f"{name}.weight"] @ x + self._tensors[f"{name}.bias"]

    def _convolve(self, x, name):
        """3 × 3, stride 2, padded with zeros: (H, W, C) to (H/2, W/2, C')."""
        weight = self._tensors[f"{name}.weight"]  # (C', C, 3, 3)
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))[::2, ::2]
        height, width = windows.shape[:2]
        out = windows.reshape(height * width, -1) @ weight.reshape(len(weight), -1).T
        return out.reshape(height, width, -1) + self._tensors[f"{name}.bias"]


def _leaky(x):
    return np.where(x > 0, x, SLOPE * x)


def _halved(picture):
    """Every four pixels averaged: (H, W, C) to (H/2, W/2, C)."""
    height, width, channels = picture.shape
    return picture.reshape(height // 2, 2, width // 2, 2, channels).mean((1, 3))


def _histograms(picture):
    """`predictors.colour_histograms` with the weights of `predictors._places`: (2 · BINS³,)."""
    position = picture.reshape(-1, 3).clip(0, 1) * np.float32(BINS - 1)
    cell = np.minimum(np.floor(position), BINS - 2)
    fraction = position - cell
    order = np.argsort(-fraction, 1)
    descending = np.take_along_axis(fraction, order, 1)
    shares = np.pad(descending, ((0, 0), (1, 0)), constant_values=1) - np.pad(descending, ((0, 0), (0, 1)))
    strides = np.array([BINS * BINS, BINS, 1])
    steps = np.pad(strides[order].cumsum(1), ((0, 0), (1, 0)))
    indices = (cell.astype(int) @ strides)[:, None] + steps
    axis = (np.arange(len(picture)) + 0.5) / len(picture)
    centre = np.exp(-((axis[None, :] - 0.5) ** 2) / 0.06 - (axis[:, None] - 0.45) ** 2 / 0.09).reshape(-1)
    places = (np.full(centre.size, 1 / centre.size), centre / centre.sum())
    found = [np.bincount(indices.ravel(), (shares * place[:, None]).ravel(), BINS**3) for place in places]
    return np.concatenate(found).astype(np.float32)


def _quantiles(picture):
    """`predictors.colour_quantiles`."""
    values = np.sort(_opponents(picture).reshape(-1, 6), 0)
    at = np.rint(np.linspace(0.005, 0.995, QUANTILES, dtype=np.float32) * (len(values) - 1)).astype(int)
    return values[at].T.reshape(-1)


def _extremes(picture):
    """`predictors.colour_extremes`."""
    found = []
    for _ in range(LEVELS):
        values = _opponents(picture).reshape(-1, 6)
        found += [values.min(0), values.max(0)]
        picture = _halved(picture)
    return np.concatenate(found)


def _opponents(rgb):
    """`predictors._opponents`: (H, W, 3) to (H, W, 6)."""
    r, g, b = np.moveaxis(rgb, -1, 0)
    return np.stack([2 * r - 1, 2 * g - 1, 2 * b - 1, 5 * (r - g), 5 * (g - b), 5 * (b - r)], -1)
