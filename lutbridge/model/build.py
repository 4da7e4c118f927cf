"""From a config to a network: the only place that joins the two."""

from lutbridge.model.config import ModelConfig
from lutbridge.model.local_context import LocalContextModule
from lutbridge.model.network import PixelAdaptiveLUT
from lutbridge.model.predictors import HistogramCNNPredictor, ResNet18Predictor, ZengPredictor


def build(config: ModelConfig) -> PixelAdaptiveLUT:
    """A freshly initialised network that, untrained, leaves a photo nearly as it is."""
    N, S = config.n_luts, config.thumbnail_size
    if config.predictor == "zeng":
        predictor = ZengPredictor(N, S)
    elif config.predictor == "resnet18":
        predictor = ResNet18Predictor(N)
    else:
        predictor = HistogramCNNPredictor(N, S)
    local_context = LocalContextModule(N, config.context, config.context_channels, config.voxel_channels)
    return PixelAdaptiveLUT(N, config.grid_size, S, predictor, local_context, config.interpolation)
