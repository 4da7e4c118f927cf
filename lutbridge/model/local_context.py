"""Pixel-adaptive weights from a pixel's own k × k neighbours (section 3.2 of the paper), in numpy."""

from dataclasses import dataclass

import numpy as np

from lutbridge.model.tensors import Tensors

Layer = tuple[np.ndarray, np.ndarray]  # weight (outputs, inputs) and bias (outputs,) of a 1 × 1 convolution


@dataclass(frozen=True)
class LocalContext:
    """`train.networks.local_context.LocalContextModule`, its convolutions as matrices.

    Attributes:
        k: odd side of the window in pixels.
        context: (C, 3 k²): channels, then rows, then columns of the window.
        attention: (k², C).
        voxel: (V, 3 k²).
        weights: (N, V).
    """

    k: int
    context: Layer
    attention: Layer
    voxel: Layer
    weights: Layer

    def pixel_weights(self, rgb: np.ndarray) -> np.ndarray:
        """Weigh pixels whose neighbours are all given.

        Args:
            rgb: (H + k − 1, W + k − 1, 3) float32, sRGB-encoded, [0, 1].
        Returns:
            (H, W, N) float32, any range.
        """
        k = self.k
        windows = np.lib.stride_tricks.sliding_window_view(rgb, (k, k), (0, 1))  # (H, W, 3, k, k)
        shape = windows.shape[:2]
        windows = windows.reshape(-1, 3 * k * k)
        logits = _layer(np.maximum(_layer(windows, self.context), 0), self.attention)  # eq. 3 before its softmax
        attention = np.exp(logits - logits.max(1, keepdims=True))
        attention /= attention.sum(1, keepdims=True)
        voxel = windows * np.tile(attention, 3)
        return _layer(np.maximum(_layer(voxel, self.voxel), 0), self.weights).reshape(*shape, -1)  # eq. 4


def read_local_context(
    tensors: Tensors, kind: str, N: int, k: int, context_channels: int, voxel_channels: int
) -> LocalContext:
    """The module of a `ModelConfig` whose `pixel_weights` is "lam", "lam-without-attention" or "none".

    Without attention, all neighbours count alike; without context, all weights are 1.
    """
    if kind == "none":
        nothing = _zeros(1, 3), _zeros(1, 1), _zeros(1, 3)
        return LocalContext(1, *nothing, (np.zeros((N, 1), np.float32), np.ones(N, np.float32)))
    area = k * k

    def layer(name, outputs, inputs, side=1):
        weight, bias = tensors.layer(name, outputs, inputs, side, side)
        return weight.reshape(outputs, -1), bias

    voxel = layer("voxel", voxel_channels, 3 * area)
    weights = layer("weights", N, voxel_channels)
    if kind == "lam-without-attention":
        return LocalContext(k, _zeros(1, 3 * area), _zeros(area, 1), (voxel[0] * area, voxel[1]), weights)
    context = layer("context", context_channels, 3, k)
    return LocalContext(k, context, layer("attention", area, context_channels), voxel, weights)


def _layer(x, layer):
    weight, bias = layer
    return x @ weight.T + bias


def _zeros(outputs, inputs):
    return np.zeros((outputs, inputs), np.float32), np.zeros(outputs, np.float32)
