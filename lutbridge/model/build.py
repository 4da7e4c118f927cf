"""From a config and a file's tensors to a network in numpy."""

from collections.abc import Mapping

import numpy as np

from lutbridge.lut.lattice import identity_lattice
from lutbridge.model.config import AnyConfig, ModelConfig
from lutbridge.model.local_context import read_local_context
from lutbridge.model.network import Network
from lutbridge.model.predictors import CLUT, HistogramCNN, ResNet18, Zeng
from lutbridge.model.regions import RegionPredictor
from lutbridge.model.tensors import Tensors

PIXEL_WEIGHTS = ("lam", "lam-without-attention", "none", "regions")  # of `ModelConfig`, that numpy has


def can_build(config: AnyConfig) -> bool:
    """Whether photos can be rendered by such a model; others can only be measured (`lutbridge evaluate`)."""
    return isinstance(config, ModelConfig) and config.pixel_weights in PIXEL_WEIGHTS


def build(config: ModelConfig, arrays: Mapping[str, np.ndarray]) -> Network:
    """A network.

    Args:
        config: one that `can_build` accepts.
        arrays: a file's tensors by name, in the names that torch has for them.
    Raises:
        ValueError: a tensor is missing, unknown, not of the shape or type that the config calls for, or not finite.
    """
    N, M, S = config.n_luts, config.grid_size, config.thumbnail_size
    tensors = Tensors(arrays)
    luts = np.ascontiguousarray(np.moveaxis(tensors.take("luts", N, 3, M, M, M), 1, -1))
    predictor = _predictor(config, tensors.under("predictor."), N, S)
    context = None
    if config.pixel_weights != "regions":
        widths = config.context_channels, config.voxel_channels
        context = read_local_context(tensors.under("local_context."), config.pixel_weights, N, config.context, *widths)
    style = np.ascontiguousarray(np.moveaxis(tensors.take("style", 3, M, M, M), 0, -1)) if config.style else None
    tensors.end()
    if config.restraint and not np.allclose(luts[0], identity_lattice(M), atol=1e-6):
        raise ValueError("restraint needs the identity as the first basis LUT")
    return Network(luts, config.interpolation, S, config.thumbnail, predictor, context, config.restraint, style)


def _predictor(config, tensors, N, S):
    if config.predictor == "regions":
        return RegionPredictor(tensors, N)
    if config.predictor == "histogram-cnn":
        return HistogramCNN(tensors, N)
    if config.predictor == "resnet18":
        return ResNet18(tensors, N)
    if config.predictor == "clut":
        return CLUT(tensors, N)
    return Zeng(tensors, N, S, paired=config.predictor == "zeng")
