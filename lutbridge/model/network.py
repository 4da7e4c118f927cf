"""A network as numpy arrays: what a render on the CPU needs. Importing torch takes longer than most renders."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import safe_open

from lutbridge.model.config import config_from_dict

if TYPE_CHECKING:
    from lutbridge.train.networks.network import PixelAdaptiveLUT

LAYERS = ("context", "attention", "voxel", "weights")


@dataclass(frozen=True)
class PlainNetwork:
    """A `network.PixelAdaptiveLUT` with a `local_context.LocalContextModule`.

    Attributes:
        luts: (N, 3, M, M, M) float32.
        layers: of the local context, by name: weights (outputs, inputs) and biases (outputs,) float32.
        k: odd side of the local window in pixels.
        interpolation: "trilinear" or "tetrahedral".
        thumbnail_size, thumbnail: side in pixels, and how it is made (see `image.thumbnail`).
        predictor: (S, S, 3) float32, sRGB-encoded, [0, 1], to (N,) float32; None where only torch has it.
        path: the file it was read from, or None.
    """

    luts: np.ndarray
    layers: Mapping[str, tuple[np.ndarray, np.ndarray]]
    k: int
    interpolation: str
    thumbnail_size: int
    thumbnail: str
    predictor: Callable[[np.ndarray], np.ndarray] | None = None
    path: Path | None = None


def plain(network: "PixelAdaptiveLUT") -> PlainNetwork:
    """The arrays of a network on the CPU, whose memory they share; without its predictor."""
    context = network.local_context.with_attention()
    layers = {name: getattr(context, name) for name in LAYERS}
    return PlainNetwork(
        network.luts.detach().numpy(),
        {
            name: (layer.weight.detach().flatten(1).numpy(), layer.bias.detach().numpy())
            for name, layer in layers.items()
        },
        context.k,
        network.interpolation,
        network.thumbnail_size,
        network.thumbnail,
    )


def read(path: Path) -> PlainNetwork | None:
    """A shipped model, which is not checked again; None where it has parts that only torch has."""
    from lutbridge.model.predictor import HistogramCNN

    with safe_open(path, "numpy") as file:
        config = config_from_dict(json.loads(file.metadata()["lutbridge"])["config"])
        if config.architecture != "lut" or (config.predictor, config.pixel_weights) != ("histogram-cnn", "lam"):
            return None
        tensors = {name: file.get_tensor(name) for name in file.keys()}

    def layer(name):
        weight = tensors[f"local_context.{name}.weight"]
        return weight.reshape(len(weight), -1), tensors[f"local_context.{name}.bias"]

    prefix = "predictor."
    return PlainNetwork(
        tensors["luts"],
        {name: layer(name) for name in LAYERS},
        config.context,
        config.interpolation,
        config.thumbnail_size,
        config.thumbnail,
        HistogramCNN({name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}),
        path,
    )
