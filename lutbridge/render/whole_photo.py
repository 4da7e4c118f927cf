"""Photos through a network that finds w_pixel from the whole of them, strip by strip; plain torch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from lutbridge.render.strips import strips
from lutbridge.train.networks.network import SpatialLUT


@dataclass(frozen=True)
class Strip:
    """Rows of a photo, the first of them row `top`.

    Attributes:
        before, after: (h, W, 3) float32 in the model's space, after in [0, 1].
        w_pixel: (N,) its sums over them.
    """

    top: int
    before: np.ndarray
    after: np.ndarray
    w_pixel: torch.Tensor


@torch.inference_mode()
def rendered(
    network: SpatialLUT,
    pixels: np.ndarray,
    to_model: Callable[[np.ndarray], np.ndarray],
    thumbnail: np.ndarray,
    w_image: np.ndarray,
    strip_pixels: int,
) -> Iterator[Strip]:
    """Render a photo. Its rows are read twice; those of strips that were yielded may be overwritten.

    Args:
        network: in eval mode; its device is used.
        pixels: (H, W, 3) codes.
        to_model: rows of them to float32 in the model's space.
        thumbnail: (S, S, 3), as the network asks for it.
        w_image: (N,).
        strip_pixels: pixels at once.
    """
    device = network.luts.device

    def batch(image):
        return torch.from_numpy(image).movedim(2, 0)[None].to(device)

    summaries = [network.spatial.summarise(batch(to_model(rows))) for _, rows, _ in strips(pixels, strip_pixels, 0)]
    seen = network.spatial.look(batch(thumbnail), torch.cat(summaries, 2))
    weights = torch.as_tensor(w_image, device=device)[None]
    for top, rows, _ in strips(pixels, strip_pixels, 0):
        before = to_model(rows)
        rgb = batch(before)
        w_pixel = network.spatial.weigh(seen, rgb, top, len(pixels))
        after = network.mix(weights, w_pixel, rgb).clamp(0, 1)[0].movedim(0, 2).cpu().numpy()
        yield Strip(top, before, after, w_pixel.sum((0, 2, 3)))
