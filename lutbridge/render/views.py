"""A photo's look as one LUT: lattices (M, M, M, 3) float32, sRGB-encoded, at a strength."""

import numpy as np

from lutbridge.lut.lattice import identity_lattice, resize_lattice
from lutbridge.model.network import Look, Network
from lutbridge.strength import Strength


def part_lattices(network: Network, look: Look, grid_size: int, strength: Strength) -> list[np.ndarray]:
    """What w_image alone makes of the basis LUTs: one lattice, or the background's and the person's."""
    identity = identity_lattice(grid_size)
    own = np.split(look.w_image, len(look.w_image) // len(network.luts))
    dials = (strength.background, strength.person)[-len(own) :]
    lattices = (resize_lattice(network.fused(weights), grid_size) for weights in own)
    return [identity + np.float32(s) * (lattice - identity) for lattice, s in zip(lattices, dials, strict=True)]


def fused_lattice(network: Network, look: Look, w_pixel: np.ndarray, grid_size: int, strength: Strength) -> np.ndarray:
    """The basis LUTs mixed by w_image · w_pixel, w_pixel (K,) a mean over the photo."""
    if not network.has_mask:
        return part_lattices(network, look.with_weights(look.w_image * w_pixel), grid_size, strength)[0]
    background, person = part_lattices(network, look, grid_size, strength)
    share = np.float32(w_pixel[-1])  # of the person, the same for all its basis LUTs
    return background + share * (person - background)
