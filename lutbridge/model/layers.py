"""Layers of the networks in numpy: pictures are (H, W, C) float32, weights as torch has them."""

import numpy as np


def leaky_relu(x: np.ndarray, slope: np.float32) -> np.ndarray:
    """x above zero, `slope` (below 1) times x below."""
    return np.maximum(x, slope * x)


def linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(..., inputs) to (..., outputs); weight (outputs, inputs)."""
    return x @ weight.T + bias


def conv3x3(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int = 1) -> np.ndarray:
    """3 × 3 convolution, padded with one row and column of zeros."""
    return conv(x, weight, bias, stride, 1)


def conv(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """k × k convolution, padded with zeros: (H, W, C) to (H', W', C'); weight (C', C, k, k)."""
    k = weight.shape[-1]
    padded = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    height, width = ((side - k) // stride + 1 for side in padded.shape[:2])
    rows, columns = (side * stride for side in (height, width))
    taps = [padded[i : i + rows : stride, j : j + columns : stride] for i in range(k) for j in range(k)]
    flat = np.concatenate(taps, -1).reshape(height * width, -1)  # (H'W', k² C)
    return (flat @ weight.transpose(2, 3, 1, 0).reshape(flat.shape[1], -1) + bias).reshape(height, width, -1)


def instance_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Each channel of (H, W, C) less its mean, over its deviation, scaled and moved (C,)."""
    mean, variance = x.mean((0, 1)), x.var((0, 1))
    return (x - mean) / np.sqrt(variance + np.float32(1e-5)) * weight + bias


def max_pool3x3(x: np.ndarray) -> np.ndarray:
    """Max pooling, 3 × 3 with stride 2: (H, W, C) to (H / 2, W / 2, C)."""
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    rows, columns = (side // 2 * 2 for side in x.shape[:2])
    return np.max([padded[i : i + rows : 2, j : j + columns : 2] for i in range(3) for j in range(3)], 0)


def upsampled(x: np.ndarray) -> np.ndarray:
    """Every pixel doubled along both sides: (H, W, C) to (2 H, 2 W, C)."""
    return x.repeat(2, 0).repeat(2, 1)


def coordinates(height: int, width: int) -> np.ndarray:
    """Row and column of each pixel, from -1 to 1: (H, W, 2)."""
    rows, columns = (np.linspace(-1, 1, side, dtype=np.float32) for side in (height, width))
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), -1)
