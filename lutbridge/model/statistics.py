"""Colour statistics of a thumbnail, as predictors of image-adaptive weights see them; numpy's form of `train`'s."""

import numpy as np

BINS = 9  # an axis of a histogram
QUANTILES = 16
LEVELS = 4  # sizes at which extremes are taken


def halved(picture: np.ndarray) -> np.ndarray:
    """Every four pixels averaged: (H, W, C) to (H/2, W/2, C)."""
    height, width, channels = picture.shape
    return picture.reshape(height // 2, 2, width // 2, 2, channels).mean((1, 3))


def opponents(rgb: np.ndarray) -> np.ndarray:
    """R, G, B about middle grey and the differences between them, scaled to roughly [-1, 1]: (H, W, 3) to (H, W, 6)."""
    r, g, b = np.moveaxis(rgb, -1, 0)
    return np.stack([2 * r - 1, 2 * g - 1, 2 * b - 1, 5 * (r - g), 5 * (g - b), 5 * (b - r)], -1)


def colour_histogram(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    """3D colour histograms, each pixel shared among the four nearest bins (the tetrahedral footprint).

    Args:
        picture: (H, W, 3) float32, sRGB-encoded, [0, 1].
        places: (H, W, K) each pixel's weight in each of K histograms, summing to 1 over the pixels.
    Returns:
        (K · BINS³,) float32, each histogram summing to 1.
    """
    position = picture.reshape(-1, 3).clip(0, 1) * np.float32(BINS - 1)
    cell = np.minimum(np.floor(position), BINS - 2)
    fraction = position - cell
    order = np.argsort(-fraction, 1, kind="stable")
    descending = np.take_along_axis(fraction, order, 1)
    shares = np.pad(descending, ((0, 0), (1, 0)), constant_values=1) - np.pad(descending, ((0, 0), (0, 1)))
    strides = np.array([BINS * BINS, BINS, 1])
    steps = np.pad(strides[order].cumsum(1), ((0, 0), (1, 0)))
    indices = ((cell.astype(int) @ strides)[:, None] + steps).ravel()
    weights = places.reshape(-1, places.shape[-1]).T
    found = [np.bincount(indices, (shares * weight[:, None]).ravel(), BINS**3) for weight in weights]
    return np.concatenate(found).astype(np.float32)


def extremes(picture: np.ndarray) -> np.ndarray:
    """Least and greatest of the six opponents, at LEVELS sizes, each half the one before: (12 · LEVELS,)."""
    found = []
    for _ in range(LEVELS):
        values = opponents(picture).reshape(-1, 6)
        found += [values.min(0), values.max(0)]
        picture = halved(picture)
    return np.concatenate(found)


def colour_quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles of each channel: (H, W, C) to (C · QUANTILES,)."""
    values = np.sort(values.reshape(-1, values.shape[-1]), 0)
    at = np.rint(np.linspace(0.005, 0.995, QUANTILES, dtype=np.float32) * (len(values) - 1)).astype(int)
    return values[at].T.reshape(-1)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Quantiles of channels in regions.

    Args:
        values: (H, W, C).
        weights: (H, W, R) each pixel's share of each region, not all zero.
    Returns:
        (R · C · QUANTILES,).
    """
    channels, shares = values.reshape(-1, values.shape[-1]).T, weights.reshape(-1, weights.shape[-1]).T
    at = np.linspace(0.005, 0.995, QUANTILES, dtype=np.float32)
    found, orders = [], [np.argsort(channel, kind="stable") for channel in channels]
    for share in shares:
        for channel, order in zip(channels, orders, strict=True):
            sums = share[order].cumsum()
            places = np.searchsorted(sums / sums[-1], at).clip(max=len(channel) - 1)
            found.append(channel[order][places])
    return np.concatenate(found)
