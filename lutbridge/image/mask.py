"""Masks as files: 16-bit grey PNG, which every host with masks reads."""

from pathlib import Path

import imagecodecs
import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.files import atomic_write
from lutbridge.image.formats import png
from lutbridge.image.formats.codec import Header

_BITS = 16


def mask_bytes(mask: np.ndarray) -> bytes:
    """The PNG of a mask (H, W) uint16: one grey channel, 65535 is white, no colour profile, as its codes are shares."""
    return imagecodecs.png_encode(np.ascontiguousarray(mask), level=1)


def write_mask(path: Path, mask: np.ndarray, replace: bool = True) -> None:
    """Writes a mask (H, W) uint16, whole or not at all.

    Args:
        replace: whether a file that stands there is replaced, or the mask is not written.

    Raises:
        WriteError: the disk or the folder said no; nothing stands under the name.
    """
    height, width = mask.shape
    expected = Header(width, height, _BITS, 1)

    def verify(file) -> bool:
        try:
            return png.read_header(file) == expected
        except RefusedError:
            return False

    atomic_write(path, mask_bytes(mask), verify, replace=replace)
