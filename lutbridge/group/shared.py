"""One LUT for a whole group: what a preset can do, and what it loses."""

from collections.abc import Sequence

import numpy as np
import torch

from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.pictures import rendered
from lutbridge.group.take import Take
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lattice import fuse, resize_lattice
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.operations import blend
from lutbridge.train.networks.network import PixelAdaptiveLUT

FIT_PIXELS = 2**19  # of all takes together


@torch.inference_mode()
def shared_lut(
    network: PixelAdaptiveLUT,
    takes: Sequence[Take],
    weights: np.ndarray,
    title: str,
    grid_size: int = 33,
    strength: float = 1.0,
) -> tuple[Lut3D, list[float]]:
    """Fit one LUT to the renders of all takes.

    Where takes of like colours are rendered unlike, because the camera exposed them differently, it can only be their
    mean; the second value says how far each take is from its own render.

    Args:
        network: on the CPU, in eval mode.
        takes: one or more.
        weights: (T, N), what each is rendered with.
        title: of the LUT.
        grid_size: M, 2 to 256.
        strength: 0 is the identity, 1 the full result; the title says which where it is not full.
    Returns:
        The LUT, sRGB-encoded in and out; and for each take the mean ΔE2000 between its picture through the LUT and its
        own render at the same strength.
    """
    pictures = [take.picture for take in takes]
    most = max(1, FIT_PIXELS // len(takes))
    renders = rendered(network, pictures, weights)
    before, after = (np.concatenate([_spread(image, most) for image in images]) for images in (pictures, renders))
    lattice = fit_lattice(before, after, _mean_fused(network, pictures, weights, grid_size))
    lut = blend(Lut3D(lattice, title), strength)
    wanted = rendered(network, pictures, weights, strength)
    return lut, [_difference(lut.apply(picture), render) for picture, render in zip(pictures, wanted, strict=True)]


def _spread(image, most):
    """At most so many pixels (P, 3) of an image, evenly spread."""
    pixels = image.reshape(-1, 3)
    return pixels[np.linspace(0, len(pixels) - 1, min(most, len(pixels))).astype(int)]


def _mean_fused(network, pictures, weights, grid_size):
    """The mean of the takes' fused LUTs: what the fit follows where no take has pixels."""
    fused = 0
    for picture, w_image in zip(pictures, weights, strict=True):
        w_pixel, _ = network.local_context(torch.from_numpy(picture).movedim(2, 0)[None])
        fused = fused + np.asarray(w_image, np.float32) * w_pixel.mean((0, 2, 3)).numpy()
    return resize_lattice(fuse(network.luts.numpy(), fused / len(pictures)), grid_size)


def _difference(output, render):
    lab = (srgb_to_lab(np.asarray(image, np.float32)) for image in (render, output))
    return float(delta_e_2000(*lab).mean())
