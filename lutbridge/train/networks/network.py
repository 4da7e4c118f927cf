"""The paper's network: N basis LUTs, mixed by image-adaptive and pixel-adaptive weights (sections 3.1 to 3.3)."""

from dataclasses import dataclass

import torch
from torch import nn

from lutbridge.model.config import AnyConfig
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.lookup import interpolate
from lutbridge.train.networks.spatial import SpatialContext


@dataclass(frozen=True)
class Prediction:
    """A network's results for B photos, with the intermediate values that the losses need.

    Attributes:
        output: (B, 3, H, W) float, sRGB-encoded, not clamped.
        w_image: (B, N) image-adaptive weights; None if there are no basis LUTs.
        w_pixel: (B, N, H, W) pixel-adaptive weights; None if there are none.
        logits: (B, k², H, W) the attention before its softmax (in the released code, its sigmoid), row-major in the
            window; None if there is no attention.
        luts: (N, 3, M, M, M) the basis LUTs, for the regularisers; None if there are none.
        mask_logits: (B, 1, h, w) the person mask on cells, before its sigmoid; None if there is none.
    """

    output: torch.Tensor
    w_image: torch.Tensor | None = None
    w_pixel: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    luts: torch.Tensor | None = None
    mask_logits: torch.Tensor | None = None


class RetouchingNetwork(nn.Module):
    """What every system of the tables is called by.

    Attributes:
        thumbnail_size: S, side of the thumbnail the network expects, in pixels.
        thumbnail: how that is made, "area" or "bilinear" (see `image.thumbnail`).
        config: its config; set by `build`.
    """

    thumbnail_size: int
    thumbnail = "area"
    config: AnyConfig

    def forward(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """Retouch photos: `predict`, and of that the output."""
        return self.predict(thumbnail, rgb).output

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        """Retouch photos and keep what the losses need.

        Args:
            thumbnail: (B, 3, S, S) float, sRGB-encoded, [0, 1], of the whole photo.
            rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1]: the whole photo that the thumbnail shows. A
                `PixelAdaptiveLUT` and a `CSRNet` may also be given any part of it.
        """
        raise NotImplementedError

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """What is left of the output (B, 3, H, W) if a pixel counts for its own colour and the whole photo alone.

        Where weights come from a pixel's neighbours, those are replaced by the pixel itself; where they are found all
        over the photo, by their mean over it. The difference from the output is what local context does.
        """
        raise NotImplementedError


class LutNetwork(RetouchingNetwork):
    """N basis LUTs, a predictor of w_image, and one of w_pixel.

    Attributes:
        luts: (N, 3, M, M, M) the basis LUTs φ, indexed [n, channel, r, g, b]; the first starts as the identity, the
            others at zero.
        predictor: thumbnail (B, 3, S, S) to w_image (B, N).
        interpolation: "trilinear" or "tetrahedral".
    """

    def __init__(self, N: int, M: int, S: int, predictor: nn.Module, interpolation: str):
        super().__init__()
        luts = torch.zeros(N, 3, M, M, M)
        luts[0] = identity_lattice(M)
        self.luts = nn.Parameter(luts)
        self.predictor = predictor
        self.thumbnail_size = S
        self.interpolation = interpolation

    def weigh(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """w_pixel (B, N, H, W), and the attention's logits (B, k², H, W) if there is an attention."""
        raise NotImplementedError

    def weigh_alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """w_pixel (B, N, H, W) without context."""
        raise NotImplementedError

    def without_context(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        return self.mix(self.predictor(thumbnail), self.weigh_alone(thumbnail, rgb), rgb)

    def predict(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> Prediction:
        w_image = self.predictor(thumbnail)
        w_pixel, logits = self.weigh(thumbnail, rgb)
        return Prediction(self.mix(w_image, w_pixel, rgb), w_image, w_pixel, logits, self.luts)

    def mix(self, w_image: torch.Tensor, w_pixel: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """The fusion alone: w_image (B, K), w_pixel (B, K, H, W), rgb (B, 3, H, W) to (B, 3, H, W), not clamped.

        K is N, or a multiple of it if each basis LUT counts several times: φ_(k mod N).
        In the precision of rgb, also where convolutions run in half of it: half a photo's steps would be lost.
        """
        B, _, H, W = rgb.shape
        with torch.autocast(rgb.device.type, enabled=False):
            colours = rgb.movedim(1, -1).reshape(-1, 3)
            looked_up = interpolate(self.luts.flatten(0, 1), colours, self.interpolation)  # (BHW, 3N)
            looked_up = looked_up.view(B, H * W, -1, 3)
            weights = w_image[:, None].to(rgb.dtype) * w_pixel.flatten(2).mT.to(rgb.dtype)  # (B, HW, K)
            weights = weights.unflatten(2, (-1, len(self.luts))).sum(2)  # (B, HW, N)
            return torch.einsum("bpn,bpnc->bcp", weights, looked_up).view(B, 3, H, W)


class PixelAdaptiveLUT(LutNetwork):
    """O(h, w) = Σ_n w_image_n · w_pixel_n(h, w) · φ_n(I(h, w)) (figure 3 and section 3.3).

    Here w_pixel depends on a pixel's own neighbourhood alone, so that a photo may be rendered in parts.

    Attributes:
        local_context: (B, 3, H, W) to w_pixel and logits, from k × k neighbours; `valid` and `k` as of
            `LocalContextModule`.
    """

    def __init__(self, N: int, M: int, S: int, predictor: nn.Module, local_context: nn.Module, interpolation: str):
        super().__init__(N, M, S, predictor, interpolation)
        self.local_context = local_context

    def weigh(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        return self.local_context(rgb)

    def weigh_alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        return self.local_context.alone(rgb)


class SpatialLUT(LutNetwork):
    """The same sum, where w_pixel is found from the whole photo: with a U-Net, or any wider view than k × k.

    Attributes:
        spatial: w_pixel and logits from the thumbnail and the photo.
    """

    def __init__(self, N: int, M: int, S: int, predictor: nn.Module, spatial: SpatialContext, interpolation: str):
        super().__init__(N, M, S, predictor, interpolation)
        self.spatial = spatial

    def weigh(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        return self.spatial(thumbnail, rgb)

    def weigh_alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        return self.spatial.alone(thumbnail, rgb)
