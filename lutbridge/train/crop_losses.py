"""The loss of any system on a batch of crops, each treated as a whole photo."""

from dataclasses import replace

import torch

from lutbridge.train.data.batches import Batch
from lutbridge.train.networks.network import Prediction, RetouchingNetwork
from lutbridge.train.objective import objective
from lutbridge.train.systems import LossConfig


class CropLosses:
    """Eq. 7 and Liang's consistency.

    Args:
        config: the shares.
        mixed_precision: the network's convolutions in half precision (bfloat16 on the CPU); lookups, sums and losses
            stay in single precision.
    """

    def __init__(self, config: LossConfig, mixed_precision: bool = False):
        self.config, self.mixed_precision = config, mixed_precision

    def __call__(self, network: RetouchingNetwork, batch: Batch) -> dict[str, torch.Tensor]:
        """Name → scalar, shares multiplied in."""
        first = self._predict(network, batch.thumbnail, batch.rgb)
        second = None
        if self.config.glc:
            second = self._predict(network, batch.second.thumbnail, batch.second.rgb).output
        about = batch.targets_ab, second, batch.offsets
        return objective(first, batch.target, batch.mask, self.config, *about, source=batch.rgb)

    def _predict(self, network, thumbnail, rgb) -> Prediction:
        kind = rgb.device.type
        half = torch.float16 if kind == "cuda" else torch.bfloat16
        with torch.autocast(kind, half, enabled=self.mixed_precision):
            prediction = network.predict(thumbnail, rgb)
        fields = ("output", "w_image", "w_pixel", "logits", "mask_logits")
        values = {name: getattr(prediction, name) for name in fields}
        return replace(prediction, **{name: value.float() for name, value in values.items() if value is not None})
