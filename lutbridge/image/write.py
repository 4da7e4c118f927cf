"""Writes a result as the same kind of file as its photo, whole or not at all."""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from lutbridge.errors import WriteError
from lutbridge.image.atomic import atomic_write
from lutbridge.image.formats import CODECS, EXTENSIONS
from lutbridge.image.formats.codec import Header, RefusedError
from lutbridge.image.orientation import turn_back
from lutbridge.image.photo import Photo


def extension_for(photo: Photo) -> str:
    """The extension that a result of this photo gets: ".jpg", ".png", ".tif" or ".webp"."""
    return EXTENSIONS[photo.container.format]


def write(path: str | Path, photo: Photo, pixels: np.ndarray) -> None:
    """Writes pixels as the photo's format, depth and profile, with its alpha and its metadata.

    PNG and TIFF hold the pixels exactly; JPEG is written at quality 95 with the photo's chroma
    subsampling, and WebP lossless or at quality 95, as the photo was. The
    pixels are turned back to how the photo stores them and its orientation tag stays. Thumbnails of the old pixels
    are left out. An existing file is replaced.

    Args:
        path: the new file, in an existing folder; its extension is not looked at.
        photo: where the pixels come from.
        pixels: (H, W, 3), dtype and shape of photo.pixels, upright, sRGB-encoded codes; any strides.

    Raises:
        WriteError: `path` is the photo itself, or the disk or the folder said no; nothing stands under the name.
    """
    if pixels.shape != photo.pixels.shape or pixels.dtype != photo.pixels.dtype:
        raise ValueError(f"pixels are {pixels.dtype} {pixels.shape}, not {photo.pixels.dtype} {photo.pixels.shape}")
    path = Path(path)
    _refuse_source(path, photo)
    container, codec = photo.container, CODECS[photo.container.format]
    codes = turn_back(pixels, container.orientation)
    alpha = None if photo.alpha is None else turn_back(photo.alpha, container.orientation)
    height, width, channels = codes.shape
    expected = Header(width, height, codes.itemsize * 8, channels + (alpha is not None))

    def verify(file: BinaryIO) -> bool:
        try:
            return codec.read_header(file) == expected
        except RefusedError:
            return False

    atomic_write(path, lambda file: codec.encode(file, container, codes, alpha), verify)


def _refuse_source(path: Path, photo: Photo) -> None:
    try:
        same = path.samefile(photo.path)
    except OSError:  # one of the two is not there
        return
    if same:
        raise WriteError(path, "this is the photo itself, which is never overwritten", "choose another output folder")
