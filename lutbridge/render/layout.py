"""A network laid out for the fused kernel of local context, with one photo's image-adaptive weights worked in."""

from typing import NamedTuple

import numpy as np

from lutbridge.model.network import Network
from lutbridge.render.layers import TILE

GROUP = 4  # basis LUTs read at once; a lattice point holds r, g, b and a zero for each: 16 float32, one SIMD register


class Layer(NamedTuple):
    """A 1 × 1 convolution as `render.layers.layer` reads it: outputs padded with zeros to a multiple of TILE."""

    weights: np.ndarray  # float32, flat: tiles of TILE outputs; of each tile its inputs, of each input TILE weights
    bias: np.ndarray  # (outputs,) float32


class Layout(NamedTuple):
    """A network and a photo's image-adaptive weights as the kernel reads them."""

    context: Layer
    attention: Layer
    voxel: Layer
    weights: Layer  # w_image is multiplied in; its outputs, N padded to a multiple of GROUP, are called lanes
    luts: np.ndarray  # float32, flat (M, M, M, lanes, 4), indexed r, g, b; the fourth value is zero
    grid_size: int
    k: int
    is_tetrahedral: bool


def lay_out(network: Network, w_image: np.ndarray) -> Layout:
    """A network and a photo's w_image (N,) as the kernel reads them; a few milliseconds."""
    N, M = network.luts.shape[:2]
    lanes = -(-N // GROUP) * GROUP
    luts = np.zeros((M, M, M, lanes, 4), np.float32)
    luts[..., :N, :3] = np.moveaxis(network.luts, 0, -2)
    context = network.local_context
    layers = (_layer(*layer) for layer in (context.context, context.attention, context.voxel))
    is_tetrahedral = network.interpolation == "tetrahedral"
    return Layout(*layers, _weights_layer(network, w_image), luts.reshape(-1), M, context.k, is_tetrahedral)


def reweigh(layout: Layout, network: Network, w_image: np.ndarray) -> Layout:
    """The same network, laid out already, for another photo's w_image (N,)."""
    return layout._replace(weights=_weights_layer(network, w_image))


def _weights_layer(network, w_image):
    weight, bias = network.local_context.weights
    return _layer(weight * w_image[:, None], bias * w_image, GROUP)


def _layer(weight, bias, multiple=TILE):
    """(outputs, inputs) and (outputs,) to tiles."""
    n_out, n_in = weight.shape
    padded = np.zeros((-(-n_out // multiple) * multiple, n_in + 1), np.float32)
    padded[:n_out, :n_in], padded[:n_out, n_in] = weight, bias
    tiles = padded[:, :n_in].reshape(-1, TILE, n_in).swapaxes(1, 2)
    return Layer(tiles.ravel(), padded[:, n_in].copy())  # contiguous, also where `reshape` would give a view
