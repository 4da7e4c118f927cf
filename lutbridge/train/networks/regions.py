"""Two looks for a photo, one for the person and one for the background, and the soft mask between them. Ours."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.model.regions import EPSILON, HIDDEN, HISTOGRAM_WIDTH, RADIUS, REGIONS, WIDTHS
from lutbridge.model.statistics import BINS, LEVELS, QUANTILES
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.lookup import interpolate
from lutbridge.train.networks.network import LutNetwork, Prediction
from lutbridge.train.networks.predictors import colour_extremes, colour_histograms, opponents, start_at_first_lut
from lutbridge.train.networks.wide import carry_up, fit_lines

SLOPE = 0.1  # of the leaky ReLU below zero


class RegionPredictor(nn.Module):
    """What a photo needs, from its canonical thumbnail: a soft person mask, and N weights for each of two regions.

    One encoder sees where the person is and what the photo looks like. Its decoder answers the mask, on cells of two
    thumbnail pixels. Colour statistics of the person, of the background and of the whole go to the head beside what
    the encoder saw of each: skin, and the light on it, are the best evidence of exposure and white balance there is.
    """

    def __init__(self, N: int):
        super().__init__()
        self.N = N
        self.down = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1) for before, after in pairwise((5, *WIDTHS))
        )
        self.look = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for width in WIDTHS[1:])
        self.wide = nn.Linear(WIDTHS[-1], WIDTHS[-1])
        self.up = nn.ModuleList(nn.Conv2d(before, after, 1) for after, before in pairwise(WIDTHS))
        self.merge = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for width in WIDTHS[:-1])
        self.mask = nn.Conv2d(WIDTHS[0], 1, 1)
        self.histograms = nn.Linear(REGIONS * BINS**3, HISTOGRAM_WIDTH)
        seen = 3 * WIDTHS[-1] + 3 * 6 * QUANTILES + 12 * LEVELS + HISTOGRAM_WIDTH + 1
        self.hidden = nn.Sequential(
            nn.Linear(seen, HIDDEN), nn.LeakyReLU(SLOPE), nn.Dropout(0.2),
            nn.Linear(HIDDEN, HIDDEN), nn.LeakyReLU(SLOPE),
        )  # fmt: skip
        self.head = nn.Linear(HIDDEN, REGIONS * N)
        start_at_first_lut(self.head)
        with torch.no_grad():
            self.head.bias[N] = 1

    def forward(self, thumbnail: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, 3, S, S) to weights (B, 2, N), background first, and the mask's logits (B, 1, S/2, S/2)."""
        seen, logits = self.see(thumbnail)
        return self.decide(thumbnail, seen, logits.sigmoid().detach()), logits

    def see(self, thumbnail: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the encoder saw (B, C, S/16, S/16), and the mask's logits."""
        x, skips = torch.cat([thumbnail - 0.5, _coordinates(thumbnail)], 1), []
        for i, down in enumerate(self.down):
            x = F.leaky_relu(down(x), SLOPE)
            if i:
                x = x + F.leaky_relu(self.look[i - 1](x), SLOPE)
            skips.append(x)
        x = seen = x + self.wide(x.mean((2, 3)))[..., None, None]
        for i in reversed(range(len(WIDTHS) - 1)):
            x = skips[i] + F.interpolate(self.up[i](x), scale_factor=2, mode="nearest")
            x = x + F.leaky_relu(self.merge[i](x), SLOPE)
        return seen, self.mask(x)

    def decide(self, thumbnail: torch.Tensor, seen: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Weights (B, 2, N) for a mask (B, 1, S/2, S/2), [0, 1]."""
        B = len(thumbnail)
        half = F.avg_pool2d(thumbnail, 2)
        regions = torch.cat([1 - mask, mask], 1) + 1e-3  # an empty region becomes the whole photo
        facts = [seen.amax((2, 3))]
        pooled = F.adaptive_avg_pool2d(regions, seen.shape[2:])  # (B, 2, h, w)
        facts.append(torch.einsum("brhw,bchw->brc", pooled / pooled.sum((2, 3), True), seen).flatten(1))
        small = F.avg_pool2d(half, 2)
        weights = F.avg_pool2d(regions, 2).flatten(2)
        everywhere = torch.ones_like(weights[:, :1])
        facts.append(region_quantiles(small, torch.cat([everywhere, weights], 1), QUANTILES))
        facts.append(colour_extremes(thumbnail, LEVELS))
        places = (regions / regions.sum((2, 3), True)).flatten(2).mT  # (B, S²/4, 2)
        histograms = torch.cat([colour_histograms(half[i : i + 1], places[i], BINS) for i in range(B)])
        facts.append(self.histograms((histograms + 1e-6).sqrt()))
        facts.append(mask.mean((2, 3)))
        return self.head(self.hidden(torch.cat(facts, 1))).view(B, REGIONS, self.N)


class RegionLUT(LutNetwork):
    """N basis LUTs, mixed by N weights for the background and N for the person; w_pixel is the soft mask.

    O = Σ_n (w_background_n + mask · (w_person_n − w_background_n)) · φ_n(I). In the paper's words: K = 2 N
    image-adaptive weights, each basis LUT standing twice, and w_pixel = 1 − mask for the first N and mask for the rest.

    Attributes:
        style: (3, M, M, M) the LUT that every photo goes through once it is corrected, the identity at first; None for
            a network without one.
    """

    def __init__(self, N: int, M: int, S: int, interpolation: str, style: bool = False):
        super().__init__(N, M, S, RegionPredictor(N), interpolation)
        self.style = nn.Parameter(identity_lattice(M)) if style else None

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        weights, logits = self.predictor(thumbnail)  # (B, 2, N), (B, 1, S/2, S/2)
        mask = self.carry_mask(logits.sigmoid(), thumbnail, rgb)
        w_image, w_pixel = weights.flatten(1), self.weigh_regions(mask)
        output = self.mix_regions(weights.flatten(1), mask, rgb)
        return Prediction(output, w_image, w_pixel, None, self.luts, logits)

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        weights, logits = self.predictor(thumbnail)
        mask = self.carry_mask(logits.sigmoid(), thumbnail, rgb).mean((2, 3), keepdim=True)
        return self.mix_regions(weights.flatten(1), mask.expand(-1, -1, *rgb.shape[2:]), rgb)

    def mix_regions(self, w_image: torch.Tensor, mask: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """The render alone: w_image (B, 2 N), mask (B, 1, H, W), rgb (B, 3, H, W) to (B, 3, H, W), not clamped."""
        if self.style is None:
            return self.mix(w_image, self.weigh_regions(mask), rgb)
        return torch.stack([self._styled(*photo) for photo in zip(w_image, mask, rgb, strict=True)])

    def _styled(self, w_image, mask, rgb):
        """One photo through its regions' fused LUTs, each followed by the style: as photos are rendered."""
        fused = torch.einsum("rn,ncijk->rcijk", w_image.view(2, -1), self.luts)
        points = interpolate(self.style, fused.movedim(1, -1).reshape(-1, 3))  # (2 M³, 3)
        lattices = points.view(2, -1, 3).mT.reshape(6, *self.luts.shape[2:])
        background, person = interpolate(lattices, rgb.flatten(1).T, self.interpolation).T.view(2, *rgb.shape)
        return background + mask * (person - background)

    def weigh_regions(self, mask: torch.Tensor) -> torch.Tensor:
        """A soft mask (B, 1, H, W) as w_pixel (B, 2 N, H, W)."""
        return torch.cat([1 - mask, mask], 1).repeat_interleave(len(self.luts), 1)

    def carry_mask(self, cells: torch.Tensor, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """The mask on cells (B, 1, S/2, S/2), carried up along the photo's edges to (B, 1, H, W), [0, 1]."""
        fine = F.interpolate(cells, thumbnail.shape[2:], mode="bilinear")
        with torch.autocast(rgb.device.type, enabled=False):  # covariances do not survive half precision
            lines = fit_lines(fine.double(), thumbnail.double(), RADIUS, EPSILON).to(rgb.dtype)
            return carry_up(lines, rgb, 0, rgb.shape[2]).clamp(0, 1)


def region_quantiles(thumbnail: torch.Tensor, weights: torch.Tensor, count: int) -> torch.Tensor:
    """Quantiles of the six opponents in each region.

    Args:
        thumbnail: (B, 3, h, w) float, sRGB-encoded, [0, 1].
        weights: (B, R, h·w) each pixel's share of each region, not all zero.
        count: quantiles.
    Returns:
        (B, R · 6 · count), roughly in [-1, 1].
    """
    values, order = opponents(thumbnail).flatten(2).sort(2)  # (B, 6, P)
    R = weights.shape[1]
    shares = weights[:, :, None].expand(-1, -1, 6, -1).gather(3, order[:, None].expand(-1, R, -1, -1)).cumsum(3)
    at = torch.linspace(0.005, 0.995, count, device=values.device)
    found = torch.searchsorted((shares / shares[..., -1:]).contiguous(), at.expand(*shares.shape[:3], -1).contiguous())
    found = found.clamp(max=values.shape[2] - 1)  # (B, R, 6, count)
    return values[:, None].expand(-1, R, -1, -1).gather(3, found).flatten(1)


def _coordinates(thumbnail):
    """Row and column of each pixel, from -1 to 1: (B, 2, S, S)."""
    B, _, H, W = thumbnail.shape
    rows = torch.linspace(-1, 1, H, device=thumbnail.device)[:, None].expand(H, W)
    columns = torch.linspace(-1, 1, W, device=thumbnail.device).expand(H, W)
    return torch.stack([rows, columns]).expand(B, -1, -1, -1)
