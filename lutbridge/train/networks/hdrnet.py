"""HDRNet: a bilateral grid of affine colour transforms, predicted from a thumbnail, sliced by a learned guide.

"Deep Bilateral Learning for Real-Time Image Enhancement" (Gharbi et al., SIGGRAPH 2017).
"""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.networks.network import Prediction, RetouchingNetwork

CELLS = 16  # the grid's cells along each side of the photo
DEPTH = 8  # and along the guide
KNOTS = 16  # of each of the guide's curves


class HDRNet(RetouchingNetwork):
    """482,080 parameters, as the comparisons of FiveK count it (e.g. NeurOp, Wang et al. 2022, Table 1).

    From the 256 px thumbnail, four stride-2 convolutions make features of 16 × 16 cells; a global and a local path are
    added; one 1 × 1 convolution predicts 8 depths of 12 coefficients for each cell. Every pixel looks up its own 3 × 4
    affine transform by place and guide, trilinearly (their eq. 5 and 6), and goes through it.

    The grid starts with the identity transform everywhere.
    """

    def __init__(self, S: int):
        super().__init__()
        self.thumbnail_size = S
        widths = (3, *(DEPTH * 2**i for i in range(4)))  # 8, 16, 32, 64
        self.splat = nn.Sequential(
            *(part for i in range(4) for part in (_halving(widths[i], widths[i + 1]), nn.ReLU()))
        )
        C = widths[-1]
        self.overall = nn.Sequential(
            _halving(C, C), nn.ReLU(), _halving(C, C), nn.ReLU(), nn.Flatten(),
            nn.Linear(16 * C, 4 * C), nn.ReLU(), nn.Linear(4 * C, 2 * C), nn.ReLU(), nn.Linear(2 * C, C),
        )  # fmt: skip
        self.local = nn.Sequential(nn.Conv2d(C, C, 3, padding=1), nn.ReLU(), nn.Conv2d(C, C, 3, padding=1, bias=False))
        self.grid = nn.Conv2d(C, 12 * DEPTH, 1)
        with torch.no_grad():
            self.grid.weight.mul_(0.1)
            self.grid.bias.copy_(torch.eye(3, 4).flatten().repeat_interleave(DEPTH))
        self.guide = Guide()

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        return Prediction(slice_and_apply(self.bilateral_grid(thumbnail), self.guide(rgb), rgb))

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        everywhere = self.bilateral_grid(thumbnail).mean((3, 4), keepdim=True)
        return slice_and_apply(everywhere, self.guide(rgb), rgb)

    def bilateral_grid(self, thumbnail: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S) to (B, 12, 8, 16, 16): coefficients [3 × 4 row by row, depth along the guide, row, column]."""
        features = self.splat(thumbnail)
        fused = F.relu(self.local(features) + self.overall(features)[..., None, None])
        return self.grid(fused).unflatten(1, (12, DEPTH))


class Guide(nn.Module):
    """One number in [0, 1] a pixel: a 3 × 3 matrix, a piecewise-linear curve a channel, and their mix (their eq. 7)."""

    def __init__(self):
        super().__init__()
        self.matrix = nn.Linear(3, 3)
        self.knots = nn.Parameter((torch.arange(KNOTS) / KNOTS).repeat(3, 1))  # (3, KNOTS)
        self.slopes = nn.Parameter(F.pad(torch.ones(3, 1), (0, KNOTS - 1)))
        self.mix = nn.Linear(3, 1)
        with torch.no_grad():
            self.matrix.weight.copy_(torch.eye(3))
            self.matrix.bias.zero_()
            self.mix.weight.fill_(1 / 3)
            self.mix.bias.zero_()

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W) to (B, H, W)."""
        x = self.matrix(rgb.movedim(1, -1))  # (B, H, W, 3)
        bent = torch.zeros_like(x)
        for knot, slope in zip(self.knots.T, self.slopes.T, strict=True):  # one by one, or it would hold 16 photos
            bent = bent + slope * F.relu(x - knot)
        return self.mix(bent)[..., 0].clamp(0, 1)


def slice_and_apply(grid: torch.Tensor, guide: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
    """Look each pixel's affine transform up in a bilateral grid, and put its colour through it.

    Args:
        grid: (B, 12, D, h, w), the samples at the centres of their cells.
        guide: (B, H, W), [0, 1].
        rgb: (B, 3, H, W), the whole photo, over which the grid is laid.
    Returns:
        (B, 3, H, W).
    """
    B, _, H, W = rgb.shape
    rows, columns = (
        (2 * torch.arange(side, device=rgb.device, dtype=rgb.dtype) + 1) / side - 1 for side in (H, W)
    )  # pixels' centres in [-1, 1] from edge to edge
    places = torch.stack(
        [columns.expand(B, H, W), rows[:, None].expand(B, H, W), 2 * guide - 1], -1
    )  # grid_sample's order: x, y, depth
    found = F.grid_sample(grid, places[:, None], padding_mode="border", align_corners=False)
    transforms = found.view(B, 3, 4, H, W)
    return (transforms[:, :, :3] * rgb[:, None]).sum(2) + transforms[:, :, 3]


def _halving(n_in, n_out):
    return nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)
