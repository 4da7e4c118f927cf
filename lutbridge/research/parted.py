"""How far person and background are off in lightness, each for itself, and how far a system parts the two.

With L(image, part) the mean L* of a part: the *gap* of an image is L(image, person) − L(image, background). What is
*asked* of a photo is gap(target) − gap(source), what is *given* gap(result) − gap(source), and it is parted by
given / asked: 0 for one look for the whole photo, 1 for what the photographer did, below 0 for the wrong way.
"""

import numpy as np


def lightness_errors(source: np.ndarray, output: np.ndarray, target: np.ndarray, mask: np.ndarray) -> dict[str, float]:
    """The fields of a `Record` that say how far person and background are off.

    Args:
        source, output, target: (H, W, 3) CIELAB.
        mask: (H, W) bool, True on the person. What concerns a part that is not there is nan.
    """
    images = {"source": source, "output": output, "target": target}
    parts = {"person": mask, "background": ~mask}
    L = {(image, part): _mean(lab[where][:, 0]) for image, lab in images.items() for part, where in parts.items()}
    gap = {image: L[image, "person"] - L[image, "background"] for image in images}
    errors = {"gap_asked": gap["target"] - gap["source"], "gap_given": gap["output"] - gap["source"]}
    for part in parts:
        errors[f"{part}_off"] = abs(L["output", part] - L["target", part])
        errors[f"{part}_off_untouched"] = abs(L["source", part] - L["target", part])
    return errors


def _mean(values):
    return float(values.mean()) if values.size else float("nan")
