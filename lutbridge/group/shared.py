"""One LUT for a whole group, and its error on each take."""

from collections.abc import Sequence

import numpy as np

from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.pictures import rendered
from lutbridge.group.take import Take
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.network import Network
from lutbridge.render.views import fused_lattice
from lutbridge.strength import FULL, Strength

FIT_PIXELS = 2**19  # of all takes together


def shared_lut(
    network: Network,
    takes: Sequence[Take],
    weights: np.ndarray,
    title: str,
    grid_size: int = 33,
    strength: Strength | float = FULL,
) -> tuple[Lut3D, list[float]]:
    """Fit one LUT to the renders of all takes.

    Where takes of like colours are rendered unlike, because the camera exposed them differently, it can only be their
    mean; the second value says how far each take is from its own render.

    Args:
        takes: one or more.
        weights: (T, K), what each is rendered with.
        title: of the LUT.
        grid_size: M, 2 to 256.
        strength: zero is the identity, one the full result; the title says so if it is not full.
    Returns:
        The LUT, sRGB-encoded in and out; and for each take the mean ΔE2000 between its picture through the LUT and its
        own render at the same strength.
    """
    strength = Strength.of(strength)
    pictures = [take.picture for take in takes]
    looks = [take.look.with_weights(row) for take, row in zip(takes, weights, strict=True)]
    renders = list(rendered(network, pictures, looks, strength))
    most = max(1, FIT_PIXELS // len(takes))
    before, after = (np.concatenate([_spread(image, most) for image in images]) for images in (pictures, renders))
    lattice = fit_lattice(before, after, _mean_fused(network, pictures, looks, grid_size, strength))
    lut = Lut3D(lattice, title if strength == FULL else f"{title} {strength}")
    return lut, [_difference(lut.apply(picture), render) for picture, render in zip(pictures, renders, strict=True)]


def _spread(image, most):
    """At most `most` pixels (P, 3) of an image, evenly spread."""
    pixels = image.reshape(-1, 3)
    return pixels[np.linspace(0, len(pixels) - 1, min(most, len(pixels))).astype(int)]


def _mean_fused(network, pictures, looks, grid_size, strength):
    """The mean of the takes' fused LUTs, which the fit follows where no take has pixels."""
    total = 0
    for picture, look in zip(pictures, looks, strict=True):
        edge = network.edge
        around = np.pad(picture, [(edge, edge), (edge, edge), (0, 0)], mode="edge")
        w_pixel = network.pixel_weights(look, around, 0, len(picture)).mean((0, 1))
        total = total + fused_lattice(network, look, w_pixel, grid_size, strength)
    return total / len(pictures)


def _difference(output, render):
    lab = (srgb_to_lab(np.asarray(image, np.float32)) for image in (render, output))
    return float(delta_e_2000(*lab).mean())
