"""Tries a network on a picture of greys before it sees a photo: a sound one keeps them distinct and in order."""

import numpy as np

from lutbridge.model.network import Network
from lutbridge.render.reference import mixed

MARGIN = 0.5  # how far results may leave [0, 1] before clamping
FALL = 0.05  # how much darker a lighter grey may come out: briefly trained networks do that


def check(network: Network) -> None:
    """Retouches a ramp of greys from black to white.

    Raises:
        ValueError: the result is not finite, far out of range, or gets darker as the ramp gets lighter.
    """
    S = network.thumbnail_size
    ramp = np.broadcast_to(np.linspace(0, 1, S, dtype=np.float32)[:, None], (S, S, 3))
    with np.errstate(over="ignore", invalid="ignore"):  # the next lines check the result
        greys = mixed(network, network.look(ramp), ramp).mean(0)  # (S, 3): a column has one grey
    if not np.isfinite(greys).all():
        raise ValueError("it turns greys into values that are not finite")
    if greys.min() < -MARGIN or greys.max() > 1 + MARGIN:
        raise ValueError(f"it turns greys into values from {greys.min():.2f} to {greys.max():.2f}, not 0 to 1")
    fall = (np.maximum.accumulate(greys) - greys).max()
    if fall > FALL:
        raise ValueError(f"it makes lighter greys darker, by {fall:.0%} of the range")
