"""The reference renderer, in plain numpy: what every faster kernel must equal."""

import numpy as np

from lutbridge.lut.lookup import look_up, pad
from lutbridge.model.network import Look, Network


def render(network: Network, look: Look, rgb: np.ndarray) -> np.ndarray:
    """Retouch a whole photo.

    Args:
        rgb: (H, W, 3) float32, sRGB-encoded, [0, 1].
    Returns:
        (H, W, 3) float32, sRGB-encoded, clamped to [0, 1].
    """
    return mixed(network, look, rgb).clip(0, 1)


def mixed(network: Network, look: Look, rgb: np.ndarray) -> np.ndarray:
    """`render` before the clamp."""
    return np.einsum("hwkc,k->hwc", modulated(network, look, rgb), look.w_image)


def modulated(network: Network, look: Look, rgb: np.ndarray) -> np.ndarray:
    """What each basis LUT makes of each pixel, times its pixel-adaptive weight: (H, W, K, 3) float32.

    The render is linear in w_image: it is the sum of these, times w_image.
    """
    edge = network.edge
    around = np.pad(rgb, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    return modulate(network, network.pixel_weights(look, around, 0, len(rgb)), rgb)


def modulate(network: Network, w_pixel: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """`modulated` of any pixels (..., 3) with their weights (..., K)."""
    M = network.luts.shape[1]
    looked_up = np.stack([look_up(pad(lut), M, rgb, network.interpolation)[0] for lut in network.luts], -2)
    repeats = w_pixel.shape[-1] // len(network.luts)
    return w_pixel[..., None] * np.concatenate([looked_up] * repeats, -2)
