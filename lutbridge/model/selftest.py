"""What a network is tried on before it sees a photo: a picture of greys, which a sound one keeps apart and in order."""

import torch
import torch.nn.functional as F

from lutbridge.train.networks.network import RetouchingNetwork

SIZE = 64  # px, sides of the picture: one grey a column
MARGIN = 0.5  # by which results may leave [0, 1] before they are clamped
FALL = 0.05  # by which a lighter grey may come out darker: a network that was trained for minutes does that


@torch.inference_mode()
def check(network: RetouchingNetwork) -> None:
    """Retouches a ramp of greys from black to white.

    Args:
        network: on the CPU, in eval mode.
    Raises:
        ValueError: the result is not finite, far out of range, or darker where the ramp is lighter.
    """
    ramp = torch.linspace(0, 1, SIZE).expand(1, 3, SIZE, SIZE)
    S = network.thumbnail_size
    greys = network(F.interpolate(ramp, (S, S), mode="bilinear"), ramp)[0].mean(1)  # (3, SIZE)
    if not torch.isfinite(greys).all():
        raise ValueError("it turns greys into values that are not finite")
    if greys.min() < -MARGIN or greys.max() > 1 + MARGIN:
        raise ValueError(f"it turns greys into values from {greys.min():.2f} to {greys.max():.2f}, not 0 to 1")
    fall = (greys.cummax(1).values - greys).max()
    if fall > FALL:
        raise ValueError(f"it makes lighter greys darker, by {fall:.0%} of the range")
