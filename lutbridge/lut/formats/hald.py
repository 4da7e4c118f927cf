"""HaldCLUT: a LUT as a square PNG, 8 or 16 bit, red changing fastest along the rows, then green, then blue.

A HaldCLUT of level L is L³ pixels wide and holds a lattice of grid size L².

Source: Eskil Steenberg's HaldCLUT, http://www.quelsolaar.com/technology/clut.html.
"""

import struct
import zlib
from collections.abc import Sequence

import imagecodecs
import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.lut3d import Lut3D

BITS = (8, 16)
LARGEST_LEVEL = 16  # grid size 256, 4096 pixels wide
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COMMENT = b"Comment\0"
_IHDR = struct.Struct(">4x4sII5x")


def fits(M: int) -> bool:
    """Whether a HaldCLUT can have grid size M: the squares."""
    return round(M**0.5) ** 2 == M


def to_bytes(lut: Lut3D, bits: int = 16, comments: Sequence[str] = ()) -> bytes:
    """The PNG; values outside [0, 1] are clamped. It holds no title and no profile: the colours are codes, not a photo.

    Args:
        lut: plain, its grid size the square of 2 to 16.
        bits: per channel, 8 or 16; 8 rounds to half a code of the photo, which shows in smooth skies.
        comments: lines of ASCII, written to a text chunk.
    """
    if not lut.is_plain or not fits(lut.grid_size):
        raise ValueError("a HaldCLUT holds a plain LUT whose grid size is a square (4, 9, 16, …, 256)")
    if bits not in BITS:
        raise ValueError(f"a HaldCLUT has 8 or 16 bits per channel, not {bits}")
    side = round(lut.grid_size**1.5)
    codes = np.rint(np.clip(lut.lattice, 0, 1).astype(np.float64) * (2**bits - 1))
    picture = codes.transpose(2, 1, 0, 3).reshape(side, side, 3).astype(f"u{bits // 8}")
    return _with_text(imagecodecs.png_encode(np.ascontiguousarray(picture)), comments)


def decode(data: bytes) -> Decoded:
    """Reads a HaldCLUT; see `codec.Codec`. Colour profiles in it are left aside, as every host does."""
    level = _level(data)
    try:
        picture = imagecodecs.png_decode(_checked(data, level**3))
    except (imagecodecs.PngError, ValueError, zlib.error) as error:
        raise _damaged("its pixels do not decode") from error
    picture = picture.reshape(*picture.shape[:2], -1)
    # A grey picture, with or without alpha, has three equal channels, as from a black-and-white look.
    codes, notices = picture[..., [0, 0, 0] if picture.shape[2] < 3 else [0, 1, 2]], []
    white = np.iinfo(picture.dtype).max
    if picture.shape[2] in (2, 4) and (picture[..., -1] != white).any():
        raise RefusedError("the picture is transparent in places, which a HaldCLUT is not", "export it without alpha")
    if picture.dtype == np.uint8:
        notices.append("it has 8 bits per channel, so its values are rounded to 1/255")
    M = level * level
    lattice = codes.reshape(M, M, M, 3).transpose(2, 1, 0, 3) / np.float32(white)
    return Decoded(Lut3D(lattice), tuple(notices), _comments(data))


def _with_text(data, comments):
    """The PNG with a text chunk after its header; unchanged without comments."""
    if not comments:
        return data
    end = len(_SIGNATURE) + 8 + _IHDR.size - 8 + 4  # of the header's chunk, with its sum
    body = b"tEXt" + _COMMENT + "\n".join(comments).encode("ascii")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:end] + chunk + data[end:]


def _comments(data):
    texts = [content for kind, content, _ in _chunks(data) if kind == b"tEXt" and content.startswith(_COMMENT)]
    return tuple(texts[0].removeprefix(_COMMENT).decode("latin-1").split("\n")) if texts else ()


def _level(data):
    """The level that the header says, before any pixel is decoded."""
    if len(data) < len(_SIGNATURE) + _IHDR.size or not data.startswith(_SIGNATURE):
        raise RefusedError("this is no PNG picture, which a HaldCLUT is", "copy or export it again")
    kind, width, height = _IHDR.unpack_from(data, len(_SIGNATURE))
    if kind != b"IHDR":
        raise _damaged("its header is missing")
    level = round(width ** (1 / 3))
    if width != height or level**3 != width or not 2 <= level <= LARGEST_LEVEL:
        raise RefusedError(
            f"the picture is {width} × {height} pixels; a HaldCLUT is a square of 8, 27, 64, 125, … or 4096 pixels",
            "use the HaldCLUT itself, neither scaled nor cropped",
        )
    return level


def _checked(data, side):
    """The same picture with nothing in it that the decoder could remark on.

    On Python 3.11 each of imagecodecs' remarks takes a reference to None too many away, and the 8000th ends the
    process; they would show on the terminal too. So the sums are checked here, and profiles and texts left out.
    """
    kept, pixels = [_SIGNATURE], zlib.decompressobj()
    left = side * (8 * side + 1) + 4096  # bytes: 16-bit RGBA, a filter byte a row, and what interlacing adds to it
    for kind, content, chunk in _chunks(data):
        if kind == b"IDAT":
            left -= len(pixels.decompress(content, left + 1))
            if left < 0 or pixels.unconsumed_tail or pixels.unused_data:
                raise _damaged("it holds more than its pixels")
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(chunk)
    if not pixels.eof:
        raise _damaged("its pixels are cut short")
    return b"".join(kept)


def _chunks(data):
    """(kind, content, whole chunk) of each chunk up to the picture's end."""
    at, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise _damaged("a part of it is cut short or does not match its checksum")
        yield kind, data[at + 8 : end - 4], data[at:end]
        at = end


def _damaged(what):
    return RefusedError(f"the picture is damaged: {what}", "copy or export it again")
