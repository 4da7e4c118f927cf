"""From a config to a network: the only place that joins the two."""

import torch

from lutbridge.model.config import AnyConfig, CSRNetConfig, CurvesConfig, HDRNetConfig, ModelConfig
from lutbridge.train.networks.csrnet import CSRNet
from lutbridge.train.networks.curves import CurvesLUT
from lutbridge.train.networks.hdrnet import HDRNet
from lutbridge.train.networks.local_context import ConstantWeights, LocalContextModule
from lutbridge.train.networks.network import LutNetwork, PixelAdaptiveLUT, RetouchingNetwork, SpatialLUT
from lutbridge.train.networks.predictors import CLUTPredictor, HistogramCNNPredictor, ResNet18Predictor, ZengPredictor
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.networks.released import ReleasedContext
from lutbridge.train.networks.unet import UNetWeights
from lutbridge.train.networks.wide import WideContext


def build(config: AnyConfig) -> RetouchingNetwork:
    """A freshly initialised network, which hardly changes a photo.

    (Two do not: CSRNet, and what starts from the authors' released code, begin with noise as published.)
    """
    if isinstance(config, HDRNetConfig):
        network = HDRNet(config.thumbnail_size)
    elif isinstance(config, CSRNetConfig):
        network = CSRNet(config.thumbnail_size)
    elif isinstance(config, CurvesConfig):
        network = _curves(config)
    else:
        network = _lut_network(config)
    network.config = config
    return network


def _curves(config):
    """Untrained, it is only there to be filled: AdaInt and SepLUT are imported, and not trained here."""
    outputs, S = config.n_luts + 3 * config.curve_outputs, config.thumbnail_size
    predictor = (
        ResNet18Predictor(outputs) if config.predictor == "resnet18" else ZengPredictor(outputs, S, width=config.width)
    )
    return CurvesLUT(config.n_luts, config.grid_size, S, predictor, config.curves)


def _lut_network(config: ModelConfig) -> LutNetwork:
    N, M, S = config.n_luts, config.grid_size, config.thumbnail_size
    kind = config.pixel_weights
    if kind == "regions":
        network = RegionLUT(N, M, S, config.interpolation, config.style)
        return _started(network, config)
    predictor = _predictor(config)
    if kind == "unet":
        network = SpatialLUT(N, M, S, predictor, UNetWeights(N), config.interpolation)
    elif kind == "wide":
        network = SpatialLUT(N, M, S, predictor, WideContext(N), config.interpolation)
    elif kind.startswith("released"):
        network = SpatialLUT(N, M, S, predictor, ReleasedContext(N, kind == "released-scrambled"), config.interpolation)
    elif kind == "none":
        network = PixelAdaptiveLUT(N, M, S, predictor, ConstantWeights(N), config.interpolation)
    else:
        widths = config.context_channels, config.voxel_channels
        local_context = LocalContextModule(N, config.context, *widths, attention=kind == "lam")
        network = PixelAdaptiveLUT(N, M, S, predictor, local_context, config.interpolation)
    return _started(network, config)


def _started(network, config):
    network.thumbnail = config.thumbnail
    if config.lut_start == "noise":  # as the authors' code starts them
        with torch.no_grad():
            for lut in network.luts[1:]:
                torch.nn.init.kaiming_normal_(lut, nonlinearity="relu")
    return network


def _predictor(config):
    N, S = config.n_luts, config.thumbnail_size
    if config.predictor == "resnet18":
        return ResNet18Predictor(N)
    if config.predictor == "clut":
        return CLUTPredictor(N)
    if config.predictor == "histogram-cnn":
        return HistogramCNNPredictor(N, S)
    return ZengPredictor(N, S, paired=config.predictor == "zeng")
