"""What a codec provides and returns, and the limits that all of them keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal, Protocol

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.image.photo import Container

MAX_PIXELS = 500_000_000  # the largest camera files are around 150 MP; 500 MP of 16-bit RGB are 3 GB of memory
MAX_BLOCK_BYTES = 64 << 20  # one metadata block after decompression; real profiles reach 5 MB


@dataclass
class _Accepted:
    pixels: int = MAX_PIXELS
    told: Callable[[int], None] = lambda pixels: None


_accepted = _Accepted()


def limit_pixels(most: int, told: Callable[[int], None] = lambda pixels: None) -> None:
    """Limit this process to photos of this many pixels; at the start it accepts MAX_PIXELS.

    Args:
        told: gets the number of pixels of each accepted header, before they are decoded.
    """
    _accepted.pixels, _accepted.told = min(most, MAX_PIXELS), told


class TooManyPixelsError(RefusedError):
    """A file whose header claims more pixels than this process accepts."""


class CameraRawError(RefusedError):
    """A TIFF that holds the data of a sensor; it is refused by the TIFF codec, and `raw.decode` reads it."""

    def __init__(self):
        super().__init__("this is a camera RAW file", "develop it in your RAW converter and export a TIFF")


class UnknownCameraError(RefusedError):
    """What LibRaw does not know: a RAW file of a new camera, or no RAW file."""


@dataclass(frozen=True)
class Header:
    """What a file claims to hold before a pixel is decoded."""

    width: int  # px, as stored
    height: int  # px, as stored
    bits: int  # per channel
    channels: int

    def check(self) -> None:
        """Raises RefusedError for sides of 0 and for more pixels than the limit, before anything is allocated."""
        if not (self.width and self.height):
            raise damaged(f"its header says {self.width} × {self.height} pixels")
        if self.width * self.height > _accepted.pixels:
            raise TooManyPixelsError(
                f"{self.width} × {self.height} pixels are more than the {_accepted.pixels / 1e6:g} megapixels "
                "that lutbridge accepts",
                "scale it down first",
            )
        _accepted.told(self.width * self.height)


@dataclass(frozen=True)
class Decoded:
    """A file's content, still in its stored orientation."""

    # (H, W, C), writable; C: 1 grey, 2 grey+alpha, 3 RGB, 4 RGB+alpha; uint8 | uint16, or uint32 for 32-bit integers,
    # or float16 | float32 with 0 for black and 1 for white, neither finite nor in that range by promise
    codes: np.ndarray
    container: Container  # with the orientation as the file states it, valid or not
    notices: tuple[str, ...] = ()
    # "light": as above; "inks": C is 4 CMYK or 5 CMYK+alpha, 0 for no ink; "lab": CIELAB of D50, C is 3 or 4, L* from 0
    # to 100 over all codes, 128 or 128 · 256 for a* = 0 and b* = 0, one unit 1 or 256 codes; both uint8 | uint16
    meaning: Literal["light", "inks", "lab"] = "light"


class Codec(Protocol):
    """The functions of a format's module; all raise RefusedError, and OSError if the disk fails."""

    def decode(self, file: BinaryIO) -> Decoded:
        """Decodes the whole photo or raises; part of a photo is never returned."""

    def encode(self, file: BinaryIO, container: Container, codes: np.ndarray, alpha: np.ndarray | None) -> None:
        """Writes codes (H, W, 3) and alpha (H, W), uint8 | uint16, any strides, in the orientation to be stored."""

    def read_header(self, file: BinaryIO) -> Header:
        """Checks the file's structure from end to end, without decoding pixels."""


def interleaved(codes: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """Codes (H, W, 3 | 1) and alpha (H, W) or None as one C-contiguous array, (H, W, 2 to 4) or (H, W)."""
    if alpha is not None:
        return np.concatenate((codes, alpha[..., None]), axis=2)
    codes = codes[..., 0] if codes.shape[2] == 1 else codes  # encoders take one channel as (H, W)
    # numpy calls any strides of a side of one pixel contiguous; encoders do not.
    return codes.copy() if 1 in codes.shape else np.ascontiguousarray(codes)


def damaged(what: str) -> RefusedError:
    """The refusal for a damaged file; `what` completes "it is damaged: …"."""
    return RefusedError(f"the file is damaged: {what}", "copy it again from the card or the backup")


def undecodable() -> RefusedError:
    """The refusal for pixels that a decoder cannot decode; its error is the cause of the exception."""
    return damaged("its pixels do not decode")


def cut_short() -> RefusedError:
    """The refusal for a file that ends before its pixels do."""
    return damaged("it ends before the photo is complete")


def check_expansion(raw_bytes: int, stored_bytes: int, most: float) -> None:
    """Refuses a header that claims more pixels than the stored bytes can hold at the compression's best ratio."""
    if raw_bytes > most * stored_bytes + 4096:
        raise damaged(f"its header claims {raw_bytes / 1e6:.0f} MB of pixels, but only {stored_bytes} bytes hold them")
