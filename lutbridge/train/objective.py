"""What a system is trained for: the terms of eq. 7, Liang's and ours, each times its share."""

import torch
import torch.nn.functional as F

from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.losses import (
    edge_supervision,
    full_supervision,
    group_consistency,
    group_style,
    harm,
    mask_supervision,
    region_delta_e,
    region_mse,
)
from lutbridge.train.networks.network import Prediction
from lutbridge.train.released_losses import released_group_style, released_supervision
from lutbridge.train.systems import LossConfig


def objective(
    prediction: Prediction,
    target: torch.Tensor,
    mask: torch.Tensor,
    config: LossConfig,
    targets_ab: torch.Tensor | None = None,
    second: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    mask_around: torch.Tensor | None = None,
    source: torch.Tensor | None = None,
    known: torch.Tensor | None = None,
    whole_mask: torch.Tensor | None = None,
) -> dict[str, torch.Tensor]:
    """The terms of a batch's loss; a term with weight 0 is left out.

    Args:
        prediction: of whole photos, of crops that stand for whole photos, or of K patches of each photo, one photo's
            after the other's; B counts photos, crops or patches.
        target: (B, 3, H, W) float, sRGB-encoded, [0, 1].
        mask: (B, 1, H, W) float, [0, 1], 1 on the person.
        targets_ab: (B / K, G, 2) mean a* and b* of the other targets of each photo's group (with `released`, by
            `released_ab`), nan where there are fewer than G; needed if λ_GAM is not 0.
        second: (B, 3, H, W) the output for a second crop of each photo, of another version, where `glc` is not 0. As
            in Liang's code, it is compared with the first, and not with a target.
        offsets: (B, 2) int64, how many rows and columns the second crop is below and right of the first.
        mask_around: (B, 1, H + k − 1, W + k − 1) the mask with what the windows of k × k see of it outside; without it,
            the mask's border is repeated, as the network repeats the photo's.
        source: (B, 3, H, W) what came in, where `harm` is not 0.
        known: (B / K,) bool, photos with a usable person mask; without it, all.
        whole_mask: (B / K, 1, H', W') the masks of the whole photos, where B counts patches and `person_mask` is not 0.
    Returns:
        name → scalar, its share multiplied in: mse, delta_e, harm, person_mask, smooth, monotone, edge, gam, glc.
    """
    output = prediction.output
    terms = {"mse": region_mse(output, target, mask, config.person_weight, config.weigh_squares)}
    if config.delta_e:
        terms["delta_e"] = config.delta_e * region_delta_e(output, target, mask, config.person_weight)
    if config.harm:
        terms["harm"] = config.harm * harm(output, source, target, mask, config.person_weight)
    if config.person_mask:
        truth = mask if whole_mask is None else whole_mask
        known = truth.new_ones(len(truth)) if known is None else known
        terms["person_mask"] = config.person_mask * mask_supervision(prediction.mask_logits, truth, known)
    if prediction.luts is not None:
        terms["smooth"] = config.smooth * smoothness(prediction.luts, prediction.w_image)
        terms["monotone"] = config.monotone * monotonicity(prediction.luts)
    if config.supervision != "none":
        terms["edge"] = config.edge * _supervision(prediction.logits, mask, mask_around, config)
    if config.gam:
        style = released_group_style if config.released else group_style
        of_photos = output.flatten(2).mT.unflatten(0, (len(targets_ab), -1)).flatten(1, 2)  # (B / K, KHW, 3)
        terms["gam"] = config.gam * style(of_photos, targets_ab)
    if config.glc:
        terms["glc"] = config.glc * group_consistency(output, second, offsets)
    return terms


def _supervision(logits, mask, mask_around, config):
    everywhere = config.supervision == "full"
    if config.released:
        return released_supervision(logits, mask, everywhere)
    if mask_around is None:
        edge = round(logits.shape[1] ** 0.5) // 2
        mask_around = F.pad(mask, [edge] * 4, mode="replicate")
    return (full_supervision if everywhere else edge_supervision)(logits, mask_around)
