"""A network laid out for the fused CPU kernel, with one photo's image-adaptive weights worked in."""

from typing import NamedTuple

import numpy as np
import torch

from lutbridge.kernels.fused import GROUP, TILE
from lutbridge.model.network import PixelAdaptiveLUT


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


def pack(network: PixelAdaptiveLUT, w_image: torch.Tensor) -> Packed:
    """A network and a photo's w_image (N,) as the kernel reads them; a few milliseconds."""
    context, N, M = network.local_context.with_attention(), len(network.luts), network.luts.shape[-1]
    lanes = -(-N // GROUP) * GROUP
    luts = torch.zeros(M, M, M, lanes, 4)
    luts[..., :N, :3] = network.luts.detach().permute(2, 3, 4, 0, 1)
    return Packed(
        _layer(context.context.weight.flatten(1), context.context.bias),
        _layer(context.attention.weight.flatten(1), context.attention.bias),
        _layer(context.voxel.weight.flatten(1), context.voxel.bias),
        _weights_layer(network, w_image),
        luts.view(-1).numpy(),
        M,
        context.k,
        network.interpolation == "tetrahedral",
    )


def reweigh(packed: Packed, network: PixelAdaptiveLUT, w_image: torch.Tensor) -> Packed:
    """The same network, packed already, for another photo's w_image (N,)."""
    return packed._replace(weights=_weights_layer(network, w_image))


def _weights_layer(network, w_image):
    last = network.local_context.with_attention().weights
    return _layer(last.weight.flatten(1) * w_image[:, None], last.bias * w_image, GROUP)


def _layer(weight, bias, multiple=TILE):
    """(outputs, inputs) and (outputs,) to tiles."""
    n_out, n_in = weight.shape
    rows, columns = -(-n_out // multiple) * multiple, -(-n_in // TILE) * TILE
    padded = torch.zeros(rows, columns)
    padded[:n_out, :n_in] = weight.detach()
    tiles = padded.view(rows // TILE, TILE, columns // TILE, TILE).transpose(1, 2)
    padded_bias = torch.zeros(rows)
    padded_bias[:n_out] = bias.detach()
    return Layer(tiles.contiguous().view(-1).numpy(), padded_bias.numpy())
