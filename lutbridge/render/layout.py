"""A network laid out for the fused CPU kernel, with one photo's image-adaptive weights worked in."""

from typing import NamedTuple

import numpy as np

from lutbridge.model.network import LAYERS, PlainNetwork
from lutbridge.render.fused import GROUP
from lutbridge.render.layers import TILE


class Layer(NamedTuple):
    """A 1 × 1 convolution as `render.layers.layer` reads it: outputs padded with zeros to a multiple of TILE."""

    weights: np.ndarray  # float32, flat: tiles of TILE outputs; of each tile its inputs, of each input TILE weights
    bias: np.ndarray  # (outputs,) float32


class Packed(NamedTuple):
    """A network and a photo's image-adaptive weights as the kernel reads them."""

    context: Layer
    attention: Layer
    voxel: Layer
    weights: Layer  # w_image is multiplied in; its outputs, N padded to a multiple of GROUP, are called lanes
    luts: np.ndarray  # float32, flat (M, M, M, lanes, 4), indexed r, g, b; the fourth value is zero
    grid_size: int
    k: int
    tetrahedral: bool


def pack(network: PlainNetwork, w_image: np.ndarray) -> Packed:
    """A network and a photo's w_image (N,) as the kernel reads them; a few milliseconds."""
    N, M = len(network.luts), network.luts.shape[-1]
    lanes = -(-N // GROUP) * GROUP
    luts = np.zeros((M, M, M, lanes, 4), np.float32)
    luts[..., :N, :3] = network.luts.transpose(2, 3, 4, 0, 1)
    return Packed(
        *(_layer(*network.layers[name]) for name in LAYERS[:-1]),
        _weights_layer(network, w_image),
        luts.reshape(-1),
        M,
        network.k,
        network.interpolation == "tetrahedral",
    )


def reweigh(packed: Packed, network: PlainNetwork, w_image: np.ndarray) -> Packed:
    """The same network, packed already, for another photo's w_image (N,)."""
    return packed._replace(weights=_weights_layer(network, w_image))


def _weights_layer(network, w_image):
    weight, bias = network.layers[LAYERS[-1]]
    return _layer(weight * w_image[:, None], bias * w_image, GROUP)


def _layer(weight, bias, multiple=TILE):
    """(outputs, inputs) and (outputs,) to tiles."""
    n_out, n_in = weight.shape
    padded = np.zeros((-(-n_out // multiple) * multiple, n_in + 1), np.float32)
    padded[:n_out, :n_in], padded[:n_out, n_in] = weight, bias
    tiles = padded[:, :n_in].reshape(-1, TILE, n_in).swapaxes(1, 2)
    return Layer(tiles.ravel(), padded[:, n_in].copy())  # contiguous, also where `reshape` would give a view
