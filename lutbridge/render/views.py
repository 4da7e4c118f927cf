"""A photo's look as one LUT: lattices (M, M, M, 3) float32, sRGB-encoded, at a strength."""

import numpy as np

from lutbridge.image.photo import Photo
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lattice import identity_lattice, resize_lattice
from lutbridge.model.network import Look, Network
from lutbridge.render.cpu import Renderer
from lutbridge.render.strips import grid_bands
from lutbridge.strength import FULL, Strength

FIT_PIXELS = 2**14  # pixels a LUT is fitted to, on a grid over the photo; four times as many come nearer by ΔE 0.001


def photo_lattice(
    network: Network, look: Look, photo: Photo, view: str, grid_size: int, strength: Strength
) -> np.ndarray:
    """One lattice for a photo; the views are those of `retouch.Retoucher.lut`."""
    if not strength.is_even:
        return _lattice_at(network, look, photo, view, grid_size, strength)
    identity = identity_lattice(grid_size)
    full = _lattice_at(network, look, photo, view, grid_size, FULL)
    return identity + np.float32(strength.everywhere) * (full - identity)


def _lattice_at(network, look, photo, view, grid_size, strength):
    if view in ("person", "background"):
        return part_lattices(network, look, grid_size, strength)[view == "person"].clip(0, 1)
    if view == "image-weights":
        return np.mean(part_lattices(network, look, grid_size, strength), 0).clip(0, 1)
    before, after, w_pixel = _samples(network, look, photo, strength)
    lattice = fused_lattice(network, look, w_pixel.mean(0), grid_size, strength)
    return (fit_lattice(before, after, lattice) if view == "fitted" else lattice).clip(0, 1)


def _samples(network, look, photo, strength):
    """Pixels spread over the photo, before and after, (P, 3) each, and their w_pixel (P, K)."""
    edge, k = network.edge, 2 * network.edge + 1
    renderer = Renderer(network, look)
    before, after, w_pixel = [], [], []
    for windows, row, rows in grid_bands(photo, edge, FIT_PIXELS):
        rendered = renderer.strip(windows, edge, len(windows) - 2 * edge, row, rows, strength)
        before.append(windows[edge::k, edge::k].reshape(-1, 3))
        after.append(rendered[::k, edge::k].reshape(-1, 3))
        w_pixel.append(network.pixel_weights(look, windows, row, rows)[:, ::k].reshape(-1, len(look.w_image)))
    return np.concatenate(before), np.concatenate(after), np.concatenate(w_pixel)


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
