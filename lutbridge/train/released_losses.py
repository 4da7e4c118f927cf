"""Two losses as the authors' released code computes them, faults and all, so that the difference can be measured."""

import torch
import torch.nn.functional as F

from lutbridge.train.losses import summed_variances

# The code's own matrix, sRGB-encoded values straight to XYZ over the white point, and its rounded constants.
TO_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
WHITE = (0.950456, 1.0, 1.088754)
OFFSET = 128.0


def released_supervision(logits: torch.Tensor, mask: torch.Tensor, everywhere: bool = False) -> torch.Tensor:
    """The released L_edge. It departs from figure 5 in four ways.

    The cross entropy takes for logits what already went through a sigmoid; the photos of a batch are summed; the
    centre is asked for the mask itself, and not 1; and zeros around the photo make a person at its border an edge.

    Args:
        logits: (B, 9, H, W), before the sigmoid.
        mask: (B, 1, H, W) float, [0, 1]; anything above 0 is the person.
        everywhere: on all pixels, and not the edge's alone; the released code has no such form.
    Returns:
        scalar; 0 if there is no edge.
    """
    person = (mask > 0).to(logits)
    labels = F.unfold(person, 3, padding=1).view_as(logits)
    wanted = (labels == labels[:, 4:5]).to(logits)
    wanted[:, 4] = person[:, 0]
    average = labels.mean(1)
    chosen = torch.ones_like(average) if everywhere else ((average > 0) & (average < 1)).to(logits)
    entropy = F.binary_cross_entropy_with_logits(logits.sigmoid(), wanted, reduction="none").mean(1)  # (B, H, W)
    return ((entropy * chosen).sum((1, 2)) / chosen.sum((1, 2)).clamp(min=1)).sum()


def released_group_style(output: torch.Tensor, targets_ab: torch.Tensor) -> torch.Tensor:
    """The released L_GAM, summed over the batch.

    Its a* and b* are made of sRGB-encoded values as if they were linear. The output's means carry an offset of 128
    that the stored means of the targets lack, so the variance is mostly offset, and its gradient a constant pull.

    Args:
        output: (B, P, 3) float, sRGB-encoded, pixels spread over each photo, not clamped.
        targets_ab: (B, G, 2) float, mean `released_ab` of the group's other targets, nan if there are fewer than G.
    Returns:
        scalar: the sum over the batch of both sample variances (n − 1).
    """
    return summed_variances(released_ab(output).mean(1) + OFFSET, targets_ab).sum()


def released_ab(rgb: torch.Tensor) -> torch.Tensor:
    """The released a* and b*: (..., 3) float, sRGB-encoded, to (..., 2), without the offset."""
    xyz = rgb @ (torch.tensor(TO_XYZ).T / torch.tensor(WHITE)).to(rgb)
    f = torch.where(xyz > 0.008856, xyz.clamp(min=0.008856) ** (1 / 3), 7.787 * xyz + 0.137931)
    return torch.stack([500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)
