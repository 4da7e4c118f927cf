"""A look for the person and one for the background, and the soft mask between them: `train.networks.regions` in numpy.

Everything comes from the photo's canonical thumbnail: N image-adaptive weights for each of the two regions, and the
mask. A guided filter (He, Sun and Tang 2013) carries the mask to any size along the photo's own edges: around every
cell it is a linear function of colour, and the coefficients are interpolated.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lutbridge.model.layers import conv3x3, coordinates, leaky_relu, linear, upsampled
from lutbridge.model.statistics import (
    BINS,
    LEVELS,
    QUANTILES,
    colour_histogram,
    extremes,
    halved,
    opponents,
    weighted_quantiles,
)
from lutbridge.model.tensors import Tensors

REGIONS = 2  # background, person
WIDTHS = (16, 32, 64, 96)  # channels of the encoder, on S/2, S/4, S/8 and S/16 cells a side
HISTOGRAM_WIDTH, HIDDEN = 160, 256
SLOPE = np.float32(0.1)  # of the leaky ReLU below zero
RADIUS = 4  # cells, of the windows with the mask as a linear function of colour
EPSILON = 1e-4  # variance of a channel below which a window counts as flat
FLOOR = np.float32(1e-3)  # least share of every pixel in either region, so that an empty one becomes the whole photo


@dataclass(frozen=True)
class SoftMask:
    """A soft person mask for a photo of any size.

    Attributes:
        lines: (4, S, S) float32: around each cell of the thumbnail, mask ≈ lines[:3] · colour + lines[3].
    """

    lines: np.ndarray

    def rows(self, rgb: np.ndarray, top: int, height: int) -> np.ndarray:
        """The mask of some rows of the photo.

        Args:
            rgb: (h, W, 3) float32, sRGB-encoded, [0, 1]: rows of the photo, the first of them row `top` of `height`.
        Returns:
            (h, W) float32, [0, 1], 1 on the person.
        """
        down = Places.along(len(rgb), top, height, self.lines.shape[1])
        right = Places.along(rgb.shape[1], 0, rgb.shape[1], self.lines.shape[2])
        between = down.between(self.lines, 1)  # (4, h, S)
        lines = right.between(between, 2)  # (4, h, W)
        mask = np.einsum("chw,hwc->hw", lines[:3], rgb) + lines[3]
        return mask.clip(0, 1)


@dataclass(frozen=True)
class Places:
    """Where pixels along one side of a photo lie among the cells: the cell before, and the share of the next."""

    first: np.ndarray  # (n,) int64
    share: np.ndarray  # (n,) float32

    @classmethod
    def along(cls, count: int, start: int, length: int, cells: int) -> "Places":
        """`count` pixels from pixel `start` of `length`."""
        at = ((np.arange(start, start + count) + 0.5) * cells / length - 0.5).clip(0, cells - 1)
        first = np.minimum(at.astype(np.int64), cells - 2)
        return cls(first, (at - first).astype(np.float32))

    def between(self, maps: np.ndarray, axis: int) -> np.ndarray:
        """Maps with `cells` values along an axis, interpolated to the pixels."""
        shape = [-1 if i == axis else 1 for i in range(maps.ndim)]
        before, after = (np.take(maps, self.first + i, axis) for i in (0, 1))
        return before + self.share.reshape(shape) * (after - before)


class RegionPredictor:
    """`train.networks.regions.RegionPredictor`, of one photo."""

    def __init__(self, tensors: Tensors, N: int):
        self._down = [
            tensors.layer(f"down.{i}", after, before, 3, 3) for i, (before, after) in enumerate(pairwise((5, *WIDTHS)))
        ]
        self._look = [tensors.layer(f"look.{i}", width, width, 3, 3) for i, width in enumerate(WIDTHS[1:])]
        self._wide = tensors.layer("wide", WIDTHS[-1], WIDTHS[-1])
        self._up = [tensors.layer(f"up.{i}", after, before, 1, 1) for i, (after, before) in enumerate(pairwise(WIDTHS))]
        self._merge = [tensors.layer(f"merge.{i}", width, width, 3, 3) for i, width in enumerate(WIDTHS[:-1])]
        self._mask = tensors.layer("mask", 1, WIDTHS[0], 1, 1)
        self._histograms = tensors.layer("histograms", HISTOGRAM_WIDTH, REGIONS * BINS**3)
        seen = 3 * WIDTHS[-1] + 3 * 6 * QUANTILES + 12 * LEVELS + HISTOGRAM_WIDTH + 1
        self._hidden = tensors.layer("hidden.0", HIDDEN, seen), tensors.layer("hidden.3", HIDDEN, HIDDEN)
        self._head = tensors.layer("head", REGIONS * N, HIDDEN)

    def __call__(self, thumbnail: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(S, S, 3) float32, sRGB-encoded, [0, 1], to weights (2 N,), background first, and the mask (S/2, S/2)."""
        seen, logits = self._see(thumbnail)
        mask = 1 / (1 + np.exp(-logits[..., 0]))
        return self._decide(thumbnail, seen, mask), mask

    def _see(self, thumbnail):
        """What the encoder saw (S/16, S/16, C), and the mask's logits (S/2, S/2, 1)."""
        x, skips = np.concatenate([thumbnail - np.float32(0.5), coordinates(*thumbnail.shape[:2])], -1), []
        for i, layer in enumerate(self._down):
            x = leaky_relu(conv3x3(x, *layer, stride=2), SLOPE)
            if i:
                x = x + leaky_relu(conv3x3(x, *self._look[i - 1]), SLOPE)
            skips.append(x)
        x = seen = x + linear(x.mean((0, 1)), *self._wide)
        for i in reversed(range(len(WIDTHS) - 1)):
            x = skips[i] + upsampled(_pointwise(x, *self._up[i]))
            x = x + leaky_relu(conv3x3(x, *self._merge[i]), SLOPE)
        return seen, _pointwise(x, *self._mask)

    def _decide(self, thumbnail, seen, mask):
        half = halved(thumbnail)
        regions = np.stack([1 - mask, mask], -1) + FLOOR  # (S/2, S/2, 2)
        small, weights, pooled = halved(half), halved(regions), regions
        while len(pooled) > len(seen):
            pooled = halved(pooled)
        pooled = (pooled / pooled.sum((0, 1))).reshape(-1, REGIONS)
        everywhere = np.ones_like(weights[..., :1])
        histograms = colour_histogram(half, regions / regions.sum((0, 1)))
        facts = [
            seen.max((0, 1)),
            (pooled.T @ seen.reshape(-1, seen.shape[-1])).ravel(),
            weighted_quantiles(opponents(small), np.concatenate([everywhere, weights], -1)),
            extremes(thumbnail),
            linear(np.sqrt(histograms + np.float32(1e-6)), *self._histograms),
            mask.mean().reshape(1),
        ]
        x = np.concatenate(facts)
        for layer in self._hidden:
            x = leaky_relu(linear(x, *layer), SLOPE)
        return linear(x, *self._head)


