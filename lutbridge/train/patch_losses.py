"""The loss on small squares spread over many photos, for a network that may be given any part of a photo."""

import torch
import torch.nn.functional as F

from lutbridge.train.color import srgb_to_lab
from lutbridge.train.data.takes import TakeBatch, Takes
from lutbridge.train.networks.network import PixelAdaptiveLUT, Prediction
from lutbridge.train.objective import objective
from lutbridge.train.systems import LossConfig


class PatchLosses:
    """Eq. 7, and our own, on parts of each photo; the predictor sees the whole.

    Single pixels with their neighbours, spread over many photos, teach the predictor more for the same time than a few
    whole crops; all photos of a batch share one lookup.
    """

    def __init__(self, takes: Takes, config: LossConfig):
        self.takes, self.config = takes, config

    def __call__(self, network: PixelAdaptiveLUT, batch: TakeBatch) -> dict[str, torch.Tensor]:
        """Name → scalar, shares multiplied in."""
        thumbnail = F.avg_pool2d(batch.take, batch.take.shape[-1] // network.thumbnail_size)
        w_image = network.predictor(thumbnail)  # (B, N)

        patches = self.takes.patches(batch)  # (B, K, C, p, p) each
        K = patches[0].shape[1]
        take, target, mask = (part.flatten(0, 1) for part in patches)
        w_pixel, logits = network.local_context.valid(take)
        edge = network.local_context.k // 2
        inner = (..., slice(edge, -edge or None), slice(edge, -edge or None))
        output = network.mix(w_image.repeat_interleave(K, 0), w_pixel, take[inner])
        # A synthetic group is takes of one finished photo, so all its targets have that photo's mean.
        target_ab = srgb_to_lab(batch.target.movedim(1, -1))[..., 1:].mean((1, 2))
        prediction = Prediction(output, w_image, w_pixel, logits, network.luts)
        return objective(prediction, target[inner], mask[inner], self.config, target_ab[:, None], mask_around=mask)
