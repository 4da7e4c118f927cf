"""The eight EXIF/TIFF orientations as flips of the stored rows followed by a transpose (TIFF 6.0, tag 274)."""

import numpy as np

# orientation: (flip rows top-bottom, flip columns left-right, then transpose)
_TURNS = {
    1: (False, False, False),
    2: (False, True, False),
    3: (True, True, False),
    4: (True, False, False),
    5: (False, False, True),
    6: (True, False, True),
    7: (True, True, True),
    8: (False, True, True),
}
_ROWS_AT_ONCE = 64


def turn_upright(stored: np.ndarray, orientation: int) -> np.ndarray:
    """Stored codes (H, W, ...) turned upright, reusing their memory: `stored` is overwritten.

    Returns an array over the same memory, transposed for orientations 5 to 8; strides stay positive.
    """
    rows, columns, transposed = _TURNS[orientation]
    if rows:
        _flip_rows(stored)
    if columns:
        for start in range(0, len(stored), _ROWS_AT_ONCE):
            strip = stored[start : start + _ROWS_AT_ONCE]
            strip[:] = strip[:, ::-1].copy()
    return stored.swapaxes(0, 1) if transposed else stored


def turn_back(upright: np.ndarray, orientation: int) -> np.ndarray:
    """The inverse of `turn_upright`, as a view: `upright` (H, W, ...) is not changed; strides may be negative."""
    rows, columns, transposed = _TURNS[orientation]
    stored = upright.swapaxes(0, 1) if transposed else upright
    if rows:
        stored = stored[::-1]
    return stored[:, ::-1] if columns else stored


def _flip_rows(array: np.ndarray) -> None:
    half, mirrored = len(array) // 2, array[::-1]
    for start in range(0, half, _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, half)
        kept = array[start:stop].copy()
        array[start:stop] = mirrored[start:stop]
        mirrored[start:stop] = kept
