"""CSRNet: a pixel-wise network of 1 × 1 convolutions, modulated by a second one that sees the whole photo.

"Conditional Sequential Modulation for Efficient Global Image Retouching" (He et al., ECCV 2020).
"""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.networks.network import Prediction, RetouchingNetwork

BASE = 64  # channels of the base network
CONDITION = 32  # channels of the condition network


class CSRNet(RetouchingNetwork):
    """36,489 parameters, the count that He et al. print (Table 1 there).

    The base network is three 1 × 1 convolutions, the same for every pixel and photo. Global feature modulation (their
    eq. 10) scales and shifts its features channel by channel, by factors that linear layers read off the condition
    vector: scale · x + shift + x, so a modulation by zeros leaves the base network.

    The condition network sees the thumbnail; the published one sees the photo at the size of its training:
    a photo and its reduced copy get the same look.
    """

    def __init__(self, S: int):
        super().__init__()
        self.thumbnail_size = S
        self.condition = nn.Sequential(
            nn.Conv2d(3, CONDITION, 7, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(CONDITION, CONDITION, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(CONDITION, CONDITION, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        widths = (BASE, BASE, 3)
        self.base = nn.ModuleList(
            nn.Conv2d(n_in, n_out, 1) for n_in, n_out in zip((3, BASE, BASE), widths, strict=True)
        )
        self.scales = nn.ModuleList(nn.Linear(CONDITION, width) for width in widths)
        self.shifts = nn.ModuleList(nn.Linear(CONDITION, width) for width in widths)

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        vector = self.condition(thumbnail).mean((2, 3))  # (B, 32)
        x = rgb
        for i, (layer, scale, shift) in enumerate(zip(self.base, self.scales, self.shifts, strict=True)):
            x = layer(x)
            x = x * scale(vector)[..., None, None] + shift(vector)[..., None, None] + x
            x = F.relu(x) if i < 2 else x
        return Prediction(x)

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        return self(thumbnail, rgb)  # which it never has
