"""One curve for each channel, then one 3D LUT, both image-adaptive: AdaInt and SepLUT, as imported models.

AdaInt (Yang et al., CVPR 2022) places the lattice points of its LUT closer together where it bends more, which is a
curve before an evenly spaced LUT. SepLUT (Yang et al., ECCV 2022) predicts the curve's values instead.
"""

import torch
import torch.nn.functional as F
from torch import nn

from lutbridge.train.lookup import interpolate
from lutbridge.train.networks.network import Prediction, RetouchingNetwork


class CurvesLUT(RetouchingNetwork):
    """O = LUT(curve_R(R), curve_G(G), curve_B(B)), the LUT a sum of N basis LUTs weighted by the whole photo.

    Attributes:
        luts: (N, 3, M, M, M) the basis LUTs, indexed [n, channel, r, g, b].
        predictor: thumbnail (B, 3, S, S) to (B, N + outputs): the weights, then the curves, channel by channel.
    """

    thumbnail = "bilinear"

    def __init__(self, N: int, M: int, S: int, predictor: nn.Module, curves: str):
        super().__init__()
        self.luts = nn.Parameter(torch.zeros(N, 3, M, M, M))
        self.predictor, self.thumbnail_size, self.curves = predictor, S, curves

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        N = len(self.luts)
        w_image, curves = self.predictor(thumbnail).tensor_split([N], dim=1)
        places = through_curves(rgb, *self._points(curves.unflatten(1, (3, -1))))
        fused = torch.einsum("bn,ncxyz->bcxyz", w_image, self.luts)
        outputs = [
            interpolate(lut, place.flatten(1).T.contiguous(), "trilinear").T.view_as(place)
            for lut, place in zip(fused, places, strict=True)
        ]
        return Prediction(torch.stack(outputs), w_image, luts=self.luts)

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        return self(thumbnail, rgb)  # which it never has

    def _points(self, predicted):
        """Where the points of each curve (B, 3, K) are, and their values."""
        if self.curves == "intervals":
            places = F.pad(predicted.softmax(2).cumsum(2), (1, 0))
            return places, torch.linspace(0, 1, places.shape[2], device=places.device).expand_as(places)
        values = predicted.sigmoid()
        return torch.linspace(0, 1, values.shape[2], device=values.device).expand_as(values), values


def through_curves(rgb: torch.Tensor, places: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Each channel of (B, 3, H, W) through its piecewise linear curve, whose points are (B, 3, K), in order."""
    x = rgb.flatten(2)
    lower = (torch.searchsorted(places.contiguous(), x.contiguous()) - 1).clamp(0, places.shape[2] - 2)
    (x0, x1), (y0, y1) = ([points.gather(2, lower + step) for step in (0, 1)] for points in (places, values))
    return (y0 + (y1 - y0) * (x - x0) / (x1 - x0 + 1e-10)).view_as(rgb)
