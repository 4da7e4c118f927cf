"""How close a result is to its target: the published PPR10K evaluation, drift, and skin by tone group.

Pure functions of arrays. Images are (H, W, 3) uint8, sRGB-encoded; masks (H, W) bool or [0, 1], 1 on the person.
Where colours are compared, an image may be given as its CIELAB instead, which `lab` makes once for all of them.
"""

import numpy as np

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab

BACKGROUND_WEIGHT = 0.5  # human-centred metrics weigh the person 1 and the rest this

# Individual typology angle, degrees, above which a skin belongs to the group (Chardon et al. 1991; Del Bino 2006).
ITA_GROUPS = {"very light": 55, "light": 41, "intermediate": 28, "tan": 10, "brown": -30, "dark": -90}


def psnr(output: np.ndarray, target: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB, peak 255; infinite if they are equal."""
    return _psnr(output.astype(np.float64) - target)


def psnr_human(output: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """PSNR^HC, dB: both images are multiplied by the person's weight before the squared error (Liang et al. 2021)."""
    return _psnr((output.astype(np.float64) - target) * _human_weight(mask)[..., None])


def delta_e_mean(output: np.ndarray, target: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Mean ΔE*ab (CIE 1976, D65) over the photo; with a mask ΔE^HC: both Labs times the person's weight."""
    difference = delta_e_76(lab(target), lab(output))
    return float((difference if mask is None else difference * _human_weight(mask)).mean())


def mean_ab(image: np.ndarray) -> np.ndarray:
    """(2,): the photo's mean a* and b*, for `group_variance`."""
    return lab(image)[..., 1:].mean((0, 1))


def group_variance(means: list[np.ndarray], groups: list[str]) -> float:
    """M_GLC if the means are of outputs; *drift* if they are of output minus target.

    Args:
        means: one (2,) of a* and b* for each photo.
        groups: the group each photo belongs to.
    Returns:
        The sample variance (n − 1; 0 for a group of one) of a* and of b* in each group, averaged over both and then
        over the groups.
    """
    members = {}
    for mean, group in zip(means, groups, strict=True):
        members.setdefault(group, []).append(mean)
    return float(np.mean([np.var(m, axis=0, ddof=1).mean() if len(m) > 1 else 0.0 for m in members.values()]))


def skin_pixels(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels of the person with skin colour in the finished photo.

    A window in CIELAB (hue 20° to 75°, chroma 8 to 48, L* 15 to 92) that holds human skin under neutral light; it is
    used on finished photos only, and takes in some hair and brown cloth.
    """
    L, a, b = np.moveaxis(lab(image), -1, 0)
    hue, chroma = np.degrees(np.arctan2(b, a)), np.hypot(a, b)
    inside = (hue > 20) & (hue < 75) & (chroma > 8) & (chroma < 48) & (L > 15) & (L < 92)
    return inside & (np.asarray(mask) > 0.5)


def skin_group(image: np.ndarray, skin: np.ndarray) -> str:
    """The tone group of a photo's skin, by the individual typology angle of its median L* and b*."""
    L, _, b = np.median(lab(image)[skin], axis=0)
    angle = np.degrees(np.arctan2(L - 50, b))
    return next(name for name, least in ITA_GROUPS.items() if angle > least or least == -90)


def skin_error(output: np.ndarray, target: np.ndarray, skin: np.ndarray) -> tuple[float, float]:
    """Mean ΔE*ab on skin pixels, and the absolute hue error of their mean colour in degrees."""
    out, goal = lab(output)[skin], lab(target)[skin]
    hues = [np.degrees(np.arctan2(*colours.mean(0)[[2, 1]])) for colours in (out, goal)]
    return float(delta_e_76(goal, out).mean()), float(abs((hues[0] - hues[1] + 180) % 360 - 180))


def lab(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32 CIELAB (D65) of an image; CIELAB is returned unchanged."""
    return srgb_to_lab(image.astype(np.float32) / 255) if image.dtype == np.uint8 else image


def _psnr(difference):
    error = np.mean(difference**2)
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def _human_weight(mask):
    return BACKGROUND_WEIGHT + (1 - BACKGROUND_WEIGHT) * np.asarray(mask, np.float64)
