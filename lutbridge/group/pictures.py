"""The takes' small pictures, retouched."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from lutbridge.render.cpu import Renderer
from lutbridge.train.networks.network import PixelAdaptiveLUT


def rendered(
    network: PixelAdaptiveLUT, pictures: Sequence[np.ndarray], weights: np.ndarray, strength: float = 1.0
) -> Iterator[np.ndarray]:
    """Retouch pictures, each with its own weights.

    Args:
        network: on the CPU, in eval mode.
        pictures: each (h, w, 3) float32, sRGB-encoded, [0, 1].
        weights: (T, N), one row for each picture.
        strength: 0 gives the picture itself, 1 the full result.
    Yields:
        (h, w, 3) float32, sRGB-encoded, [0, 1].
    """
    renderer = None
    for picture, row in zip(pictures, weights, strict=True):
        w_image = torch.from_numpy(np.asarray(row, np.float32))
        renderer = renderer.reweighed(w_image) if renderer else Renderer(network, w_image)
        full = renderer.strip(picture, 0, len(picture))
        yield full if strength == 1 else picture + np.float32(strength) * (full - picture)
