"""The systems a table compares, each a function from codes to codes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from lutbridge.color.codes import to_8_bit
from lutbridge.errors import UsageError
from lutbridge.image.photo import Container, Photo
from lutbridge.model.build import can_build
from lutbridge.model.registry import find_model, name_of
from lutbridge.research.measure import System
from lutbridge.retouch import Retoucher
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.network import RetouchingNetwork


def untouched(pixels: np.ndarray) -> np.ndarray:
    """The source itself: the baseline row of a table."""
    return pixels


def autocontrast(pixels: np.ndarray) -> np.ndarray:
    """Pillow's autocontrast with its defaults: each channel stretched to its full range."""
    return np.asarray(ImageOps.autocontrast(Image.fromarray(to_8_bit(pixels))))


def model(network: RetouchingNetwork) -> System:
    """A network's full render: with the renderer that photographers use if possible, else the whole photo at once."""
    if can_build(network.config):
        retoucher = retoucher_of(network)
        return lambda pixels: retoucher.render(in_memory(pixels)).pixels
    return lambda pixels: retouch_whole(network, pixels)


def retoucher_of(network: RetouchingNetwork, name: str = "") -> Retoucher:
    """A trained network as photographers use it; of a kind that `model.build.can_build`."""
    return Retoucher(checkpoint.in_numpy(network), name)


def load_models(names: Sequence[str]) -> dict[str, RetouchingNetwork]:
    """Networks by a short name each: the model's, its file's or its run's folder's.

    Args:
        names: of shipped models, .safetensors files or folders of training runs.
    Raises:
        UsageError: there is no such model, or two have the same short name.
        SetupError: a file is damaged.
    """
    networks = {}
    for name in names:
        path = find_model(name)
        short = name_of(path)
        if short in networks:
            raise UsageError(f"two models are called {short}; give one of the files another name")
        networks[short] = checkpoint.read(path).network
    return networks


def in_memory(pixels: np.ndarray) -> Photo:
    """A photo that comes from no file: pixels (H, W, 3) uint8 or uint16, sRGB-encoded."""
    return Photo(Path("photo"), pixels, None, Container("png"))
