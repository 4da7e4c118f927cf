"""The takes' small pictures, retouched."""

from collections.abc import Iterator, Sequence

import numpy as np

from lutbridge.model.network import Look, Network
from lutbridge.render.cpu import Renderer
from lutbridge.strength import FULL, Strength


def rendered(
    network: Network,
    pictures: Sequence[np.ndarray],
    looks: Sequence[Look],
    strength: Strength | float = FULL,
) -> Iterator[np.ndarray]:
    """Retouch pictures, each with its own look.

    Args:
        pictures: each (h, w, 3) float32, sRGB-encoded, [0, 1].
        looks: one for each picture.
    Yields:
        (h, w, 3) float32, sRGB-encoded, [0, 1].
    """
    renderer, strength = None, Strength.of(strength)
    for picture, look in zip(pictures, looks, strict=True):
        renderer = renderer.for_look(look) if renderer else Renderer(network, look)
        yield renderer.strip(picture, 0, len(picture), 0, len(picture), strength)
