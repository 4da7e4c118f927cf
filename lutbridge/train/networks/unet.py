"""A U-Net in the local-context module's place, as the paper's Table 4 has it to compare with."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.networks.spatial import SpatialContext, rows_of

WIDTH = 26  # channels at the thumbnail's own size; doubled at each of three halvings


class UNetWeights(SpatialContext):
    """w_pixel from the whole photo: a U-Net on its thumbnail, the map of weights carried up bilinearly.

    Ronneberger et al. 2015 (two 3 × 3 convolutions a level, 2 × 2 up-convolutions, skips), 1.27 million parameters.
    The paper prints no count for its U-Net, "the same" as that of the spatial-aware 3D LUT (Wang et al. 2021). That
    system is counted at 4.5 million (AdaInt, Yang et al. 2022, Table 1), 3.23 of it in its 3 × 10 LUTs of 33³,
    the rest in its predictor.

    On the thumbnail, and not at the photo's own size, so that the view is as wide at 8K as at 360p and costs no more.
    """

    def __init__(self, N: int):
        super().__init__()
        widths = tuple(WIDTH * 2**level for level in range(4))
        self.down = nn.ModuleList(_level(n_in, n_out) for n_in, n_out in pairwise((3, *widths)))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * C, C, 2, stride=2) for C in reversed(widths[:-1]))
        self.merge = nn.ModuleList(_level(2 * C, C) for C in reversed(widths[:-1]))
        self.weights = nn.Conv2d(WIDTH, N, 1)
        start_near_one(self.weights)

    def look(self, thumbnail: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S), S a multiple of 8, to w_pixel at its pixels (B, N, S, S)."""
        x, skips = self.down[0](thumbnail), []
        for level in self.down[1:]:
            skips.append(x)
            x = level(F.max_pool2d(x, 2))
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([skips.pop(), up(x)], 1))
        return self.weights(x)

    def weigh(self, seen: torch.Tensor, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """Rows (B, 3, h, W) to w_pixel (B, N, h, W)."""
        return rows_of(seen, top, rgb.shape[2], height, rgb.shape[3])


def start_near_one(layer: nn.Conv2d) -> None:
    """Make a last layer answer about 1 everywhere, so that the render starts as the sum of w_image · φ."""
    with torch.no_grad():
        layer.weight.mul_(0.1)
        layer.bias.fill_(1)


def _level(n_in, n_out):
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU(), nn.Conv2d(n_out, n_out, 3, padding=1), nn.ReLU()
    )
