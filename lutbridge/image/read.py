"""Reads a photo file: recognises it, decodes all of it, turns it upright, and notes anything unusual."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lutbridge import extras
from lutbridge.color import profile
from lutbridge.color.codes import to_16_bit
from lutbridge.color.gamut import SRGB, ColorSpace, adobe_rgb, space_of
from lutbridge.errors import ReadError, RefusedError, SizeError
from lutbridge.files import check_regular
from lutbridge.image.convert import FloatEncoding, to_light, to_srgb
from lutbridge.image.formats import CODECS, DECODERS, jpeg
from lutbridge.image.formats.codec import CameraRawError, Decoded, TooManyPixelsError, UnknownCameraError
from lutbridge.image.metadata.exif import MAKE, says_adobe_rgb
from lutbridge.image.metadata.ifd import IfdError, Reader
from lutbridge.image.metadata.translate import in_format
from lutbridge.image.orientation import turn_upright
from lutbridge.image.photo import GREY_AS_RGB, GREY_FORMATS, Photo
from lutbridge.image.recognise import HEAD_BYTES, recognise
from lutbridge.image.suffixes import RAW_SUFFIXES

# px, the long side that does for thumbnails and LUTs: LUTs of 24 MP photos differ by a mean ΔE2000 of 0.01 to 0.05 from
# those of the full decode (docs/performance.md).
LOOK_SIDE = 1024
_ATTEMPTS = 2  # a file that is still being copied onto the disk gets a second chance


def read(path: str | Path, float_encoding: FloatEncoding | None = None, long_side: int | None = None) -> Photo:
    """Reads a JPEG, PNG, TIFF, WebP or AVIF photo, and with the extras `raw` and `heif` RAW and HEIC.

    Args:
        float_encoding: of a floating-point photo without a profile.
        long_side: px that suffice for a first look: a larger JPEG is decoded at a fraction of its size.

    Returns:
        The photo, upright, with codes exactly as stored: a 16-bit file gives uint16. Grey, CMYK, Lab and palettes
        become RGB, and RAW, HEIC and AVIF have the container of a TIFF, with a notice.

    Raises:
        ReadError: the file is missing, no photo, damaged, cut short, too large, or of a kind that is not handled
            (CMYK or floating point in an unknown encoding), or needs an extra that is not installed.
    """
    path = Path(path)
    with _sentences(path):
        for _ in range(_ATTEMPTS):
            decoded, steady = _decode_file(path, long_side)
            if steady:
                return _photo(path, decoded, float_encoding)
    raise ReadError(path, "the file changes while it is read", "wait until it is copied, then run it again")


def read_bytes(data: bytes, name: str | Path, float_encoding: FloatEncoding | None = None) -> Photo:
    """Reads a photo file's content, as `read` does; `name` replaces its path, in messages and in the photo."""
    path = Path(name)
    with _sentences(path):
        return _photo(path, _decode(io.BytesIO(data), path), float_encoding)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """What goes wrong inside becomes a ReadError about `path`."""
    try:
        yield
    except RefusedError as refused:
        kind = SizeError if isinstance(refused, TooManyPixelsError) else ReadError
        raise kind(path, refused.fault, refused.remedy) from refused
    except MemoryError as error:
        raise ReadError(path, "there is not enough memory for it", "close other programs or scale it down") from error
    except OSError as error:
        raise ReadError(path, f"it cannot be read ({error.strerror or error})") from error


def _decode(file: BinaryIO, path: Path, long_side: int | None = None) -> Decoded:
    kind = recognise(file.read(HEAD_BYTES))
    file.seek(0)
    try:
        if kind == "tiff" and path.suffix.lower() in RAW_SUFFIXES:
            return _decode_named_raw(file)
        return jpeg.decode(file, long_side) if kind == "jpeg" else DECODERS[kind](file)
    except CameraRawError:
        file.seek(0)
        return DECODERS["raw"](file)


