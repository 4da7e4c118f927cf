"""Runs a whole photo through a network, for losses and metrics."""

import numpy as np
import torch

from lutbridge.color.codes import to_codes, to_float
from lutbridge.image.thumbnail import THUMBNAILS
from lutbridge.train.networks.network import RetouchingNetwork


@torch.inference_mode()
def retouch_whole(network: RetouchingNetwork, pixels: np.ndarray) -> np.ndarray:
    """The plain way, for every kind of network: one thumbnail, one pass over all pixels at once.

    Args:
        network: in eval mode; its device is used.
        pixels: (H, W, 3) uint8 or uint16 codes, sRGB-encoded.
    Returns:
        (H, W, 3) codes of the same dtype, rounded and clamped.
    """
    return to_codes(network(*as_seen(network, pixels))[0].movedim(0, 2).cpu().numpy(), pixels.dtype)


def as_seen(network: RetouchingNetwork, pixels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """A photo's codes as a network takes them: thumbnail (1, 3, S, S) and photo (1, 3, H, W), on its device."""
    device = next(network.parameters()).device
    images = THUMBNAILS[network.thumbnail](pixels, network.thumbnail_size), to_float(pixels)
    thumbnail, rgb = (torch.from_numpy(image).movedim(2, 0)[None].to(device) for image in images)
    return thumbnail, rgb
