"""Applies one LUT to photos as an editor would, and reads a LUT from an edited identity HaldCLUT."""

from dataclasses import dataclass

import numpy as np

from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.gamut import SRGB
from lutbridge.color.working_spaces import WorkingSpace, in_srgb
from lutbridge.errors import ReadError
from lutbridge.image.blend import blended
from lutbridge.image.photo import Photo
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.operations import blend
from lutbridge.strength import FULL, Strength

STRIP_PIXELS = 2**18  # of wide-gamut photos, brought to sRGB at once


@dataclass(frozen=True)
class Applied:
    """A photo after a LUT.

    Attributes:
        pixels: (H, W, 3), upright, codes of the photo's own dtype and colour space.
        clipped: share of the pixels, [0, 1], that are clipped in the result but not in the photo.
        image_weights, notices: empty; a batch reports them for networks.
    """

    pixels: np.ndarray
    clipped: float
    image_weights: tuple[float, ...] = ()
    notices: tuple[str, ...] = ()


class Preset:
    """A LUT to be applied to photos.

    Args:
        lut: sRGB-encoded colours in and out, unless the spaces say otherwise.
        name: for reports.
        spaces: of the LUT's inputs and outputs; photos are converted from linear light with their full gamut.
        interpolation: "tetrahedral" or "trilinear".
    """

    device = "cpu"
    has_mask = False

    def __init__(
        self,
        lut: Lut3D,
        name: str,
        spaces: tuple[WorkingSpace, WorkingSpace] | None = None,
        interpolation: str = "tetrahedral",
    ):
        self.lut, self.name, self.interpolation = lut, name, interpolation
        self._linear = in_srgb(lut, *spaces, interpolation) if spaces else None

    def person_finder(self, photo: Photo) -> None:
        """A LUT does not look for people."""

    def render(self, photo: Photo, strength: Strength | float = FULL, in_place: bool = False) -> Applied:
        """The photo through the LUT, tetrahedrally, at its own depth and in its own colour space.

        A wide-gamut photo is treated as in docs/colour.md: the LUT sees the part inside sRGB, and the whole colour is
        moved as far as the LUT moves that part.

        Args:
            strength: 0 gives the photo's own codes, 1 the full result; between them x + strength · (f(x) − x).
            in_place: write the result into `photo.pixels`, so that a large photo is held only once.
        """
        strength = Strength.of(strength).everywhere
        out = photo.pixels if in_place else np.empty_like(photo.pixels)
        if strength == 0:
            out[:] = photo.pixels
            return Applied(out, 0.0)
        if photo.color is SRGB and self.lut.is_plain and self._linear is None and self.interpolation == "tetrahedral":
            _, clipped = blend(self.lut, strength).apply_to_codes(photo.pixels, out)
        else:
            clipped = self._in_strips(photo, strength, out)
        return Applied(out, clipped / (out.shape[0] * out.shape[1]))

    def _in_strips(self, photo, strength, out):
        clipped = 0
        height, width = photo.pixels.shape[:2]
        for top in range(0, height, rows := max(1, STRIP_PIXELS // width)):
            codes = photo.pixels[top : top + rows]
            if self._linear:
                result, newly_clipped = self._through_linear(photo.color, codes, strength)
            else:
                before = photo.color.to_model(codes)
                after = self.lut.apply(before, self.interpolation)
                result, newly_clipped = blended(photo.color, before, after, codes, strength)
            out[top : top + rows] = result
            clipped += newly_clipped
        return clipped

    def _through_linear(self, color, codes, strength):
        """Codes after the LUT in its own spaces, and how many pixels leave the photo's colour space."""
        linear = self._linear(color.linear_srgb(codes))
        after = color.encode(linear)
        if strength != 1:
            before = to_float(codes)
            after = before + np.float32(strength) * (after - before)
        return to_codes(after, codes.dtype), int(np.count_nonzero(color.out_of_reach(linear)))


def lut_from_hald(photo: Photo) -> Lut3D:
    """The LUT that a host applied to an identity HaldCLUT.

    Args:
        photo: the changed HaldCLUT, of level L: L³ pixels wide and high, grid size L². In another colour space than
            sRGB it is brought there.
    Raises:
        ReadError: its size is no HaldCLUT's.
    """
    height, width = photo.pixels.shape[:2]
    level = round(width ** (1 / 3))
    if width != height or level**3 != width or not 2 <= level <= 16:
        raise ReadError(
            photo.path,
            f"{width} × {height} pixels are no HaldCLUT, which is a square of 8, 27, 64, … 512, … 4096",
            "export it again without cropping or resizing",
        )
    values = photo.color.to_model(photo.pixels).reshape(*[level**2] * 3, 3)  # blue outermost, red changing fastest
    return Lut3D(values.transpose(2, 1, 0, 3), photo.path.stem)
