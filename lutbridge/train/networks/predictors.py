"""Networks that predict the N image-adaptive weights w_image from a photo's canonical thumbnail.

Each takes (B, 3, S, S) float, sRGB-encoded, [0, 1], area-averaged, and returns (B, N), any range. Each starts at
w_image = (1, 0, …, 0) for every photo, give or take a little: with the first basis LUT the identity, training starts
from "leave the photo as it is".
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.model.predictors import IMAGENET_DEVIATION, IMAGENET_MEAN
from lutbridge.render.torch_footprints import tetrahedral_footprint


class ZengPredictor(nn.Module):
    """The small CNN of "Learning Image-Adaptive 3D Lookup Tables" (Zeng et al. 2020), 269 k parameters at N = 3.

    Five stride-2 convolutions, LeakyReLU, then InstanceNorm after all but the last, dropout, and one convolution over
    what is left of the thumbnail (8 × 8 at S = 256). The form for unpaired training (`paired` false) has InstanceNorm
    after the first convolution only, and no dropout.
    """

    def __init__(self, N: int, S: int, paired: bool = True, width: int = 16):
        super().__init__()
        self.features = nn.Sequential(*_zeng_layers(width, 4 if paired else 1), nn.Dropout(0.5 if paired else 0))
        self.head = nn.Conv2d(8 * width, N, S // 32)
        start_at_first_lut(self.head)

    def forward(self, thumbnail: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S) to (B, N)."""
        return self.head(self.features(thumbnail)).flatten(1)


def _zeng_layers(width, normalised):
    """The five convolutions, the first so many of them with a norm."""
    layers = []
    for i, (before, after) in enumerate(pairwise((3, width, 2 * width, 4 * width, 8 * width, 8 * width))):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.LeakyReLU(0.2)]
        if i < normalised:
            layers.append(nn.InstanceNorm2d(after, affine=True))
    return layers


class CLUTPredictor(nn.Module):
    """CLUT-Net's (Zhang et al. 2022): Zeng's convolutions on a thumbnail normalised as ImageNet's photos are.

    What they find is averaged over all places, and goes through two linear layers with a Hardswish between them.
    """

    def __init__(self, N: int):
        super().__init__()
        self.features = nn.Sequential(*_zeng_layers(16, 4))
        self.hidden = nn.Linear(128, 128)
        self.head = nn.Linear(128, N)
        start_at_first_lut(self.head)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(IMAGENET_DEVIATION).view(3, 1, 1), persistent=False)

    def forward(self, thumbnail: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S) to (B, N)."""
        seen = self.features((thumbnail - self.mean) / self.deviation).mean((2, 3))
        return self.head(F.hardswish(self.hidden(seen)))


class HistogramCNNPredictor(nn.Module):
    """A CNN without normalisation, plus the thumbnail's colour statistics.

    Instance normalisation removes each channel's mean and scale, which is where exposure and colour casts live. Here
    nothing is removed, and the head is handed the distribution of the colours directly: a 3D histogram of the whole
    thumbnail, another that favours its centre, where the person usually is, quantiles, and the extremes, which say
    where black and white lie. The CNN and the histograms see the thumbnail at half its size.
    """

    BINS = 9  # an axis
    QUANTILES = 16
    LEVELS = 4  # sizes, each half the one before, at which extremes are taken

    def __init__(self, N: int, S: int, width: int = 32, hidden: int = 256):
        super().__init__()
        widths = (3, width, 2 * width, 3 * width, 4 * width, 4 * width)
        layers = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.LeakyReLU(0.1)]
        self.features = nn.Sequential(*layers)
        self.histograms = nn.Linear(2 * self.BINS**3, hidden)
        seen = 2 * widths[-1] + 6 * self.QUANTILES + 12 * self.LEVELS + hidden
        self.hidden = nn.Sequential(
            nn.Linear(seen, hidden), nn.LeakyReLU(0.1), nn.Dropout(0.2),
            nn.Linear(hidden, hidden), nn.LeakyReLU(0.1),
        )  # fmt: skip
        self.head = nn.Linear(hidden, N)
        start_at_first_lut(self.head)
        self.register_buffer("places", _places(S // 2), persistent=False)

    def forward(self, thumbnail: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S) to (B, N)."""
        half = F.avg_pool2d(thumbnail, 2)
        seen = self.features(half - 0.5).flatten(2)  # (B, C, S²/4096)
        histograms = self.histograms((colour_histograms(half, self.places, self.BINS) + 1e-6).sqrt())
        statistics = [colour_quantiles(F.avg_pool2d(half, 2), self.QUANTILES), colour_extremes(thumbnail, self.LEVELS)]
        return self.head(self.hidden(torch.cat([seen.mean(2), seen.amax(2), *statistics, histograms], 1)))