def _pointwise(x, weight, bias):
    """A 1 × 1 convolution."""
    return linear(x, weight.reshape(len(weight), -1), bias)


def fit_lines(mask: np.ndarray, guide: np.ndarray, radius: int = RADIUS, epsilon: float = EPSILON) -> np.ndarray:
    """The guided filter's first half: around every cell, the least-squares fit mask ≈ slopes · colour + offset.

    Args:
        mask: (s, s) float32, [0, 1]; interpolated to the guide's cells if those are finer.
        guide: (S, S, 3) float32, sRGB-encoded, [0, 1]: the thumbnail.
        radius: cells.
        epsilon: variance of a channel below which a window counts as flat.
    Returns:
        (4, S, S) float32: three slopes and the offset, averaged over the windows that a cell lies in.
    """
    S = len(guide)
    places = Places.along(S, 0, S, len(mask))
    fine = places.between(places.between(mask.astype(float), 0), 1)
    rgb = np.moveaxis(guide.astype(float), -1, 0)  # float64: covariances are differences of near numbers
    rows, columns = np.triu_indices(3)
    means = _window(np.concatenate([rgb, fine[None], rgb * fine, rgb[rows] * rgb[columns]]), radius)
    mean, own, cross, products = means[:3], means[3], means[4:7], means[7:]
    cross = cross - mean * own
    rr, rg, rb, gg, gb, bb = products - mean[rows] * mean[columns]
    rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
    # The inverse of a symmetric 3 × 3 matrix by its cofactors: many times faster than a solver for each cell.
    a, b, c = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    d, e, f = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    inverse = np.array([[a, b, c], [b, d, e], [c, e, f]]) / (rr * a + rg * b + rb * c)
    slopes = np.einsum("ijhw,jhw->ihw", inverse, cross)
    offset = own - (slopes * mean).sum(0)
    return _window(np.concatenate([slopes, offset[None]]), radius).astype(np.float32)


def _window(maps, radius):
    """The mean over the window around each cell, as far as there are cells: (C, h, w) to (C, h, w)."""
    for _ in range(2):  # along one axis after the other, each last in memory, where sums take a third of the time
        maps = np.ascontiguousarray(maps.swapaxes(1, 2))
        length = maps.shape[2]
        sums = np.zeros((*maps.shape[:2], length + 2 * radius + 1))
        np.cumsum(maps, 2, out=sums[..., radius + 1 : radius + 1 + length])
        sums[..., radius + 1 + length :] = sums[..., radius + length, None]
        counts = np.minimum(np.arange(length) + radius + 1, length) - np.maximum(np.arange(length) - radius, 0)
        maps = (sums[..., 2 * radius + 1 :] - sums[..., : -2 * radius - 1]) / counts
    return maps
