"""Writes a result as the same kind of file as its photo; never leaves half-written files."""

import dataclasses
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.gamut import reencode
from lutbridge.errors import RefusedError, WriteError
from lutbridge.files import atomic_write
from lutbridge.image.formats import CODECS, EXTENSIONS, MOST_SIDE
from lutbridge.image.formats.codec import Header
from lutbridge.image.inspect import is_monochrome
from lutbridge.image.orientation import turn_back
from lutbridge.image.photo import Photo


def extension_for(photo: Photo) -> str:
    """The extension that a result of this photo gets: ".jpg", ".png", ".tif" or ".webp"."""
    return EXTENSIONS[photo.container.format]


def write(path: str | Path, photo: Photo, pixels: np.ndarray, replace: bool = True, flush: bool = True) -> float:
    """Writes pixels as the format, depth and profile of the photo's container, with its alpha and its metadata.

    PNG and TIFF hold the pixels exactly; JPEG is written at the container's quality, else 95, with the photo's chroma
    subsampling, and WebP lossless if the photo was, else likewise. The pixels are turned back to the photo's stored
    orientation, and its orientation tag stays. Thumbnails of the old pixels are left out.

    Args:
        path: the new file, in an existing folder; its extension is ignored.
        photo: the source of the pixels.
        pixels: (H, W, 3), dtype and shape of photo.pixels, upright, codes in its colour space; any strides.
        replace: whether an existing file is replaced; otherwise WriteError is raised and it stays.
        flush: whether to wait until the disk has it, as `files.atomic_write` does.

    Returns:
        The share of the pixels, [0, 1], with colours outside the container's colour space; 0 in the photo's own.

    Raises:
        WriteError: `path` is the photo itself, or the disk or folder refused; no file was written.
    """
    if pixels.shape != photo.pixels.shape or pixels.dtype != photo.pixels.dtype:
        raise ValueError(f"pixels are {pixels.dtype} {pixels.shape}, not {photo.pixels.dtype} {photo.pixels.shape}")
    path = Path(path)
    _refuse_source(path, photo)
    _check_sides(path, photo)
    container, codec = photo.container, CODECS[photo.container.format]
    pixels, alpha, clipped = _as_stored(photo, pixels)
    if container.grey and is_monochrome(pixels):
        pixels, container = pixels[..., :1], dataclasses.replace(container, icc=container.grey_icc)
    codes = turn_back(pixels, container.orientation)
    alpha = None if alpha is None else turn_back(alpha, container.orientation)
    height, width, channels = codes.shape
    expected = Header(width, height, codes.itemsize * 8, channels + (alpha is not None))

    def verify(file: BinaryIO) -> bool:
        try:
            return codec.read_header(file) == expected
        except RefusedError:
            return False

    atomic_write(path, lambda file: codec.encode(file, container, codes, alpha), verify, replace, flush)
    return clipped


def _as_stored(photo: Photo, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, float]:
    """Pixels and alpha in the depth and the colour space of the container, and the share of pixels clipped by that."""
    container, alpha, clipped = photo.container, photo.alpha, 0.0
    dtype = np.dtype(f"u{container.bits // 8}") if container.bits else pixels.dtype
    color = container.color or photo.color
    if color is not photo.color or dtype != pixels.dtype:
        pixels, clipped = reencode(pixels, photo.color, color, dtype)
    if alpha is not None and alpha.dtype != dtype:
        alpha = to_codes(to_float(alpha), dtype)
    if alpha is not None and container.format == "webp" and alpha.min() == 255:
        alpha = None  # the encoder drops alpha that hides nothing
    return pixels, alpha, clipped


def _check_sides(path: Path, photo: Photo) -> None:
    side = max(photo.pixels.shape[:2])
    most = MOST_SIDE.get(photo.container.format, side)
    if side > most:
        raise WriteError(path, f"its format holds at most {most} pixels a side", "choose --format tiff or png")


def _refuse_source(path: Path, photo: Photo) -> None:
    try:
        same = path.samefile(photo.path)
    except OSError:  # one of the two is not there
        return
    if same:
        raise WriteError(path, "this is the photo itself, which is never overwritten", "choose another output folder")
