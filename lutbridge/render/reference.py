"""The reference renderer, in plain numpy: what every faster kernel must equal."""

import numpy as np

from lutbridge.lut.basis_lookup import look_up_basis
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
    network, look = network.baked(look)
    return np.einsum("hwkc,k->hwc", modulated(network, look, rgb), look.w_image)


def modulated(network: Network, look: Look, rgb: np.ndarray) -> np.ndarray:
    """What each basis LUT makes of each pixel, times its pixel-adaptive weight: (H, W, K, 3) float32.

    Without a style the render is linear in w_image: it is the sum of these, times w_image.
    """
    edge = network.edge
    around = np.pad(rgb, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    return modulate(network, network.pixel_weights(look, around, 0, len(rgb)), rgb)


def modulate(network: Network, w_pixel: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """`modulated` of any pixels (..., 3) with their weights (..., K)."""
    N, M = network.luts.shape[:2]
    lattice = np.moveaxis(network.luts, -1, 1).reshape(3 * N, M, M, M)
    looked_up = look_up_basis(lattice, rgb.reshape(-1, 3), network.interpolation).reshape(*rgb.shape[:-1], N, 3)
    return w_pixel[..., None] * np.concatenate([looked_up] * (w_pixel.shape[-1] // N), -2)
