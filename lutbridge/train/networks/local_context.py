"""The local-context aware module: N pixel-adaptive weights for every pixel from its own k × k neighbours (3.2)."""

import torch
import torch.nn.functional as F
from torch import nn


class ConstantWeights(nn.Module):
    """w_pixel = 1 everywhere: no local context, which leaves one 3D LUT for the whole photo (eq. 2)."""

    k = 1

    def __init__(self, N: int):
        super().__init__()
        self.N = N

    def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, None]:
        """(B, 3, H, W) to ones (B, N, H, W), and no logits."""
        return rgb.new_ones(1, 1, 1, 1).expand(len(rgb), self.N, *rgb.shape[2:]), None

    valid = forward

    def alone(self, rgb: torch.Tensor) -> torch.Tensor:
        """As of `LocalContextModule`."""
        return self(rgb)[0]

    def with_attention(self) -> "LocalContextModule":
        """The same weights from a `LocalContextModule`, for renderers that know no other."""
        module = LocalContextModule(self.N, 1, 1, 1)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.zero_()
            module.weights.bias.fill_(1)
        return module


class LocalContextModule(nn.Module):
    """Section 3.2 of the paper: attention over a pixel's neighbours, the neighbours so modulated, two 1 × 1 layers.

    The authors' released code reshapes its unfolded tensor without moving axes, which makes a pixel's "neighbours" a
    run of pixels from another row, and uses a sigmoid; this follows the paper's text.

    The photo's border is replicated, so that its pixels have neighbours of their own colour rather than black ones.

    Without attention (an ablation of ours) the neighbours are flattened unchanged.
    """

    def __init__(self, N: int, k: int, context_channels: int, voxel_channels: int, attention: bool = True):
        super().__init__()
        self.k = k
        self.context = nn.Conv2d(3, context_channels, k) if attention else None
        self.attention = nn.Conv2d(context_channels, k * k, 1) if attention else None
        self.voxel = nn.Conv2d(3 * k * k, voxel_channels, 1)
        self.weights = nn.Conv2d(voxel_channels, N, 1)
        with torch.no_grad():  # w_pixel starts near 1, so that the render starts as the sum of w_image · φ
            self.weights.weight.mul_(0.1)
            self.weights.bias.fill_(1)

    def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weigh every pixel.

        Args:
            rgb: (B, 3, H, W) float, sRGB-encoded, [0, 1].
        Returns:
            w_pixel (B, N, H, W), any range; and the attention's logits (B, k², H, W) in row-major order of the
            window, for the losses that supervise it; None without attention.
        """
        return self.valid(F.pad(rgb, [self.k // 2] * 4, mode="replicate"))

    def valid(self, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """`forward` for pixels whose neighbours are all given: (B, 3, H + k − 1, W + k − 1) to (B, N, H, W)."""
        B, _, H, W = rgb.shape
        H, W = H - self.k + 1, W - self.k + 1
        # unfold: channel c's k² neighbours lie together, each in row-major order of the window.
        voxel = F.unfold(rgb, self.k).view(B, 3, self.k**2, H, W)
        logits = None
        if self.attention:
            logits = self.attention(F.relu(self.context(rgb)))  # (B, k², H, W), eq. 3 before its softmax
            voxel = voxel * logits.softmax(1)[:, None]  # (B, 3, k², H, W)
        return self.weights(F.relu(self.voxel(voxel.flatten(1, 2)))), logits  # eq. 4

    def alone(self, rgb: torch.Tensor) -> torch.Tensor:
        """w_pixel (B, N, H, W) as it would be if every pixel's neighbours were like itself: what context adds to."""
        B, _, H, W = rgb.shape
        windows = rgb.movedim(1, -1).reshape(-1, 3, 1, 1).expand(-1, -1, self.k, self.k)
        return self.valid(windows)[0].view(B, H, W, -1).movedim(-1, 1)

    def with_attention(self) -> "LocalContextModule":
        """This module; if it has no attention, one that attends to all neighbours alike, with the same weights."""
        if self.attention:
            return self
        module = LocalContextModule(self.weights.out_channels, self.k, 1, self.voxel.out_channels)
        with torch.no_grad():
            for layer in (module.context, module.attention):
                layer.weight.zero_()
                layer.bias.zero_()
            module.voxel.weight.copy_(self.voxel.weight * self.k**2)
            module.voxel.bias.copy_(self.voxel.bias)
        module.weights = self.weights
        return module
