"""A wide view in the local-context module's place: weights found at low resolution, carried up along edges. Ours."""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.model.network import mean_over_photo
from lutbridge.model.unet import start_near_one

CELLS = 128  # along each side of the photo, at which the weights are found
WIDTH = 32  # channels
DILATIONS = (1, 2, 4, 8, 16)  # of the 3 × 3 convolutions on 64 × 64: half of the photo to every side
RADIUS = 2  # cells, of the window in which weights are a linear function of colour
EPSILON = 1e-4  # variance of a channel below which a window counts as flat


class WideContext(nn.Module):
    """w_pixel from the whole photo, in three steps; 77 thousand parameters.

    1. The photo on 128 × 128 cells: mean and standard deviation of each channel in each. The deviation is what is left
       of sharpness and texture when a photo is reduced, and is nearly the same for a photo and its reduced copy.
    2. A few convolutions, dilated so far that each cell sees half of the photo to every side, and the mean of all that
       they find, answer N weights a cell.
    3. A guided filter (He, Sun and Tang 2013) carries them up: in every window of cells the weights are fitted as a
       linear function of colour, whose coefficients, and not the weights, are interpolated. So the weights step where
       the photo does, at full resolution, whatever the cells; weights that are one number everywhere come through.
    """

    def __init__(self, N: int):
        super().__init__()
        self.fine = nn.Conv2d(6, WIDTH, 3, padding=1)
        self.halve = nn.Conv2d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.view = nn.ModuleList(nn.Conv2d(WIDTH, WIDTH, 3, padding=d, dilation=d) for d in DILATIONS)
        self.overall = nn.Linear(WIDTH, WIDTH)
        self.merge = nn.Conv2d(2 * WIDTH, WIDTH, 3, padding=1)
        self.weights = nn.Conv2d(WIDTH, N, 1)
        start_near_one(self.weights)

    def forward(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, None]:
        """The whole photo (B, 3, H, W) to w_pixel (B, N, H, W), and no logits."""
        mean = F.adaptive_avg_pool2d(rgb, CELLS)
        variance = F.adaptive_avg_pool2d(rgb**2, CELLS) - mean**2
        deviation = (variance.clamp(min=0) + 1e-6).sqrt()
        weights = self.cells(torch.cat([mean - 0.5, 8 * deviation], 1))
        with torch.autocast(rgb.device.type, enabled=False):  # covariances do not survive half precision
            return carry_up(weights.to(rgb.dtype), mean, rgb), None

    def alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """w_pixel without context: its mean over the photo."""
        return mean_over_photo(self(thumbnail, rgb)[0])

    def cells(self, statistics: torch.Tensor) -> torch.Tensor:
        """(B, 6, 128, 128) to N weights a cell (B, N, 128, 128)."""
        fine = F.relu(self.fine(statistics))
        x = F.relu(self.halve(fine))
        for layer in self.view:
            x = x + F.relu(layer(x))
        x = x + self.overall(x.mean((2, 3)))[..., None, None]
        x = F.interpolate(x, scale_factor=2, mode="bilinear")
        return self.weights(F.relu(self.merge(torch.cat([fine, x], 1))))


def carry_up(weights: torch.Tensor, guide: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
    """A guided filter's upsampling: weights at cells to weights at pixels, along the edges of the photo.

    Around every cell, slope and offset of the least-squares fit weight ≈ slope · colour + offset; these are averaged
    and interpolated as the fast guided filter has it (He and Sun 2015), and applied to each pixel's own colour.

    Args:
        weights: (B, N, h, w).
        guide: (B, 3, h, w) the photo's mean colour in each cell.
        rgb: (B, 3, H, W) the photo.
    Returns:
        (B, N, H, W).
    """
    B, N, h, w = weights.shape
    mean, own = _window(guide), _window(weights)
    products = _window((guide[:, :, None] * guide[:, None]).flatten(1, 2)).view(B, 3, 3, h, w)
    covariance = products - mean[:, :, None] * mean[:, None]  # (B, 3, 3, h, w)
    cross = _window((guide[:, :, None] * weights[:, None]).flatten(1, 2)).view(B, 3, N, h, w)
    cross = cross - mean[:, :, None] * own[:, None]
    damped = covariance.permute(0, 3, 4, 1, 2) + EPSILON * torch.eye(3, dtype=rgb.dtype, device=rgb.device)
    slopes = torch.linalg.solve(damped, cross.permute(0, 3, 4, 1, 2)).permute(0, 4, 3, 1, 2)  # (B, N, 3, h, w)
    offsets = own - (slopes * mean[:, None]).sum(2)
    line = _window(torch.cat([slopes, offsets[:, :, None]], 2).flatten(1, 2)).view(B, N, 4, h, w)
    carried = []
    for n in range(N):  # one by one: a large photo's coefficients for all N would take gigabytes
        up = F.interpolate(line[:, n], rgb.shape[2:], mode="bilinear")
        carried.append((up[:, :3] * rgb).sum(1) + up[:, 3])
    return torch.stack(carried, 1)


def _window(x):
    """Mean over the window around each cell, as far as there are cells."""
    return F.avg_pool2d(x, 2 * RADIUS + 1, stride=1, padding=RADIUS, count_include_pad=False)
