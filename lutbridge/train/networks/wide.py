"""A wide view in the local-context module's place: weights found at low resolution, carried up along edges. Ours."""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.networks.spatial import SpatialContext, rows_of
from lutbridge.train.networks.unet import start_near_one

CELLS = 128  # along each side of the photo, at which the weights are found
WIDTH = 32  # channels
DILATIONS = (1, 2, 4, 8, 16)  # of the 3 × 3 convolutions on 64 × 64: half of the photo to every side
RADIUS = 2  # cells, of the windows with weights as a linear function of colour
EPSILON = 1e-4  # variance of a channel below which a window counts as flat


class WideContext(SpatialContext):
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

    def summarise(self, rgb: torch.Tensor) -> torch.Tensor:
        """Rows (B, 3, h, W) to the mean of each channel and of its square, along the width of a cell (B, 6, h, 128)."""
        return F.adaptive_avg_pool2d(torch.cat([rgb, rgb**2], 1), (rgb.shape[2], CELLS))

    def look(self, thumbnail: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """(B, 6, H, 128) to slopes and offset of each weight at each cell (B, N, 4, 128, 128)."""
        mean, squares = F.adaptive_avg_pool2d(summary, CELLS).split(3, 1)
        deviation = ((squares - mean**2).clamp(min=0) + 1e-6).sqrt()
        weights = self.cells(torch.cat([mean - 0.5, 8 * deviation], 1))
        with torch.autocast(summary.device.type, enabled=False):  # covariances do not survive half precision
            return fit_lines(weights.to(summary.dtype), mean)

    def weigh(self, seen: torch.Tensor, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """Rows (B, 3, h, W) to w_pixel (B, N, h, W)."""
        with torch.autocast(rgb.device.type, enabled=False):
            return carry_up(seen, rgb, top, height)

    def cells(self, statistics: torch.Tensor) -> torch.Tensor:
        """(B, 6, 128, 128) to N weights a cell (B, N, 128, 128)."""
        fine = F.relu(self.fine(statistics))
        x = F.relu(self.halve(fine))
        for layer in self.view:
            x = x + F.relu(layer(x))
        x = x + self.overall(x.mean((2, 3)))[..., None, None]
        x = F.interpolate(x, scale_factor=2, mode="bilinear")
        return self.weights(F.relu(self.merge(torch.cat([fine, x], 1))))


def fit_lines(
    weights: torch.Tensor, guide: torch.Tensor, radius: int = RADIUS, epsilon: float = EPSILON
) -> torch.Tensor:
    """The guided filter's first half: around every cell, the least-squares fit weight ≈ slopes · colour + offset.

    Args:
        weights: (B, N, h, w).
        guide: (B, 3, h, w) the photo's mean colour in each cell.
        radius: cells, of the window.
        epsilon: variance of a channel below which a window counts as flat.
    Returns:
        (B, N, 4, h, w): three slopes and the offset, averaged over the windows that a cell lies in.
    """

    def window(x):
        """Mean over the window around each cell, as far as there are cells."""
        return F.avg_pool2d(x, 2 * radius + 1, stride=1, padding=radius, count_include_pad=False)

    B, N, h, w = weights.shape
    mean, own = window(guide), window(weights)
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    products = window(torch.stack([guide[:, i] * guide[:, j] for i, j in pairs], 1))
    covariance = products - torch.stack([mean[:, i] * mean[:, j] for i, j in pairs], 1)  # (B, 6, h, w)
    cross = window((guide[:, :, None] * weights[:, None]).flatten(1, 2)).view(B, 3, N, h, w)
    cross = cross - mean[:, :, None] * own[:, None]
    slopes = _solve(covariance, epsilon, cross)  # (B, 3, N, h, w)
    offsets = own - (slopes * mean[:, :, None]).sum(1)
    lines = torch.cat([slopes, offsets[:, None]], 1).transpose(1, 2)  # (B, N, 4, h, w)
    return window(lines.flatten(1, 2)).view(B, N, 4, h, w)


def _solve(covariance, epsilon, cross):
    """Symmetric 3 × 3 systems by their cofactors, many times faster than a solver for each cell.

    Args:
        covariance: (B, 6, h, w): rr, rg, rb, gg, gb, bb, to whose diagonal epsilon is added.
        cross: (B, 3, N, h, w).
    """
    rr, rg, rb, gg, gb, bb = covariance.unbind(1)
    rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
    a, b, c = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    d, e, f = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    inverse = torch.stack([torch.stack(row, 1) for row in ((a, b, c), (b, d, e), (c, e, f))], 1)
    inverse = inverse / (rr * a + rg * b + rb * c)[:, None, None]  # (B, 3, 3, h, w)
    return torch.einsum("bijhw,bjnhw->binhw", inverse, cross)


def carry_up(lines: torch.Tensor, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
    """Its second half: the lines, interpolated as the fast guided filter has it, applied to each pixel's own colour.

    He and Sun 2015. So the weights follow the edges of the photo.

    Args:
        lines: (B, N, 4, h, w).
        rgb: (B, 3, count, W), rows of the photo, the first of them row `top` of `height`.
    Returns:
        (B, N, count, W).
    """
    carried = []
    for line in lines.unbind(1):  # one by one: the coefficients for all N would take several times the photo
        up = rows_of(line, top, rgb.shape[2], height, rgb.shape[3])
        carried.append((up[:, :3] * rgb).sum(1) + up[:, 3])
    return torch.stack(carried, 1)
