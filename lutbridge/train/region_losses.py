"""The loss on single pixels spread over many photos, for a network that mixes a look for each region."""

import torch
import torch.nn.functional as F

from lutbridge.train.data.degrade import soften
from lutbridge.train.data.takes import TakeBatch, Takes, cut_patches
from lutbridge.train.networks.network import Prediction
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.objective import objective
from lutbridge.train.systems import LossConfig

GIVEN = 0.3  # share of the photos that use the known person mask, not the network's own


class RegionLosses:
    """Eq. 5, and our own, on pixels of each photo; the predictor sees the whole.

    Pixels are mixed by the mask the network answers, or, by chance, by the true one: so the two looks are learned
    for what is person and what is background before the network can tell them apart. The photos are thumbnails, on
    which the mask need not be carried up along edges.
    """

    def __init__(self, takes: Takes, config: LossConfig):
        """
        Args:
            takes: squares of the thumbnail's side, from which single pixels are used (`patch` is 1).
        """
        self.takes, self.config = takes, config

    def __call__(self, network: RegionLUT, batch: TakeBatch) -> dict[str, torch.Tensor]:
        """Name → scalar, shares multiplied in."""
        weights, logits = network.predictor(batch.take)
        mask = thumbnail_mask(logits)
        given = batch.known & (torch.rand(len(mask), generator=self.takes.random) < GIVEN).to(mask.device)
        mask = torch.where(given.view(-1, 1, 1, 1), soften(batch.mask), mask)
        places = self.takes.places(batch)
        # Cut apart: colours that had the mask's gradient would be looked up by a slower path.
        seen = _pixels(torch.cat([batch.take, batch.target, batch.mask], 1), places)
        mask = _pixels(mask, places)
        take, target, person = seen.split([3, 3, 1], 1)
        w_image, w_pixel = weights.flatten(1), network.weigh_regions(mask)
        output = network.mix(w_image, w_pixel, take)
        prediction = Prediction(output, w_image, w_pixel, None, network.luts, logits)
        masks = {"known": batch.known, "whole_mask": batch.mask}
        return objective(prediction, target, person, self.config, source=take, **masks)


def thumbnail_mask(logits: torch.Tensor) -> torch.Tensor:
    """The soft mask (B, 1, S, S) on the thumbnail, from its logits on cells (B, 1, S/2, S/2)."""
    return F.interpolate(logits.sigmoid(), scale_factor=2, mode="bilinear")


def _pixels(images, places):
    """K pixels of each image (B, C, H, W), as an image of one row: (B, C, 1, K)."""
    return cut_patches(images, *places, 1)[..., 0].movedim(1, 3)