def _decode_named_raw(file: BinaryIO) -> Decoded:
    """Most makers' RAW files begin like a TIFF, and some have a small preview where a TIFF has its photo.

    LibRaw takes any grey TIFF for sensor data, so it only gets those that name a camera.
    """
    if extras.has("raw") and not _names_camera(file):
        return DECODERS["tiff"](file)
    try:
        return DECODERS["raw"](file)
    except UnknownCameraError:
        file.seek(0)
        return DECODERS["tiff"](file)


def _names_camera(file: BinaryIO) -> bool:
    try:
        reader = Reader(file)
        named = any(entry.tag == MAKE for entry in reader.directory(reader.first)[0])
    except IfdError:
        named = True
    file.seek(0)
    return named


def _decode_file(path: Path, long_side: int | None) -> tuple[Decoded | None, bool]:
    """The file's content, and whether the file stayed unchanged meanwhile."""
    check_regular(path, "a photo")
    with open(path, "rb") as file:
        before = os.fstat(file.fileno())
        try:
            decoded = _decode(file, path, long_side)
        except RefusedError:
            if _same(before, os.fstat(file.fileno())):
                raise
            return None, False
        return decoded, _same(before, os.fstat(file.fileno()))


def _same(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _photo(path: Path, decoded: Decoded, float_encoding: FloatEncoding | None) -> Photo:
    decoded = to_light(decoded, float_encoding)
    codes, container, notices = decoded.codes, decoded.container, list(decoded.notices)
    if container.format not in CODECS:
        container, left_out = in_format(container, "tiff")
        notices += left_out
    if container.orientation not in range(1, 9):
        notices.append(f"its orientation tag ({container.orientation}) means nothing: shown as it is stored")
        container = replace(container, orientation=1)
    codes = turn_upright(codes, container.orientation)
    grey = codes.shape[2] < 3
    colours, alpha = codes[..., : 1 if grey else 3], codes[..., -1] if codes.shape[2] in (2, 4) else None
    color = SRGB
    stays_grey = grey and container.format in GREY_FORMATS
    if container.icc is not None:
        own = container.icc
        icc, color, notice = _judge_profile(own, grey)
        if color is None:
            stays_grey = False
            container = replace(container, bits=colours.itemsize * 8)
            colours, color = to_srgb(colours, container.icc), SRGB
            alpha = None if alpha is None else to_16_bit(alpha)
        grey_icc = own if stays_grey and profile.kind_of(own) != "damaged" and profile.is_grey(own) else None
        container = replace(container, icc=icc, grey_icc=grey_icc)
        notices += notice
    elif container.exif is not None and says_adobe_rgb(container.exif):
        color = adobe_rgb()
        notices.append("Adobe RGB, as its EXIF block says")
    if grey:
        container = replace(container, grey=stays_grey)
        if not stays_grey:
            notices.append(GREY_AS_RGB)
        alpha = None if alpha is None else alpha.copy()  # frees the grey codes
        if colours.shape[2] == 1:
            colours = np.repeat(colours, 3, axis=2)
    return Photo(path, colours, alpha, container, tuple(notices), color)


def _judge_profile(icc: bytes, grey: bool) -> tuple[bytes | None, ColorSpace | None, list[str]]:
    """The result's profile, its colour space (None: no way back to it), and notices."""
    is_grey = profile.is_grey(icc)
    kind = "damaged" if is_grey and not grey else profile.kind_of(icc)
    if kind == "damaged":
        return None, SRGB, ["its colour profile is damaged or for another kind of photo: treated as sRGB and left out"]
    if kind == "srgb":
        return None if is_grey else icc, SRGB, []
    rgb = profile.as_rgb(icc) if is_grey else icc
    color = space_of(rgb, profile.name_of(rgb)) if rgb else None
    notices = [] if color else ["its colour profile works in one direction only: written in sRGB"]
    return rgb if color else None, color, notices
