"""Photos in parts: strips of rows with the rows around them, and a grid of pixels with their neighbours."""

from collections.abc import Iterator

import numpy as np

from lutbridge.image.photo import Photo
from lutbridge.model.network import Look
from lutbridge.strength import Strength


def strips(pixels: np.ndarray, strip_pixels: int, edge: int) -> Iterator[tuple[int, np.ndarray, int]]:
    """A photo's original rows, strip by strip, even if the photo is being changed: (top, rows, lead).

    `rows` are the strip's, starting at row `lead`, with `edge` rows above and below if the photo has them: copies,
    unless there are none around the strip.
    """
    height, count = len(pixels), max(1, strip_pixels // pixels.shape[1])
    if not edge:
        yield from ((top, pixels[top : top + count], 0) for top in range(0, height, count))
        return
    above = pixels[:0]
    for top in range(0, height, count):
        rows = np.concatenate((above, pixels[top : top + count + edge]))
        yield top, rows, len(above)
        own = rows[: len(above) + min(count, height - top)]
        above = own[max(0, len(own) - edge) :]


def grid_bands(photo: Photo, edge: int, count: int) -> Iterator[tuple[np.ndarray, int, int]]:
    """About `count` pixels spread evenly over a photo, in bands of rows: (windows, row, rows).

    A band starts at row `row` of `rows`, in the model's space: (k · R, k · C, 3) float32, the k × k neighbourhoods of
    R × C pixels side by side, k = 2 edge + 1, replicated at the photo's border. Where pixels have no neighbours one
    band is the whole grid, else it is a row. Together the grid's pixels are a small photo themselves.
    """
    height, width = photo.pixels.shape[:2]
    spacing = max(1.0, (height * width / count) ** 0.5)
    rows, columns = (_neighbourhoods(side, spacing, edge) for side in (height, width))
    step = 1 if edge else len(rows)
    for top in range(0, len(rows), step):
        codes = photo.pixels[rows[top : top + step].reshape(-1)][:, columns.reshape(-1)]
        yield photo.color.to_model(codes), top, len(rows)


def _neighbourhoods(side, spacing, edge):
    """(count, k): evenly spaced places along a side of a photo, each with its neighbours."""
    count = max(1, int(side / spacing))
    places = ((np.arange(count) + 0.5) * side / count).astype(int)
    return (places[:, None] + np.arange(-edge, edge + 1)).clip(0, side - 1)


def amounts(strength: Strength, look: Look, rgb: np.ndarray, top: int, height: int) -> np.ndarray:
    """The strength of each pixel of some rows, (h, W, 1) float32; one number if it is the same for all.

    Args:
        rgb: (h, W, 3) float32, sRGB-encoded, [0, 1].
        top, height: the first of the rows is row `top` of a photo of `height`.
    """
    if strength.is_even:
        return np.float32(strength.person)
    person = look.mask.rows(rgb, top, height)[..., None]
    return np.float32(strength.background) + person * np.float32(strength.person - strength.background)
