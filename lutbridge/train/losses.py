"""The losses, each a function of tensors: of the paper's section 3.5, of Liang et al. 2021, and one of our own.

The regularisers of eq. 5 are in `train.lattice`; `train.objective` adds all up.
"""

import torch
import torch.nn.functional as F

from lutbridge.train.color import srgb_to_lab


def region_mse(
    output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor, person_weight: float, squares: bool = False
) -> torch.Tensor:
    """L_mse of eq. 5, with human-region priority as a switch (Liang et al. 2021; not in the paper's eq. 5).

    Output and target are both multiplied by `person_weight` on the person and by 1 elsewhere, so 1 is plain MSE.

    Args:
        output, target: (..., 3, H, W) float, sRGB-encoded.
        mask: (..., 1, H, W) float, [0, 1], 1 on the person.
        squares: multiply the squared error instead, which weighs the person by `person_weight` and not by its square.
    Returns:
        scalar.
    """
    weight = 1 + (person_weight - 1) * mask
    if squares:
        return ((output - target).square() * weight).mean()
    return F.mse_loss(output * weight, target * weight)


def region_delta_e(
    output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor, person_weight: float
) -> torch.Tensor:
    """Mean ΔE*ab, weighted as in `region_mse`; not the paper's.

    The squared error rewards a compromise between "finished" and "needs work"; a distance rewards deciding, so
    finished photos are left alone more often.

    Args:
        output, target: (B, 3, H, W) float, sRGB-encoded; the output is clamped to [0, 1] first.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person.
    Returns:
        scalar.
    """
    return _distance(output, target, mask, person_weight).mean()


def harm(
    output: torch.Tensor, source: torch.Tensor, target: torch.Tensor, mask: torch.Tensor, person_weight: float
) -> torch.Tensor:
    """Mean ΔE*ab, weighted as in `region_mse`, that photos end farther from their targets than they began; ours.

    A photo that gets closer counts as 0: this rewards restraint, not accuracy.

    Args:
        output, source, target: (B, 3, H, W) float, sRGB-encoded; B counts photos.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person.
    Returns:
        scalar.
    """
    after, before = (_distance(image, target, mask, person_weight).mean((1, 2)) for image in (output, source))
    return (after - before).relu().mean()


def mask_supervision(logits: torch.Tensor, mask: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Binary cross entropy between the mask that a network answers and the true one, on the network's cells; ours.

    Args:
        logits: (B, 1, h, w) before the sigmoid.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person; H and W are multiples of h and w.
        known: (B,) bool; other photos do not count.
    Returns:
        scalar: the mean over the photos whose mask is known, 0 if there is none.
    """
    truth = F.adaptive_avg_pool2d(mask, logits.shape[2:])
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean((1, 2, 3))
    return (entropy * known).sum() / known.sum().clamp(min=1)


def group_style(output: torch.Tensor, targets_ab: torch.Tensor) -> torch.Tensor:
    """L_GAM (eq. 6): the variances of mean a* and mean b* over a photo's output and the other targets of its group.

    Args:
        output: (B, P, 3) float, sRGB-encoded, pixels spread over each photo; clamped to [0, 1] first.
        targets_ab: (B, G, 2) float, mean a* and b* of the group's other targets, nan if there are fewer than G.
    Returns:
        scalar: the sum of both sample variances (n − 1), averaged over the batch. A photo without others adds nothing.
    """
    return summed_variances(srgb_to_lab(output.clamp(0, 1))[..., 1:].mean(1), targets_ab).mean()


def summed_variances(own: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Each photo's own mean (B, 2) joined with others' (B, G, 2), nan for none: both sample variances, summed, (B,)."""
    means = torch.cat([own[:, None], others.to(own)], 1)
    there = means.isfinite()
    count = there.sum(1)
    average = means.where(there, 0).sum(1) / count
    squares = (means.where(there, average[:, None]) - average[:, None]).square().sum(1)
    return (squares / (count - 1).clamp(min=1)).sum(1)


def edge_supervision(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """L_edge: binary cross entropy between the attention and the affinity, on pixels at the person's edge.

    A pixel's affinity to a neighbour is 1 where their mask labels are equal, 0 elsewhere (figure 5). The attention is
    a softmax over the window and sums to 1, so what the paper asks for, several ones, has no attainable zero; the
    affinity is divided by its sum instead.

    Args:
        logits: (B, k², H, W) attention logits of the inner pixels, row-major in the window.
        mask: (B, 1, H + k − 1, W + k − 1) float, [0, 1], 1 on the person.
    Returns:
        scalar; 0 if no window holds both labels.
    """
    entropy, edge = _attention_entropy(logits, mask)
    return (entropy * edge).sum() / edge.sum().clamp(min=1)


def full_supervision(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """`edge_supervision` on all pixels alike (the paper's Table 3, #3): same arguments, a scalar."""
    return _attention_entropy(logits, mask)[0].mean()


def group_consistency(first: torch.Tensor, second: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """Liang et al. 2021's group-level consistency: MSE between two crops' outputs where both show the same.

    Args:
        first, second: (B, 3, H, W) float, sRGB-encoded: outputs for crops of two differently augmented versions of each
            photo, at the same scale.
        offsets: (B, 2) int64, how many rows and columns the second crop is below and right of the first.
    Returns:
        scalar: the mean over the batch of each photo's MSE; a photo without overlapping crops adds nothing.
    """
    H, W = first.shape[2:]
    total = first.new_zeros(())
    for one, other, (down, right) in zip(first, second, offsets.tolist(), strict=True):
        shared = one[:, max(0, down) : H + min(0, down), max(0, right) : W + min(0, right)]
        if shared.numel():
            again = other[:, max(0, -down) : H - max(0, down), max(0, -right) : W - max(0, right)]
            total = total + F.mse_loss(shared, again)
    return total / len(first)


def _attention_entropy(logits, mask):
    """Binary cross entropy of each pixel's attention (B, H, W), and where the window holds both labels (B, H, W)."""
    k = round(logits.shape[1] ** 0.5)
    person = (mask > 0.5).to(logits)
    labels = F.unfold(person, k).view_as(logits)
    centre = labels[:, k * k // 2, None]
    affinity = (labels == centre).to(logits)
    edge = (labels.amin(1) != labels.amax(1)).to(logits)
    attention = logits.softmax(1).clamp(1e-6, 1 - 1e-6)
    wanted = affinity / affinity.sum(1, keepdim=True)
    return F.binary_cross_entropy(attention, wanted, reduction="none").mean(1), edge


def _distance(output, target, mask, person_weight):
    """Each pixel's ΔE*ab (B, H, W), times the person's weight."""
    difference = srgb_to_lab(output.clamp(0, 1).movedim(1, -1)) - srgb_to_lab(target.movedim(1, -1))
    distance = (difference.square().sum(-1) + 1e-2).sqrt()  # the root's gradient is infinite at zero
    return distance * (1 + (person_weight - 1) * mask[:, 0])
