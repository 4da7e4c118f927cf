"""The canonical thumbnail: a photo averaged over areas to a fixed square, the same however the photo arrives."""

from collections.abc import Callable

import numpy as np

from lutbridge.color.codes import to_float
from lutbridge.color.gamut import SRGB

SCALED = (to_float, SRGB.to_model)  # they scale codes and do nothing else, so that codes may be averaged first


def area_thumbnail(pixels: np.ndarray, size: int, to_values: Callable = to_float) -> np.ndarray:
    """Average a photo over the cells of a size × size grid laid over it.

    Each pixel counts in a cell by the share of it that lies inside, so an export at another size, or a JPEG decoded
    at a reduced scale, gives nearly the same thumbnail as the original. The photo's aspect ratio is not kept.

    Args:
        pixels: (H, W, 3) uint8 or uint16 codes.
        size: px, side of the thumbnail.
        to_values: codes (..., 3) to the float32 values to average; `to_float`, or `ColorSpace.to_model`.
    Returns:
        (size, size, 3) float32, averages of what `to_values` gave.
    """
    return area_resized(pixels, size, size, to_values)


def bilinear_thumbnail(pixels: np.ndarray, size: int, to_values: Callable = to_float) -> np.ndarray:
    """Take each place of a size × size grid from the four pixels around its centre, however many lie between.

    What networks trained elsewhere saw, which were given photos resized without averaging (align_corners false, no
    antialiasing, in torch's words). Fine detail makes it flicker, so it serves those networks only. Arguments and
    result as for `area_thumbnail`; only the pixels used are looked at.
    """
    (rows, down), (columns, right) = (_neighbours(side, size) for side in pixels.shape[:2])
    taken = [[to_values(pixels[np.ix_(row, column)]) for column in columns] for row in rows]
    down, right = down[:, None, None], right[:, None]
    upper, lower = ((1 - right) * left + right * beside for left, beside in taken)
    return np.ascontiguousarray((1 - down) * upper + down * lower)


THUMBNAILS = {"area": area_thumbnail, "bilinear": bilinear_thumbnail}  # by the name a model's config has for it


def area_picture(pixels: np.ndarray, long_side: int, to_values: Callable = to_float) -> np.ndarray:
    """The photo averaged over areas to a picture with its own aspect ratio; a smaller photo keeps its size.

    Args:
        pixels: (H, W, 3) uint8 or uint16 codes.
        long_side: px.
        to_values: as for `area_thumbnail`.
    Returns:
        (h, w, 3) float32, averages of what `to_values` gave.
    """
    height, width = pixels.shape[:2]
    scale = min(1, long_side / max(height, width))
    return area_resized(pixels, max(1, round(height * scale)), max(1, round(width * scale)), to_values)


def area_resized(pixels: np.ndarray, height: int, width: int, to_values: Callable = to_float) -> np.ndarray:
    """The photo averaged over the cells of a height × width grid laid over it, as by `area_thumbnail` for a square."""
    from lutbridge.image.area import average_rows  # here, because Numba takes half a second to import

    if to_values in SCALED and pixels.dtype.kind == "u":
        rows = _average_columns(pixels, height, np.ascontiguousarray) / np.float32(np.iinfo(pixels.dtype).max)
    else:
        rows = _average_columns(pixels, height, to_values)
    out = np.zeros((height, width, 3), np.float32)
    average_rows(rows, *_cells(rows.shape[1], width), out)
    return out


def _average_columns(lines, size, to_values):
    """Average the first axis down to `size` cells: float32, of what `to_values` makes of a few lines at a time."""
    from lutbridge.image.area import add_lines

    out = np.zeros((size, *lines.shape[1:]), np.float32)
    for cell, first, count, shares in zip(out, *_cells(len(lines), size), strict=True):
        values = to_values(lines[first : first + count])
        add_lines(values.reshape(count, -1), shares[:count], cell.reshape(-1))
    return out


def _cells(length, size):
    """The lines along an axis that each of `size` cells touches: the first, their count, and each one's share.

    Integers (size,) twice, and (size, most) float32, zero beyond the count.
    """
    edges = np.arange(size + 1) * length / size
    start, stop = edges[:-1, None], edges[1:, None]
    first, end = start.astype(int), np.minimum(length, np.ceil(stop - 1e-9).astype(int))
    lines = first + np.arange((end - first).max())
    share = np.where(lines < end, np.minimum(lines + 1, stop) - np.maximum(lines, start), 0)
    return first[:, 0], (end - first)[:, 0], (share / share.sum(1, keepdims=True)).astype(np.float32)


def _neighbours(length, size):
    """For each of `size` centres along an axis: the two lines around it, and the share of the second (float32)."""
    centres = np.maximum((np.arange(size) + 0.5) * length / size - 0.5, 0)
    first = np.minimum(centres.astype(int), length - 1)
    return (first, np.minimum(first + 1, length - 1)), (centres - first).astype(np.float32)
