"""Photos in parts: strips of rows with the rows around them, and single pixels with their neighbours."""

import numpy as np


def windows(photo, k, count, at_once):
    """Pixels on a grid over the photo with their k × k neighbours, replicated at its border.

    Yields:
        (1, 3, k, P · k): the windows of P pixels side by side; as one picture they take a quarter of the time.
    """
    height, width = photo.pixels.shape[:2]
    spacing = max(1.0, (height * width / count) ** 0.5)
    rows, columns = (_neighbourhoods(side, spacing, k) for side in (height, width))
    for part in np.array_split(rows, max(1, len(rows) * len(columns) // at_once)):
        codes = photo.pixels[part.reshape(-1)][:, columns.reshape(-1)]
        rgb = photo.color.to_model(codes).reshape(len(part), k, len(columns), k, 3)
        yield np.ascontiguousarray(rgb.transpose(4, 1, 0, 2, 3)).reshape(1, 3, k, -1)


def _neighbourhoods(side, spacing, k):
    """(count, k): evenly spaced places along a side of a photo, each with its neighbours."""
    count = max(1, int(side / spacing))
    places = ((np.arange(count) + 0.5) * side / count).astype(int)
    return (places[:, None] + np.arange(k) - k // 2).clip(0, side - 1)


def strips(pixels, strip_pixels, edge):
    """A photo's rows, strip by strip, as they were before the first strip: (top, rows, lead).

    `rows` are copies: the strip's, from row `lead` of them, and where the photo has them `edge` rows above and below.
    """
    height, count = len(pixels), max(1, strip_pixels // pixels.shape[1])
    above = pixels[:0]
    for top in range(0, height, count):
        rows = np.concatenate((above, pixels[top : top + count + edge]))
        yield top, rows, len(above)
        own = rows[: len(above) + min(count, height - top)]
        above = own[max(0, len(own) - edge) :]
