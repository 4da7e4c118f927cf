"""Predictors of image-adaptive weights in numpy, for one photo; tests compare them with those of `train.networks`.

Each takes the canonical thumbnail, (S, S, 3) float32, sRGB-encoded, [0, 1], and returns (N,) float32.
"""

from itertools import pairwise

import numpy as np

from lutbridge.model.layers import conv, conv3x3, instance_norm, leaky_relu, linear, max_pool3x3
from lutbridge.model.statistics import (
    BINS,
    LEVELS,
    QUANTILES,
    colour_histogram,
    colour_quantiles,
    extremes,
    halved,
    opponents,
)
from lutbridge.model.tensors import Tensors

ZENG_SLOPE, HISTOGRAM_SLOPE = np.float32(0.2), np.float32(0.1)
ZENG_WIDTHS = (3, 16, 32, 64, 128, 128)
# Of R, G, B over ImageNet's photos, as torchvision's models are given them.
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class _ZengFeatures:
    """Zeng's five convolutions, the first `normalised` of them with a norm: (S, S, 3) to (S / 32, S / 32, 128)."""

    def __init__(self, tensors, normalised):
        self._layers, self._norms, at = [], [], 0
        for i, (before, after) in enumerate(pairwise(ZENG_WIDTHS)):
            self._layers.append(tensors.layer(f"features.{at}", after, before, 3, 3))
            self._norms.append(tensors.layer(f"features.{at + 2}", after) if i < normalised else None)
            at += 3 if i < normalised else 2

    def __call__(self, x):
        for layer, norm in zip(self._layers, self._norms, strict=True):
            x = leaky_relu(conv3x3(x, *layer, stride=2), ZENG_SLOPE)
            if norm:
                x = instance_norm(x, *norm)
        return x


class Zeng:
    """`train.networks.predictors.ZengPredictor`.

    Args:
        paired: the form for paired training, normalised after all layers but the last; else after the first only.
    """

    def __init__(self, tensors: Tensors, N: int, S: int, paired: bool):
        self._features = _ZengFeatures(tensors, 4 if paired else 1)
        self._head = tensors.layer("head", N, ZENG_WIDTHS[-1], S // 32, S // 32)

    def __call__(self, thumbnail: np.ndarray) -> np.ndarray:
        weight, bias = self._head
        seen = self._features(thumbnail).transpose(2, 0, 1).ravel()
        return linear(seen, weight.reshape(len(weight), -1), bias)


class CLUT:
    """`train.networks.predictors.CLUTPredictor`."""

    def __init__(self, tensors: Tensors, N: int):
        width = ZENG_WIDTHS[-1]
        self._features = _ZengFeatures(tensors, 4)
        self._hidden, self._head = tensors.layer("hidden", width, width), tensors.layer("head", N, width)

    def __call__(self, thumbnail: np.ndarray) -> np.ndarray:
        seen = self._features((thumbnail - np.float32(IMAGENET_MEAN)) / np.float32(IMAGENET_DEVIATION)).mean((0, 1))
        hidden = linear(seen, *self._hidden)
        return linear(hidden * np.clip(hidden + 3, 0, 6) / np.float32(6), *self._head)


class HistogramCNN:
    """`train.networks.predictors.HistogramCNNPredictor`."""

    WIDTHS = (3, 32, 64, 96, 128, 128)
    HIDDEN = 256

    def __init__(self, tensors: Tensors, N: int):
        hidden = self.HIDDEN
        self._layers = [
            tensors.layer(f"features.{2 * i}", after, before, 3, 3)
            for i, (before, after) in enumerate(pairwise(self.WIDTHS))
        ]
        self._histograms = tensors.layer("histograms", hidden, 2 * BINS**3)
        seen = 2 * self.WIDTHS[-1] + 6 * QUANTILES + 12 * LEVELS + hidden
        self._hidden = tensors.layer("hidden.0", hidden, seen), tensors.layer("hidden.3", hidden, hidden)
        self._head = tensors.layer("head", N, hidden)

    def __call__(self, thumbnail: np.ndarray) -> np.ndarray:
        half = halved(thumbnail)
        x = half - np.float32(0.5)
        for layer in self._layers:
            x = leaky_relu(conv3x3(x, *layer, stride=2), HISTOGRAM_SLOPE)
        x = x.reshape(-1, x.shape[-1])
        histograms = np.sqrt(colour_histogram(half, _places(len(half))) + np.float32(1e-6))
        facts = [x.mean(0), x.max(0), colour_quantiles(opponents(halved(half))), extremes(thumbnail)]
        x = np.concatenate([*facts, linear(histograms, *self._histograms)])
        for layer in self._hidden:
            x = leaky_relu(linear(x, *layer), HISTOGRAM_SLOPE)
        return linear(x, *self._head)


def _places(side):
    """(side, side, 2): even weights, and weights that favour the place of a portrait's face."""
    axis = (np.arange(side) + 0.5) / side
    centre = np.exp(-((axis[None, :] - 0.5) ** 2) / 0.06 - (axis[:, None] - 0.45) ** 2 / 0.09)
    return np.stack([np.full_like(centre, 1 / centre.size), centre / centre.sum()], -1)


class ResNet18:
    """`train.networks.predictors.ResNet18Predictor`."""

    def __init__(self, tensors: Tensors, N: int):
        self._tensors = tensors
        self._stem = self._convolution("conv1", "bn1", 64, 3, 7)
        self._blocks, before = [], 64
        for stage, after in enumerate((64, 128, 256, 512), start=1):
            for i in range(2):
                self._blocks.append(self._block(f"layer{stage}.{i}.", before, after, 2 if stage > 1 and i == 0 else 1))
                before = after
        self._head = tensors.layer("fc", N, 512)

    def __call__(self, thumbnail: np.ndarray) -> np.ndarray:
        x = max_pool3x3(np.maximum(conv(thumbnail, *self._stem, stride=2, padding=3), 0))
        for stride, first, second, shortcut in self._blocks:
            y = np.maximum(conv(x, *first, stride=stride, padding=1), 0)
            x = conv(x, *shortcut, stride=stride, padding=0) if shortcut else x
            x = np.maximum(conv(y, *second, stride=1, padding=1) + x, 0)
        return linear(x.mean((0, 1)), *self._head)

    def _block(self, name, before, after, stride):
        first = self._convolution(f"{name}conv1", f"{name}bn1", after, before, 3)
        second = self._convolution(f"{name}conv2", f"{name}bn2", after, after, 3)
        shortcut = None
        if stride != 1:
            shortcut = self._convolution(f"{name}downsample.0", f"{name}downsample.1", after, before, 1)
        return stride, first, second, shortcut

    def _convolution(self, name, norm, after, before, k):
        """Weight and bias with the batch normalisation that follows worked in."""
        weight = self._tensors.take(f"{name}.weight", after, before, k, k)
        gamma, beta = self._tensors.layer(norm, after)
        mean, variance = (self._tensors.take(f"{norm}.running_{kind}", after) for kind in ("mean", "var"))
        self._tensors.count(f"{norm}.num_batches_tracked")
        scale = gamma / np.sqrt(variance + np.float32(1e-5))
        return weight * scale[:, None, None, None], beta - mean * scale
