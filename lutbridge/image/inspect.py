"""Checks a photo's codes before it is retouched."""

from itertools import pairwise

import numpy as np

SPREAD_ROWS = 16  # checked first: enough to find colour in most photos
SAMPLES = 2**14  # pixels on a grid over the photo, enough to tell nearly every photo from a drawing
ONE_COLOUR = 4  # 8-bit codes between the darkest and the lightest value of a channel
BLACK = 8  # 8-bit codes; a lens cap leaves noise
# A screenshot has few colours, one of them dominant; it is flat, also outside that colour; and it has perfectly
# straight lines. A photo with few colours has no such lines.
MOST_COLOURS = 0.03  # of the samples
COMMONEST = 0.3  # share of the samples
FLAT = 0.85  # share of the samples that equal the pixels right of and below them
FLAT_REST = 0.5  # the same among those that are not of the commonest colour
LINE = 0.25  # of the side, along which a line's pixels differ from the next row of pixels
CALM = 0.02  # of the side, along which the rows of pixels around a line differ
FEWEST_LINES = 4


def is_monochrome(pixels: np.ndarray) -> bool:
    """Whether R = G = B in every pixel of (H, W, 3) codes."""
    return _is_grey(pixels[:: max(1, len(pixels) // SPREAD_ROWS)]) and _is_grey(pixels)


def nothing_to_retouch(pixels: np.ndarray) -> str | None:
    """Why a picture stays unchanged: "black", "one colour only", "a screenshot or a drawing"; None for a photo.

    In doubt it counts as a photo.

    Args:
        pixels: (H, W, 3) uint8 or uint16 codes.
    """
    samples = _samples(pixels)
    step = 257 if pixels.dtype == np.uint16 else 1
    if _is_even(samples, step) and _is_even(pixels, step):
        return "black" if pixels.max() <= BLACK * step else "one colour only"
    if samples.max() <= BLACK * step and pixels.max() <= BLACK * step:
        return "black"
    return "a screenshot or a drawing" if _looks_drawn(pixels) else None


def left_alone(pixels: np.ndarray) -> tuple[str, ...]:
    """The notice on a picture that stays unchanged (`nothing_to_retouch`); () for all others."""
    reason = nothing_to_retouch(pixels)
    return (f"left as it is: {reason}",) if reason else ()


def _is_grey(pixels):
    green = pixels[..., 1]
    return bool(np.array_equal(pixels[..., 0], green) and np.array_equal(pixels[..., 2], green))


def _grid(pixels):
    """Rows and columns of about SAMPLES pixels, spread evenly, none of them the last."""
    height, width = pixels.shape[:2]
    spacing = max(1, int((height * width / SAMPLES) ** 0.5))
    return slice(spacing // 2, height - 1, spacing), slice(spacing // 2, width - 1, spacing)


def _samples(pixels):
    rows, columns = _grid(pixels)
    samples = pixels[rows, columns].reshape(-1, 3)
    return samples if len(samples) else pixels.reshape(-1, 3)  # of one row or one column


def _is_even(pixels, step):
    """Whether each channel's values are within a few 8-bit codes."""
    channels = pixels.reshape(-1, 3)
    return all(int(channels[:, c].max()) - int(channels[:, c].min()) <= ONE_COLOUR * step for c in range(3))


def _looks_drawn(pixels):
    if min(pixels.shape[:2]) < 64:  # nothing that small shows whether its lines are a program's
        return False
    rows, columns = _grid(pixels)
    samples = pixels[rows, columns]
    right, below = (
        pixels[rows.start + down : rows.stop + down : rows.step, columns.start + across :: columns.step]
        for down, across in ((0, 1), (1, 0))
    )
    count = samples.shape[:2]
    right, below = right[: count[0], : count[1]], below[: count[0], : count[1]]
    is_flat = ((samples == right) & (samples == below)).all(-1).reshape(-1)
    if is_flat.mean() < FLAT:
        return False
    codes = samples.reshape(-1, 3).astype(np.uint64) @ np.array([1 << 32, 1 << 16, 1], np.uint64)
    colours, index, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(colours) > MOST_COLOURS * len(codes) or counts.max() < COMMONEST * len(codes):
        return False
    is_rest = index != counts.argmax()
    if not is_rest.any() or is_flat[is_rest].mean() < FLAT_REST:
        return False
    return _count_lines(pixels) + _count_lines(pixels.swapaxes(0, 1)) >= FEWEST_LINES


def _count_lines(pixels):
    """Rows of pixels that differ from the next along much of the photo, where rows close above and below do not."""
    differ = np.array([(above != below).any(-1).mean() for above, below in pairwise(pixels)])
    is_calm = differ <= CALM
    above, below = is_calm[1:-3] | is_calm[:-4], is_calm[3:-1] | is_calm[4:]  # a line of one pixel has two edges
    return int(((differ[2:-2] >= LINE) & above & below).sum())
