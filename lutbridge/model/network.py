"""N basis LUTs, mixed by image-adaptive and pixel-adaptive weights (sections 3.1 to 3.3)."""

import torch
from torch import nn

from lutbridge.lut.interpolation import interpolate
from lutbridge.lut.lattice import identity_lattice


class PixelAdaptiveLUT(nn.Module):
    """O(h, w) = Σ_n w_image_n · w_pixel_n(h, w) · φ_n(I(h, w)) (figure 3 and section 3.3).

    Attributes:
        luts: (N, 3, M, M, M) the basis LUTs φ, indexed [n, channel, r, g, b]; the first starts as the identity, the
            others at zero.
        thumbnail_size: S, side of the thumbnail the predictor expects, in pixels.
    """

    def __init__(self, N: int, M: int, S: int, predictor: nn.Module, local_context: nn.Module, interpolation: str):
        super().__init__()
        luts = torch.zeros(N, 3, M, M, M)
        luts[0] = identity_lattice(M)
        self.luts = nn.Parameter(luts)
        self.predictor = predictor
        self.local_context = local_context
        self.thumbnail_size = S
        self.interpolation = interpolation

    def forward(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """Retouch photos.

        Args:
            thumbnail: (B, 3, S, S) float, sRGB-encoded, [0, 1], area-averaged from the whole photo.
            rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1]: the photo, or any part of it.
        Returns:
            (B, 3, H, W) float, sRGB-encoded, not clamped.
        """
        w_pixel, _ = self.local_context(rgb)
        return self.mix(self.predictor(thumbnail), w_pixel, rgb)

    def mix(self, w_image: torch.Tensor, w_pixel: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """The fusion alone: w_image (B, N), w_pixel (B, N, H, W), rgb (B, 3, H, W) to (B, 3, H, W), not clamped."""
        B, _, H, W = rgb.shape
        colours = rgb.movedim(1, -1).reshape(-1, 3)
        looked_up = interpolate(self.luts.flatten(0, 1), colours, self.interpolation)  # (BHW, 3N)
        looked_up = looked_up.view(B, H * W, -1, 3)
        weights = w_image[:, None] * w_pixel.flatten(2).mT  # (B, HW, N)
        return torch.einsum("bpn,bpnc->bcp", weights, looked_up).view(B, 3, H, W)
