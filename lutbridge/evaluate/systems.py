"""The systems a table compares, each a function from codes to codes."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from lutbridge.evaluate.measure import System
from lutbridge.image.codes import to_8_bit
from lutbridge.image.photo import Container, Photo
from lutbridge.retouch import Retoucher


def untouched(pixels: np.ndarray) -> np.ndarray:
    """The source itself: the row that says what a table's figures start from."""
    return pixels


def autocontrast(pixels: np.ndarray) -> np.ndarray:
    """Pillow's autocontrast with its defaults: each channel stretched to its full range."""
    return np.asarray(ImageOps.autocontrast(Image.fromarray(to_8_bit(pixels))))


def model(retoucher: Retoucher) -> System:
    """A model's full, pixel-adaptive render."""
    return lambda pixels: retoucher.render(in_memory(pixels)).pixels


def in_memory(pixels: np.ndarray) -> Photo:
    """A photo that comes from no file: pixels (H, W, 3) uint8 or uint16, sRGB-encoded."""
    return Photo(Path("photo"), pixels, None, Container("png"))
