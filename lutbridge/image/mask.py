"""Masks as files: 16-bit grey PNG, which every host with masks reads."""

from pathlib import Path

import imagecodecs
import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.files import atomic_write
from lutbridge.image.formats import png, png_chunks
from lutbridge.image.formats.codec import Header
from lutbridge.image.metadata.mark import Mark, with_mark

_BITS = 16
_PNG_HEADER = 33  # bytes: the signature and the chunk IHDR


def mask_bytes(mask: np.ndarray) -> bytes:
    """The PNG of a mask (H, W) uint16: one grey channel, 65535 is white, no colour profile, as its codes are shares."""
    encoded = imagecodecs.png_encode(np.ascontiguousarray(mask), level=1)
    ours = png_chunks.xmp_chunk(with_mark(None, Mark(model="", settings="person mask")))  # so that it is no photo
    return encoded[:_PNG_HEADER] + ours + encoded[_PNG_HEADER:]


def write_mask(path: Path, mask: np.ndarray, replace: bool = True) -> None:
    """Writes a mask (H, W) uint16, whole or not at all.

    Args:
        replace: whether a file that is there is replaced, or the mask is not written.

    Raises:
        WriteError: the disk or folder refused; no file was written.
    """
    height, width = mask.shape
    expected = Header(width, height, _BITS, 1)

    def verify(file) -> bool:
        try:
            return png.read_header(file) == expected
        except RefusedError:
            return False

    atomic_write(path, mask_bytes(mask), verify, replace=replace)
