"""The loss on small squares spread over many photos, for a network that may be given any part of a photo."""

import torch
import torch.nn.functional as F

from lutbridge.train.color import srgb_to_lab
from lutbridge.train.data.takes import TakeBatch, Takes
from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.losses import edge_supervision, group_style, region_delta_e, region_mse
from lutbridge.train.networks.network import PixelAdaptiveLUT
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
        config = self.config
        thumbnail = F.avg_pool2d(batch.take, batch.take.shape[-1] // network.thumbnail_size)
        w_image = network.predictor(thumbnail)  # (B, N)

        take, target, mask = self.takes.patches(batch)  # (B, K, C, p, p)
        K = take.shape[1]
        w_pixel, logits = network.local_context.valid(take.flatten(0, 1))
        edge = network.local_context.k // 2
        inner = (..., slice(edge, -edge or None), slice(edge, -edge or None))
        inner_take, target, inner_mask = (t.flatten(0, 1)[inner] for t in (take, target, mask))
        output = network.mix(w_image.repeat_interleave(K, 0), w_pixel, inner_take)
        priority = inner_mask, config.person_weight
        # A synthetic group is takes of one finished photo, whose own mean is that of all its targets.
        target_ab = srgb_to_lab(batch.target.movedim(1, -1))[..., 1:].mean((1, 2))
        spread = output.unflatten(0, (-1, K)).movedim(2, -1).flatten(1, 3)  # (B, P, 3)
        return {
            "mse": region_mse(output, target, *priority),
            "delta_e": config.delta_e * region_delta_e(output, target, *priority),
            "gam": config.gam * group_style(spread, target_ab[:, None]),
            "smooth": config.smooth * smoothness(network.luts, w_image),
            "monotone": config.monotone * monotonicity(network.luts),
            "edge": config.edge * edge_supervision(logits, mask.flatten(0, 1)),
        }
