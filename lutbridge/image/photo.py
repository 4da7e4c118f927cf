"""A photo that was read: its codes, and everything that has to be preserved in the output."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from lutbridge.color.gamut import SRGB, ColorSpace

Format = Literal["jpeg", "png", "tiff", "webp"]  # of results
Kind = Literal["jpeg", "png", "tiff", "webp", "raw", "heic", "avif"]  # of photos; the last three become TIFFs

GREY_FORMATS = ("jpeg", "png", "tiff")  # that hold one channel of colour; WebP does not
GREY_AS_RGB = "grey photo, written as RGB"


@dataclass(frozen=True)
class Container:
    """The file around the pixels: what the writer needs for a file of the same kind.

    The metadata blocks are the file's own bytes, without the framing that its format puts around them.
    """

    format: Format  # a Kind until `image.read` is done
    orientation: int = 1  # EXIF/TIFF Orientation, 1..8: how to turn the stored rows upright
    icc: bytes | None = None  # embedded profile
    exif: bytes | None = None  # EXIF block from its TIFF header on, thumbnail removed; a TIFF has it in native.tags
    xmp: bytes | None = None  # XMP packet
    native: object = None  # what only the format's own codec understands: its Parts class
    bits: int | None = None  # per channel of the result, 8 | 16, if not the photo's own depth
    color: ColorSpace | None = None  # of the result, if not the photo's own; `icc` is its profile
    grey: bool = False  # whether a result with R = G = B has one channel of colour, as the photo's own file
    grey_icc: bytes | None = None  # its profile then
    quality: int | None = None  # 1 to 100, of a lossy format, if not the format's default


@dataclass(frozen=True)
class Photo:
    """A decoded photo, standing upright.

    `pixels` and `alpha` may be strided views (a rotated photo is the transpose of its stored rows, so that it is
    held once); strides are never negative. `color.to_model` of any strip of rows gives a contiguous array.
    """

    path: Path  # the file it was read from
    pixels: np.ndarray  # (H, W, 3) uint8 | uint16, RGB codes as stored
    alpha: np.ndarray | None  # (H, W), same dtype
    container: Container
    notices: tuple[str, ...] = ()  # sentences for the user: what the result does not keep of the file
    color: ColorSpace = SRGB  # of the codes
