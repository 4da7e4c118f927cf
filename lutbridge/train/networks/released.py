"""The authors' released code in place of the local-context module, with its exact arithmetic, for comparison.

It departs from the paper: a sigmoid for the softmax; the modulated neighbours are summed to a picture, which is
unfolded a second time, so that the window is 5 × 5 in effect; zero padding; and, before all, its "neighbours" of a
pixel are nine consecutive pixels of another row, since the unfolded tensor is reshaped without moving its axes.
"""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.networks.spatial import SpatialContext


class ReleasedContext(SpatialContext):
    """The released arithmetic at its own widths (64, 128), as published or with the axes corrected.

    Both need the whole photo: the scrambled form pairs pixels by their place in it, the other has zeros at its border.

    Args:
        N: basis LUTs.
        scrambled: as published. Otherwise the neighbours are a pixel's own.
    """

    def __init__(self, N: int, scrambled: bool):
        super().__init__()
        self.scrambled = scrambled
        self.context = nn.Conv2d(3, 64, 3, padding=1)
        self.attention = nn.Conv2d(64, 9, 1)
        self.voxel = nn.Conv2d(27, 128, 1)
        self.weights = nn.Conv2d(128, N, 1)

    def forward(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The whole photo (B, 3, H, W) to w_pixel (B, N, H, W) and the attention before its sigmoid (B, 9, H, W)."""
        logits = self.attention(F.relu(self.context(rgb)))
        picture = modulated_sum(rgb, logits.sigmoid(), self.scrambled)
        voxel = F.unfold(picture, 3, padding=1).view(len(rgb), 27, *rgb.shape[2:])
        return self.weights(F.relu(self.voxel(voxel))), logits

    def summarise(self, rgb: torch.Tensor) -> torch.Tensor:
        """The rows unchanged: the whole photo is needed at once."""
        return rgb

    def look(self, thumbnail: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """The whole photo (B, 3, H, W) to w_pixel (B, N, H, W)."""
        return self(thumbnail, summary)[0]

    def weigh(self, seen: torch.Tensor, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """Those of some rows."""
        return seen[:, :, top : top + rgb.shape[2]]

    def alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """w_pixel as it would be if every pixel that goes into one were like it, scrambled or not.

        A convolution of equal pixels is one of the pixel by the sum of its taps; windows would take 50 times as much.
        """
        summed = self.context.weight.sum((2, 3), keepdim=True)
        attention = self.attention(F.relu(F.conv2d(rgb, summed, self.context.bias))).sigmoid()
        picture = rgb * attention.sum(1, keepdim=True)
        summed = self.voxel.weight.unflatten(1, (3, 9)).sum(2)
        return self.weights(F.relu(F.conv2d(picture, summed, self.voxel.bias)))


def modulated_sum(rgb: torch.Tensor, attention: torch.Tensor, scrambled: bool) -> torch.Tensor:
    """Each pixel's nine "neighbours", times their attention, summed: rgb (B, 3, H, W), attention (B, 9, H, W).

    Scrambled, the nine taps of pixel p and channel c are entries 9 p to 9 p + 8 of channel c's nine shifted copies laid
    end to end, and the attention likewise.
    """
    B, _, H, W = rgb.shape
    taps = F.unfold(rgb, 3, padding=1)  # (B, 27, HW): channel by channel, nine shifted copies of it
    if scrambled:
        summed = (taps.reshape(B, 3, H * W, 9) * attention.reshape(B, 1, H * W, 9)).sum(3)
    else:
        summed = (taps.reshape(B, 3, 9, H * W) * attention.reshape(B, 1, 9, H * W)).sum(2)
    return summed.view(B, 3, H, W)
