"""HEIC photos, through libheif (the extra `heif`), and AVIF photos, through libavif; written as TIFF.

Sources: ISO/IEC 23008-12 (HEIF); AV1 Codec ISO Media File Format Binding, section 2.3 (av1C); ITU-T H.273 (nclx).
"""

import io
import warnings
from dataclasses import replace
from typing import BinaryIO

import imagecodecs
import numpy as np
from PIL import AvifImagePlugin

from lutbridge import extras
from lutbridge.color.icc import SRGB_TRANSFER, of_code_points
from lutbridge.errors import RefusedError
from lutbridge.image.formats import isobmff
from lutbridge.image.formats.associated_alpha import divided
from lutbridge.image.formats.codec import Decoded, Header, damaged, undecodable
from lutbridge.image.metadata import credentials
from lutbridge.image.metadata.exif import open_block, upright
from lutbridge.image.metadata.ifd import IfdError
from lutbridge.image.metadata.xmp import with_orientation
from lutbridge.image.photo import Container

# Pillow's remarks on a damaged EXIF block are not for the terminal.
warnings.filterwarnings("ignore", "Truncated File Read|Corrupt EXIF data", UserWarning, r"PIL\.")

_JPEG_PREFIX = b"Exif\0\0"
_UNSPECIFIED = 2
_VIDEO_TRANSFERS = (1, 6, 14, 15)  # what encoders write for pictures that came from sRGB
_HDR = ("this is an HDR photo", "export it in sRGB, Display P3 or another space for photos")


def decode_heic(file: BinaryIO) -> Decoded:
    """Decodes the primary picture, upright, or raises RefusedError; see `codec.Codec`."""
    if not extras.has("heif"):
        raise RefusedError("this is a HEIC photo, and reading it needs an extra", extras.remedy("heif"))
    import pillow_heif

    data = file.read()
    isobmff.check_pictures(data)
    try:
        heif = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
        Header(*heif.size, 8, 3).check()
        codes, info = np.array(heif), heif.info
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # libheif's wrapper raises any exception on damage
        raise undecodable() from error
    bits = info.get("bit_depth", 8)
    if codes.dtype == np.uint16:  # held in the upper bits
        codes = _full_range(codes >> (16 - bits), bits)
    if heif.premultiplied_alpha:
        divided(codes)
    notices = []
    if any(info.get(kind) for kind in ("aux", "depth_images")) or len(heif) > 1:
        notices.append("what is stored beside the photo (gain map, depth or clip) no longer fits it and is left out")
    exif = info.get("exif")
    if exif:
        try:
            exif = upright(open_block(exif.removeprefix(_JPEG_PREFIX))[0])
        except IfdError:
            exif = None
            notices.append("its EXIF block is damaged and is left out")
    nclx = info.get("nclx_profile") or {}
    icc = info.get("icc_profile") or _profile(nclx.get("color_primaries"), nclx.get("transfer_characteristics"))
    return _decoded(data, codes, Container("heic", 1, icc, exif or None, info.get("xmp") or None), notices)


def decode_avif(file: BinaryIO) -> Decoded:
    """Decodes the primary picture or raises RefusedError; see `codec.Codec`."""
    data = file.read()
    isobmff.check_pictures(data)
    try:
        with AvifImagePlugin.AvifImageFile(io.BytesIO(data)) as image:
            Header(*image.size, 8, 3).check()
            info, orientation, frames = image.info, image.getexif().get(274, 1), getattr(image, "n_frames", 1)
        codes = imagecodecs.avif_decode(data, index=0)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # Pillow's parsers do the same
        raise undecodable() from error
    codes = codes.reshape(*codes.shape[:2], -1)
    if codes.dtype == np.uint16:
        codes = _full_range(codes, _av1_bits(data))
    notices = ["animation, of which the first frame is taken"] if frames > 1 else []
    exif = info.get("exif")
    if exif:
        try:
            exif, orientation = open_block(exif.removeprefix(_JPEG_PREFIX))
        except IfdError:
            exif = None
            notices.append("its EXIF block is damaged and is left out")
    icc = info.get("icc_profile") or _profile(*_nclx(data))
    return _decoded(data, codes, Container("avif", orientation, icc, exif or None, info.get("xmp") or None), notices)


def _decoded(data: bytes, codes: np.ndarray, container: Container, notices: list[str]) -> Decoded:
    codes = np.ascontiguousarray(codes.reshape(*codes.shape[:2], -1))
    if isobmff.holds_credentials(data):
        notices = [*notices, credentials.NOTICE]
        container = replace(container, xmp=container.xmp and credentials.without_link(container.xmp))
    what = container.format.upper()
    if container.xmp and 1 <= container.orientation <= 8:
        container = replace(container, xmp=with_orientation(container.xmp, container.orientation))
    return Decoded(codes, container, (*notices, f"{what} photo, written as TIFF where --format says nothing else"))


def _full_range(codes: np.ndarray, bits: int) -> np.ndarray:
    """Codes of `bits` bits as those of 16."""
    top = (1 << bits) - 1
    table = np.rint(np.arange(top + 1) * (65535 / top)).astype(np.uint16)
    return table[np.minimum(codes, top)]


def _profile(primaries: int | None, transfer: int | None) -> bytes | None:
    """The colour space of an nclx box; None for sRGB, which also holds for a photo without one."""
    primaries = 1 if primaries in (None, _UNSPECIFIED) else primaries
    transfer = SRGB_TRANSFER if transfer in (None, _UNSPECIFIED, *_VIDEO_TRANSFERS) else transfer
    if (primaries, transfer) == (1, SRGB_TRANSFER):
        return None
    icc = of_code_points(primaries, transfer)
    if icc is None:
        raise RefusedError(*_HDR)
    return icc


def _av1_bits(data: bytes) -> int:
    """Bits per channel, from the flags of the codec's configuration: high bit depth, twelve bits."""
    at = data.find(b"av1C")
    if at < 0 or at + 7 > len(data):
        raise damaged("its header is incomplete")
    flags = data[at + 6]
    return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10


def _nclx(data: bytes) -> tuple[int | None, int | None]:
    """Primaries and transfer of the first colour box that states them."""
    at = data.find(b"colrnclx")
    if at < 0 or at + 12 > len(data):
        return None, None
    return int.from_bytes(data[at + 8 : at + 10], "big"), int.from_bytes(data[at + 10 : at + 12], "big")