def colour_histograms(thumbnail: torch.Tensor, places: torch.Tensor, bins: int) -> torch.Tensor:
    """3D colour histograms, each pixel shared among the four nearest bins (the tetrahedral footprint).

    Args:
        thumbnail: (B, 3, S, S) float, sRGB-encoded, [0, 1].
        places: (S², K) each pixel's weight in each of K histograms, summing to 1 over the pixels.
        bins: along each axis of the colour cube.
    Returns:
        (B, K · bins³), each histogram summing to 1.
    """
    B, K = len(thumbnail), places.shape[1]
    colours = thumbnail.flatten(2).mT.reshape(-1, 3)  # (BS², 3)
    indices, shares = tetrahedral_footprint(colours, bins)
    indices, shares = indices.view(B, 1, -1), shares.view(B, 1, -1, 4)  # (B, 1, 4S²), (B, 1, S², 4)
    weighted = (shares * places.T[None, :, :, None]).flatten(2)  # (B, K, 4S²)
    empty = torch.zeros(B, K, bins**3, device=thumbnail.device)
    return empty.scatter_add_(2, indices.expand(-1, K, -1), weighted).flatten(1)


def colour_quantiles(thumbnail: torch.Tensor, count: int) -> torch.Tensor:
    """Quantiles of the six opponents: (B, 3, S, S) to (B, 6 · count), roughly in [-1, 1]."""
    values = opponents(thumbnail).flatten(2).sort(2).values  # (B, 6, S²)
    at = torch.linspace(0.005, 0.995, count, device=values.device) * (values.shape[2] - 1)
    return values[:, :, at.round().long()].flatten(1)


def colour_extremes(thumbnail: torch.Tensor, levels: int) -> torch.Tensor:
    """Least and greatest of the six opponents, at the thumbnail's size and at each half of it: (B, 12 · levels).

    An extreme that lasts as pixels are averaged is an area, one that fades a sparkle.
    """
    found = []
    for level in range(levels):
        values = opponents(F.avg_pool2d(thumbnail, 2**level)).flatten(2)
        found += [values.amin(2), values.amax(2)]
    return torch.cat(found, 1)


def opponents(rgb):
    """R, G, B about middle grey and the three differences between them, scaled to roughly [-1, 1]: (B, 6, H, W)."""
    r, g, b = rgb.unbind(1)
    return torch.stack([2 * r - 1, 2 * g - 1, 2 * b - 1, 5 * (r - g), 5 * (g - b), 5 * (b - r)], 1)


def _places(S):
    """(S², 2): even weights, and weights that favour the place of a portrait's face, a little above the centre."""
    axis = (torch.arange(S) + 0.5) / S
    centre = torch.exp(-((axis[None, :] - 0.5) ** 2) / 0.06 - (axis[:, None] - 0.45) ** 2 / 0.09)
    places = torch.stack([torch.ones(S, S), centre], -1).flatten(0, 1)
    return places / places.sum(0)


class ResNet18Predictor(nn.Module):
    """ResNet-18 (He et al. 2016) with its last layer to N, as Liang et al. 2021 use it; torchvision's layer names.

    Started at random: the ImageNet weights cannot be shipped here.
    """

    def __init__(self, N: int):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(_BasicBlock(64, 64, 1), _BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(_BasicBlock(64, 128, 2), _BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(_BasicBlock(128, 256, 2), _BasicBlock(256, 256, 1))
        self.layer4 = nn.Sequential(_BasicBlock(256, 512, 2), _BasicBlock(512, 512, 1))
        self.fc = nn.Linear(512, N)
        start_at_first_lut(self.fc)

    def forward(self, thumbnail: torch.Tensor) -> torch.Tensor:
        """(B, 3, S, S) to (B, N)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(thumbnail))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class _BasicBlock(nn.Module):
    def __init__(self, before: int, after: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = None
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(before, after, 1, stride=stride, bias=False), nn.BatchNorm2d(after)
            )

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))) + shortcut)


def start_at_first_lut(head: nn.Module) -> None:
    """Make a last layer output (1, 0, …, 0) for any input, with a little room to learn."""
    with torch.no_grad():
        head.weight.mul_(0.1)
        head.bias.zero_()
        head.bias[0] = 1
