"""A network laid out for the fused CPU kernel, with one photo's image-adaptive weights worked in."""

from typing import NamedTuple

import numpy as np

from lutbridge.kernels.fused import GROUP, TILE
from lutbridge.model.plain import LAYERS, PlainNetwork


class Layer(NamedTuple):
    """A 1 × 1 convolution: inputs and outputs are padded with zeros to multiples of TILE."""

    weights: np.ndarray  # float32, flat: tiles of TILE outputs × TILE inputs; outputs outermost, then inputs
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
    rows, columns = -(-n_out // multiple) * multiple, -(-n_in // TILE) * TILE
    padded = np.zeros((rows, columns), np.float32)
    padded[:n_out, :n_in] = weight
    tiles = padded.reshape(rows // TILE, TILE, columns // TILE, TILE).swapaxes(1, 2)
    padded_bias = np.zeros(rows, np.float32)
    padded_bias[:n_out] = bias
    return Layer(tiles.reshape(-1), padded_bias)
