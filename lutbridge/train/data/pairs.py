"""A photo for training or evaluation: its sources, and the photographer's finished version."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lutbridge.color.codes import to_codes
from lutbridge.color.gamut import SRGB
from lutbridge.errors import ReadError, UsageError
from lutbridge.image.read import read
from lutbridge.image.thumbnail import area_resized

SMALL_SIDE = 540  # px, longest side; the paper calls it 360p
ASPECT_TOLERANCE = 0.01  # how far height : width of a source and its target may differ


@dataclass(frozen=True)
class Pair:
    """One photo of a group with its retouched target; files are read on demand.

    Attributes:
        name: unique in its data set.
        group: photos of one scene share it.
        sources: files of the photo before retouching: as it was, then versions of it with other camera settings.
        target: file of the photo retouched.
        mask: file, white on the person; None if there is none.
        exact: source and target must have the same size; otherwise the same shape is enough, and the larger is reduced.
    """

    name: str
    group: str
    sources: tuple[Path, ...]
    target: Path
    mask: Path | None
    exact: bool = True

    def load(self, version: int = 0, long_side: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Source, target and mask of the same size.

        Args:
            version: which of the sources.
            long_side: px; larger photos are reduced to it by averaging over areas.
        Returns:
            Source and target (H, W, 3), sRGB-encoded codes uint8 or uint16 of their own depth; mask (H, W) bool, all
            True without a file.
        Raises:
            ReadError: a file is missing, damaged or no photo.
            UsageError: source and target are not of one size, or shape.
        """
        source, target = read(self.sources[version]), read(self.target)
        height, width = _common_size(source, target, self.exact, long_side)
        source, target = (_codes(photo, height, width) for photo in (source, target))
        return source, target, self._mask(height, width)

    def _mask(self, height, width):
        if self.mask is None:
            return np.ones((height, width), bool)
        try:
            mask = Image.open(self.mask).convert("L").resize((width, height), Image.Resampling.NEAREST)
        except (OSError, ValueError, SyntaxError) as error:
            raise ReadError(self.mask, "the mask cannot be read", "make it again") from error
        return np.asarray(mask) > 127


def _common_size(source, target, exact, long_side):
    """Height and width that both become."""
    before, after = source.pixels.shape, target.pixels.shape
    told = f"{target.path}: {_size(after)}, but {source.path} has {_size(before)}"
    if exact and before != after:
        raise UsageError(f"{told}; they must line up")
    if abs(np.log(before[0] * after[1] / (before[1] * after[0]))) > ASPECT_TOLERANCE:
        raise UsageError(f"{told}; one of them is cropped or turned")
    height, width = min(before, after)[:2]
    scale = min(1, (long_side or max(height, width)) / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _codes(photo, height, width):
    if photo.pixels.shape[:2] == (height, width) and photo.color is SRGB:
        return photo.pixels
    values = area_resized(photo.pixels, height, width, photo.color.to_model)
    return to_codes(values, photo.pixels.dtype)


def _size(shape):
    return f"{shape[1]} × {shape[0]} px"
