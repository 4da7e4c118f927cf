"""HaldCLUT: a LUT as a square PNG, 8 or 16 bit, red changing fastest along the rows, then green, then blue.

A HaldCLUT of level L is L³ pixels wide and holds a lattice of grid size L².

Source: Eskil Steenberg's HaldCLUT, http://www.quelsolaar.com/technology/clut.html.
"""

import struct

import imagecodecs
import numpy as np

from lutbridge.lut.formats.codec import Decoded, RefusedError
from lutbridge.lut.lut3d import Lut3D

BITS = (8, 16)
LARGEST_LEVEL = 16  # grid size 256, 4096 pixels wide
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR = struct.Struct(">4x4sIIBB3x")
_GREY_OR_GREY_ALPHA = (0, 4)


def fits(M: int) -> bool:
    """Whether a HaldCLUT can have grid size M: the squares."""
    return round(M**0.5) ** 2 == M


def to_bytes(lut: Lut3D, bits: int = 16) -> bytes:
    """The PNG; values outside [0, 1] are clamped. It holds no title and no profile: the colours are codes, not a photo.

    Args:
        lut: plain, its grid size the square of 2 to 16.
        bits: per channel, 8 or 16; 8 rounds to half a code of the photo, which shows in smooth skies.
    """
    if not lut.is_plain or not fits(lut.grid_size):
        raise ValueError("a HaldCLUT holds a plain LUT whose grid size is a square (4, 9, 16, …, 256)")
    if bits not in BITS:
        raise ValueError(f"a HaldCLUT has 8 or 16 bits per channel, not {bits}")
    side = round(lut.grid_size**1.5)
    codes = np.rint(np.clip(lut.lattice, 0, 1).astype(np.float64) * (2**bits - 1))
    picture = codes.transpose(2, 1, 0, 3).reshape(side, side, 3).astype(f"u{bits // 8}")
    return imagecodecs.png_encode(np.ascontiguousarray(picture))


def decode(data: bytes) -> Decoded:
    """Reads a HaldCLUT; see `codec.Codec`. Colour profiles in it are left aside, as every host does."""
    level = _level(data)
    try:
        picture = imagecodecs.png_decode(data)
    except (imagecodecs.PngError, ValueError) as error:
        raise RefusedError("the picture is damaged, its pixels do not decode", "copy or export it again") from error
    codes, notices = picture[..., :3], []
    white = np.iinfo(picture.dtype).max
    if picture.shape[2] == 4 and (picture[..., 3] != white).any():
        raise RefusedError("the picture is transparent in places, which a HaldCLUT is not", "export it without alpha")
    if picture.dtype == np.uint8:
        notices.append("it has 8 bits per channel, so its values are rounded to 1/255")
    M = level * level
    lattice = codes.reshape(M, M, M, 3).transpose(2, 1, 0, 3) / np.float32(white)
    return Decoded(Lut3D(lattice), tuple(notices))


def _level(data):
    """The level that the header says, before any pixel is decoded."""
    if len(data) < len(_SIGNATURE) + _IHDR.size or not data.startswith(_SIGNATURE):
        raise RefusedError("this is no PNG picture, which a HaldCLUT is", "copy or export it again")
    kind, width, height, _, colour_type = _IHDR.unpack_from(data, len(_SIGNATURE))
    if kind != b"IHDR":
        raise RefusedError("the picture is damaged: its header is missing", "copy or export it again")
    level = round(width ** (1 / 3))
    if width != height or level**3 != width or not 2 <= level <= LARGEST_LEVEL:
        raise RefusedError(
            f"the picture is {width} × {height} pixels; a HaldCLUT is a square of 8, 27, 64, 125, … or 4096 pixels",
            "use the HaldCLUT itself, neither scaled nor cropped",
        )
    if colour_type in _GREY_OR_GREY_ALPHA:
        raise RefusedError("the picture is grey, a HaldCLUT has red, green and blue", "export it in colour")
    return level
