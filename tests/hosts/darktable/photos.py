"""Portraits for the tests: takes of one real one, scikit-image's astronaut (NASA, public domain)."""

from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image
from skimage import data


def take(size=256, exposure=0.0, warmth=0.0):
    """The portrait, sRGB-encoded [0, 1], `exposure` stops lighter and `warmth` stops redder than blue."""
    pixels = np.asarray(Image.fromarray(data.astronaut()).resize((size, size), Image.Resampling.BOX)) / 255.0
    linear = pixels**2.2 * 2.0 ** np.array([exposure + warmth / 2, exposure, exposure - warmth / 2])
    return linear.clip(0, 1) ** (1 / 2.2)


def write(path: Path, **changes) -> None:
    pixels = take(**changes)
    suffix = path.suffix.lower()
    if suffix == ".dng":
        _write_dng(path, pixels)
    elif suffix == ".tif":
        write_tiff(path, pixels)
    elif suffix == ".jpg":
        path.write_bytes(imagecodecs.jpeg8_encode(np.round(pixels * 255).astype(np.uint8), level=92))
    else:
        Image.fromarray(np.round(pixels * 255).astype(np.uint8)).save(path, format=suffix[1:])


def write_tiff(path: Path, pixels) -> None:
    """A TIFF of 16 bit."""
    tifffile.imwrite(path, np.round(pixels * 65535).astype(np.uint16), photometric="rgb")


def _write_dng(path: Path, pixels) -> None:
    """A raw photo: one colour for each place, RGGB, 14 bit, of a camera whose colours are linear sRGB's."""
    linear = pixels**2.2
    mosaic = linear[..., 1].copy()
    mosaic[0::2, 0::2] = linear[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = linear[1::2, 1::2, 2]
    # XYZ of D65 to the camera, in 10000ths: linear sRGB.
    matrix = [32405, -15371, -4985, -9693, 18760, 416, 556, -2040, 10572]
    rational = [part for value in matrix for part in (value, 10000)]
    tags = [
        (33421, "H", 2, (2, 2), True),  # CFARepeatPatternDim
        (33422, "B", 4, bytes([0, 1, 1, 2]), True),  # CFAPattern: red, green, green, blue
        (50706, "B", 4, bytes([1, 4, 0, 0]), True),  # DNGVersion
        (50707, "B", 4, bytes([1, 1, 0, 0]), True),
        (50708, "s", 0, "lutbridge test camera", True),  # UniqueCameraModel
        (271, "s", 0, "lutbridge", True),
        (272, "s", 0, "test camera", True),
        (50714, "H", 1, 0, True),  # BlackLevel
        (50717, "H", 1, 16383, True),  # WhiteLevel
        (50721, "2i", 9, tuple(rational), True),  # ColorMatrix1
        (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True),  # AsShotNeutral
        (50778, "H", 1, 21, True),  # CalibrationIlluminant1: D65
    ]
    raw = np.round(mosaic * 16383).astype(np.uint16)
    tifffile.imwrite(path, raw, photometric=32803, extratags=tags, metadata=None, subfiletype=0)
