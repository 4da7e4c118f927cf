"""Modules that find w_pixel from the whole photo but apply it strip by strip."""

import torch
import torch.nn.functional as F
from torch import nn


class SpatialContext(nn.Module):
    """w_pixel from the whole photo, in three steps, so that a large photo need not be held in float at once.

    1. `summarise` rows of the photo, any number at a time;
    2. `look` at the thumbnail and all summaries, one below the other;
    3. `weigh` rows by what was seen.
    """

    def summarise(self, rgb: torch.Tensor) -> torch.Tensor:
        """Rows of the photo (B, 3, h, W) to as many rows (B, C, h, w) of what `look` asks for; here nothing."""
        return rgb[:, :0, :, :1]

    def look(self, thumbnail: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """The thumbnail (B, 3, S, S) and the summary of all rows (B, C, H, w) to what `weigh` asks for."""
        raise NotImplementedError

    def weigh(self, seen: torch.Tensor, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """w_pixel (B, N, h, W) of rows of the photo (B, 3, h, W), whose first is row `top` of `height`."""
        raise NotImplementedError

    def forward(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The whole photo (B, 3, H, W) to w_pixel (B, N, H, W), and the attention's logits if there are any."""
        return self.weigh(self.look(thumbnail, self.summarise(rgb)), rgb, 0, rgb.shape[2]), None

    def alone(self, thumbnail: torch.Tensor, rgb: torch.Tensor) -> torch.Tensor:
        """w_pixel without context: its mean over the photo."""
        return self(thumbnail, rgb)[0].mean((2, 3), keepdim=True).expand(-1, -1, *rgb.shape[2:])


def rows_of(maps: torch.Tensor, top: int, count: int, height: int, width: int) -> torch.Tensor:
    """Maps (B, C, h, w) over a photo of height × width px, bilinear, at some of its rows: (B, C, count, width)."""
    h = maps.shape[2]
    places = (torch.arange(top, top + count, device=maps.device, dtype=torch.float64) + 0.5) * h / height - 0.5
    places = places.clamp(0, h - 1)
    first = places.long()
    share = (places - first).to(maps.dtype)[:, None]
    between = torch.lerp(maps[:, :, first], maps[:, :, (first + 1).clamp(max=h - 1)], share)
    return F.interpolate(between, (count, width), mode="bilinear")
