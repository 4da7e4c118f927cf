"""Measures local context: how far a network's output differs from what a pixel's own colour alone would give."""

import numpy as np
import torch

from lutbridge.color.codes import to_codes
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lattice import identity_lattice, interpolate
from lutbridge.train.inference import as_seen
from lutbridge.train.networks.network import PixelAdaptiveLUT, RetouchingNetwork

BAND_PIXELS = 2**17  # that go through a network at once if it only looks at neighbours
FIT_PIXELS = 2**15  # on a grid over the photo
GRID_SIZE = 33


@torch.inference_mode()
def context_errors(network: RetouchingNetwork, pixels: np.ndarray) -> dict[str, tuple[float, float]]:
    """ΔE2000 of one photo's output to two that know no context.

    Args:
        network: in eval mode; its device is used.
        pixels: (H, W, 3) uint8 or uint16 codes, sRGB-encoded.
    Returns:
        mean and 95th percentile over the pixels, for "centre only", every neighbourhood replaced by its own pixel (see
        `RetouchingNetwork.without_context`), and for "fitted LUT", the one LUT that comes nearest to the output.
    """
    thumbnail, rgb = as_seen(network, pixels)
    parts = [_both(network, thumbnail, rgb, band) for band in _bands(network, rgb)]
    full, centre_only = (torch.cat(images, 2)[0].flatten(1).T.clamp(0, 1).cpu() for images in zip(*parts, strict=True))
    full, centre_only, before = full.numpy(), centre_only.numpy(), rgb[0].flatten(1).T.cpu().numpy()
    fitted = interpolate(_fit(before, full), before)
    return {name: _difference(full, other) for name, other in (("centre only", centre_only), ("fitted LUT", fitted))}


@torch.inference_mode()
def without_context(network: RetouchingNetwork, pixels: np.ndarray) -> np.ndarray:
    """A photo through a network without context: (H, W, 3) codes to codes of the same shape and dtype."""
    thumbnail, rgb = as_seen(network, pixels)
    parts = [network.without_context(thumbnail, rgb[:, :, top:bottom]) for top, bottom in _bands(network, rgb)]
    return to_codes(torch.cat(parts, 2)[0].clamp(0, 1).movedim(0, 2).cpu().numpy(), pixels.dtype)


def _bands(network, rgb):
    """Rows to do at once: (first, last); all if the network needs the whole photo."""
    _, _, height, width = rgb.shape
    count = max(1, BAND_PIXELS // width) if isinstance(network, PixelAdaptiveLUT) else height
    return [(top, min(height, top + count)) for top in range(0, height, count)]


def _both(network, thumbnail, rgb, band):
    """Rows of the output, and of the output without context; neighbours beyond them are looked at."""
    top, bottom = band
    edge = network.local_context.k // 2 if isinstance(network, PixelAdaptiveLUT) else 0
    first = max(0, top - edge)
    output = network(thumbnail, rgb[:, :, first : bottom + edge])[:, :, top - first : bottom - first]
    return output, network.without_context(thumbnail, rgb[:, :, top:bottom])


def _fit(before, after):
    every = max(1, len(before) // FIT_PIXELS)
    return fit_lattice(before[::every], after[::every], identity_lattice(GRID_SIZE))


def _difference(one, other):
    difference = delta_e_2000(*(srgb_to_lab(image) for image in (one, other)))
    return float(difference.mean()), float(np.percentile(difference, 95))
