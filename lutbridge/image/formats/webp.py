"""WebP files: still pictures; lossless ones stay lossless, others are written at quality 95.

Source: RFC 9649, sections 2 (container) and 3.4 (lossless header); RFC 6386, section 9.1 (lossy header).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

import imagecodecs
import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.image.formats.codec import Decoded, Header, cut_short, damaged, interleaved, undecodable
from lutbridge.image.metadata import credentials
from lutbridge.image.metadata.exif import open_block
from lutbridge.image.metadata.ifd import IfdError
from lutbridge.image.photo import Container

QUALITY = 95
_LOSSY, _LOSSLESS, _ALPHA, _EXTENDED = b"VP8 ", b"VP8L", b"ALPH", b"VP8X"
_ICC, _EXIF, _XMP = b"ICCP", b"EXIF", b"XMP "
_HAS_ICC, _HAS_ALPHA, _HAS_EXIF, _HAS_XMP = 0x20, 0x10, 0x08, 0x04
_ANIMATION = (b"ANIM", b"ANMF")
_JPEG_PREFIX = b"Exif\0\0"  # some writers leave it before the block
# Lossy data may end in zero bytes where the picture ends in one colour, at most one for 40 blocks of 16 × 16 pixels.
_BLOCKS_PER_ZERO, _FEW_ZEROS = 16, 32


class Chunk(NamedTuple):
    kind: bytes
    data: bytes


@dataclass(frozen=True)
class Parts:
    """What only the WebP writer needs."""

    lossless: bool
    others: tuple[Chunk, ...]  # chunks that the format does not define


def decode(file: BinaryIO) -> Decoded:
    """Decodes a whole WebP or raises RefusedError; see `codec.Codec`."""
    chunks, header = _parse(file)
    header.check()
    _check_not_blank(chunks, header)
    file.seek(0)
    try:
        codes = imagecodecs.webp_decode(file.read())
    except (imagecodecs.WebpError, ValueError) as error:
        raise undecodable() from error
    if codes.shape[2] == 4 and codes[..., 3].min() == 255:  # the encoder drops alpha that hides nothing
        codes = codes[..., :3]
    found, notices, exif, orientation = dict(chunks), [], None, 1
    if _EXIF in found:
        exif = found[_EXIF].removeprefix(_JPEG_PREFIX)
        try:
            exif, orientation = open_block(exif)
        except IfdError:
            notices.append("its EXIF block is damaged and is copied as it is")
    xmp = found.get(_XMP)
    if credentials.WEBP_CHUNK in found:
        notices.append(credentials.NOTICE)
        xmp = xmp and credentials.without_link(xmp)
    known = (credentials.WEBP_CHUNK, _LOSSY, _LOSSLESS, _ALPHA, _EXTENDED, _ICC, _EXIF, _XMP)
    parts = Parts(_LOSSLESS in found, tuple(chunk for chunk in chunks if chunk.kind not in known))
    container = Container("webp", orientation, found.get(_ICC), exif, xmp, parts)
    return Decoded(codes, container, tuple(notices))


def encode(file: BinaryIO, container: Container, codes: np.ndarray, alpha: np.ndarray | None) -> None:
    """Writes codes of 8 bit; see `codec.Codec`."""
    parts: Parts = container.native
    lossless = parts.lossless and container.quality is None
    level = None if lossless else container.quality or QUALITY
    encoded = imagecodecs.webp_encode(interleaved(codes, alpha), level, lossless=lossless)
    picture = [chunk for chunk in _chunks(encoded) if chunk.kind in (_ALPHA, _LOSSY, _LOSSLESS)]
    before = [Chunk(_ICC, container.icc)] if container.icc else []
    after = [Chunk(_EXIF, container.exif)] if container.exif else []
    after += [Chunk(_XMP, container.xmp)] if container.xmp else []
    flags = _HAS_ALPHA if alpha is not None else 0
    for chunk, flag in zip(
        (container.icc, container.exif, container.xmp), (_HAS_ICC, _HAS_EXIF, _HAS_XMP), strict=True
    ):
        flags |= flag if chunk else 0
    chunks = [*before, *picture, *after, *parts.others]
    if flags or parts.others:
        height, width = codes.shape[:2]
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks.insert(0, Chunk(_EXTENDED, struct.pack("<I", flags) + size))
    file.write(b"RIFF" + struct.pack("<I", 4 + sum(8 + len(data) + len(data) % 2 for _, data in chunks)) + b"WEBP")
    for kind, data in chunks:
        file.write(kind + struct.pack("<I", len(data)))
        file.write(data)
        file.write(bytes(len(data) % 2))


def read_header(file: BinaryIO) -> Header:
    """See `codec.Codec`."""
    return _parse(file)[1]


def _parse(file: BinaryIO) -> tuple[list[Chunk], Header]:
    """Parses a file; raises RefusedError if it is cut short, damaged or animated."""
    file.seek(0)
    chunks = _chunks(file.read())
    found = dict(chunks)
    if any(kind in found for kind in _ANIMATION):
        raise RefusedError("this is an animated WebP picture", "export a single frame as JPEG, PNG or TIFF")
    if _LOSSLESS in found:
        return chunks, _lossless_header(found[_LOSSLESS])
    if _LOSSY in found:
        return chunks, _lossy_header(found[_LOSSY], _ALPHA in found)
    raise damaged("there is no photo in it")


def _chunks(data: bytes) -> list[Chunk]:
    if len(data) < 12:
        raise cut_short()
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    if end > len(data):
        raise cut_short()
    chunks, position = [], 12
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        position += 8
        if position + length > end:
            raise damaged("a chunk is longer than the file")
        if kind == bytes(4):
            raise damaged("a part of it is missing")
        chunks.append(Chunk(kind, data[position : position + length]))
        position += length + length % 2
    return chunks


def _check_not_blank(chunks: list[Chunk], header: Header) -> None:
    """Refuses pixel data that a failed copy left at zero at the end, which libwebp decodes to a smear."""
    most = _FEW_ZEROS + header.width * header.height // 256 // _BLOCKS_PER_ZERO
    for kind, data in chunks:
        raw_alpha = kind == _ALPHA and data[:1] and not data[0] & 3  # uncompressed values: any number of zeros
        if kind in (_LOSSY, _LOSSLESS, _ALPHA) and not raw_alpha and len(data) - len(data.rstrip(b"\0")) > most:
            raise damaged("a part of the pixels is missing")


def _lossless_header(data: bytes) -> Header:
    if len(data) < 5 or data[0] != 0x2F:
        raise damaged("its header is incomplete")
    fields = int.from_bytes(data[1:5], "little")  # 14 bits width − 1, 14 bits height − 1, 1 bit alpha
    return Header((fields & 0x3FFF) + 1, (fields >> 14 & 0x3FFF) + 1, 8, 3 + (fields >> 28 & 1))


def _lossy_header(data: bytes, alpha: bool) -> Header:
    if len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
        raise damaged("its header is incomplete")
    if 10 + (int.from_bytes(data[:3], "little") >> 5) > len(data):  # the first of its partitions
        raise cut_short()
    width, height = struct.unpack_from("<HH", data, 6)
    return Header(width & 0x3FFF, height & 0x3FFF, 8, 3 + alpha)
