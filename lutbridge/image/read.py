"""Reads a photo file: recognises it, decodes it whole, turns it upright, and says what is unusual about it."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np

from lutbridge.errors import ReadError
from lutbridge.image import profile
from lutbridge.image.formats import CODECS
from lutbridge.image.formats.codec import Decoded, RefusedError
from lutbridge.image.orientation import turn_upright
from lutbridge.image.photo import Photo
from lutbridge.image.recognise import HEAD_BYTES, recognise

_ATTEMPTS = 2  # a file that is still being copied onto the disk gets a second chance


def read(path: str | Path) -> Photo:
    """Reads a JPEG, PNG or TIFF photo.

    Returns:
        The photo, upright, with codes exactly as stored: a 16-bit file gives uint16. Grey becomes RGB, with a notice.

    Raises:
        ReadError: the file is missing, no photo, damaged, cut short, too large, or of a kind that is not handled
            (CMYK, RAW, HEIC, WebP, floating point, a colour profile other than sRGB).
    """
    path = Path(path)
    try:
        for _ in range(_ATTEMPTS):
            decoded, steady = _decode(path)
            if steady:
                return _photo(path, decoded)
    except RefusedError as refused:
        raise ReadError(path, refused.fault, refused.remedy) from refused
    except MemoryError as error:
        raise ReadError(path, "there is not enough memory for it", "close other programs or scale it down") from error
    except OSError as error:
        raise ReadError(path, f"it cannot be read ({error.strerror or error})") from error
    raise ReadError(path, "the file changes while it is read", "wait until it is copied, then run it again")


def _decode(path: Path) -> tuple[Decoded | None, bool]:
    """The file's content, and whether the file was left alone meanwhile."""
    _check_regular(path)
    with open(path, "rb") as file:
        before = os.fstat(file.fileno())
        try:
            codec = CODECS[recognise(file.read(HEAD_BYTES))]
            file.seek(0)
            decoded = codec.decode(file)
        except RefusedError:
            if _same(before, os.fstat(file.fileno())):
                raise
            return None, False
        return decoded, _same(before, os.fstat(file.fileno()))


def _check_regular(path: Path) -> None:
    """Opening a FIFO would wait for its writer, and a device may never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise RefusedError("there is no such file") from error
    if stat.S_ISDIR(mode):
        raise RefusedError("this is a folder, not a photo")
    if not stat.S_ISREG(mode):
        raise RefusedError("this is no ordinary file (a pipe, socket or device)")


def _same(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _photo(path: Path, decoded: Decoded) -> Photo:
    codes, container, notices = decoded.codes, decoded.container, list(decoded.notices)
    if container.orientation not in range(1, 9):
        notices.append(f"its orientation tag ({container.orientation}) means nothing: shown as it is stored")
        container = replace(container, orientation=1)
    grey = codes.shape[2] < 3
    if container.icc is not None:
        icc, notice = _judge_profile(container.icc, grey)
        container = replace(container, icc=icc)
        notices += notice
    codes = turn_upright(codes, container.orientation)
    alpha = codes[..., -1] if codes.shape[2] in (2, 4) else None
    if grey:
        notices.append("grey photo, written as RGB")
        pixels = np.repeat(codes[..., :1], 3, axis=2)
        alpha = None if alpha is None else alpha.copy()  # lets go of the grey codes
    else:
        pixels = codes[..., :3]
    return Photo(path, pixels, alpha, container, tuple(notices))


def _judge_profile(icc: bytes, grey: bool) -> tuple[bytes | None, list[str]]:
    """The profile that the result carries, and notices; raises RefusedError for one that is not sRGB."""
    kind = "damaged" if profile.is_grey(icc) and not grey else profile.kind_of(icc)
    if kind == "damaged":
        return None, ["its colour profile is damaged or for another kind of photo: treated as sRGB and left out"]
    if kind == "other":
        name = f' ("{profile.name_of(icc)}")' if profile.name_of(icc) else ""
        raise RefusedError(f"its colour profile{name} is not sRGB", "convert it to sRGB first")
    if profile.is_grey(icc):
        return None, ["its grey profile equals sRGB and is left out, because the result is RGB"]
    return icc, []
