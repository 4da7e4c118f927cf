"""The reference renderer in plain torch: what every faster kernel must equal."""

import torch

from lutbridge.train.networks.network import PixelAdaptiveLUT


def render(network: PixelAdaptiveLUT, w_image: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
    """Retouch a strip of a photo.

    Args:
        network: in eval mode, on the device of the tensors.
        w_image: (N,) the photo's image-adaptive weights.
        rgb: (3, H + k − 1, W + k − 1) float32, sRGB-encoded, [0, 1]: the strip and its neighbours on every side.
    Returns:
        (3, H, W) float32, sRGB-encoded, clamped to [0, 1].
    """
    edge = network.local_context.k // 2
    inner = rgb[:, edge : rgb.shape[1] - edge, edge : rgb.shape[2] - edge]
    w_pixel, _ = network.local_context.valid(rgb[None])
    return network.mix(w_image[None], w_pixel, inner[None])[0].clamp(0, 1)
