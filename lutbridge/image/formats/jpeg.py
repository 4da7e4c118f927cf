"""JPEG files: 8 bit, grey, RGB or CMYK, sequential or progressive; written as grey or RGB at quality 95."""

import io
import re
from dataclasses import dataclass, replace
from typing import BinaryIO

import imagecodecs
import numpy as np
from PIL import JpegImagePlugin

from lutbridge.errors import RefusedError
from lutbridge.image.formats import jpeg_metadata
from lutbridge.image.formats.codec import Decoded, Header, check_expansion, damaged, interleaved, undecodable
from lutbridge.image.formats.jpeg_stream import APP14, Stream, parse, segment_bytes, without_metadata
from lutbridge.image.metadata import credentials
from lutbridge.image.metadata.exif import open_block
from lutbridge.image.metadata.ifd import IfdError
from lutbridge.image.metadata.xmp import without_companions
from lutbridge.image.photo import Container

QUALITY = 95
# The chroma of the first component over the others', as libjpeg's writers name it; other ratios become 4:4:4.
_SAMPLINGS = {(1, 1): "444", (2, 1): "422", (1, 2): "440", (2, 2): "420", (4, 1): "411"}
# A flat 4:2:0 photo can need as little as one bit for a block of 256 pixels in the first scan.
_MOST_BYTES_PER_BYTE = 2048 * 3
_FILLER, _END_MARKER = bytes(32), b"\xff\xd9"
_NOISE = bytes((37 * i * i + 11) % 255 for i in range(64))  # no FF, which would begin a marker
_BLANK = bytes(256)  # in a scan: a flat picture, or a failed copy
_SURPLUS = 16  # bytes that a scan may have more than it needs, as a few cameras write them
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_JFIF_END = 20  # the encoder's own start of image and JFIF segment


@dataclass(frozen=True)
class Parts:
    """What only the JPEG writer needs."""

    segments: tuple[tuple[int, bytes], ...]  # (marker, payload) besides EXIF, XMP and ICC
    sampling: str  # chroma subsampling of the result, such as "420"


def decode(file: BinaryIO, long_side: int | None = None) -> Decoded:
    """Decodes a whole JPEG or raises RefusedError; see `codec.Codec`.

    Args:
        long_side: px that do: a photo of light is decoded at a half, a quarter or an eighth of its size where its
            longer side has as many even so.
    """
    data = file.read()
    stream = parse(data)
    header = stream.header
    header.check()
    if header.channels not in (1, 3, 4):
        raise RefusedError(f"this is a JPEG of {header.channels} channels", "convert it to RGB first")
    check_expansion(header.width * header.height * header.channels, len(data), _MOST_BYTES_PER_BYTE)
    codes = _whole(data, stream) if header.channels == 4 else _reduced(data, stream, long_side)
    blocks = jpeg_metadata.gather(stream.segments)
    notices = []
    xmp = blocks.xmp
    if blocks.multi_picture or data[stream.end + 2 :].strip(b"\0"):
        notices.append("what is stored after the photo (gain map, preview or clip) no longer fits it and is left out")
        xmp = xmp and without_companions(xmp)
    if blocks.credentials:
        notices.append(credentials.NOTICE)
        xmp = xmp and credentials.without_link(xmp)
    exif, orientation = blocks.exif, 1
    if exif is not None:
        try:
            exif, orientation = open_block(exif)
        except IfdError:
            notices.append("its EXIF block is damaged and is copied as it is")
    parts = Parts(blocks.others, _sampling(stream))
    container = Container("jpeg", orientation, blocks.icc, exif, xmp, parts)
    inks = header.channels == 4
    if inks and blocks.adobe:
        np.subtract(255, codes, out=codes)
    return Decoded(codes.reshape(*codes.shape[:2], -1), container, tuple(notices), "inks" if inks else "light")


def check_complete(data: bytes, stream: Stream) -> None:
    """Refuses a JPEG that lacks pixels; luma at an eighth of the size costs half of a full decode."""
    _by_pillow(data, stream, "L", 8)
    if stream.single_scan and data.find(_BLANK, stream.scan, stream.end) >= 0:
        _check_used_up(data, stream)


def _check_used_up(data: bytes, stream: Stream) -> None:
    """Refuses a scan with a run of zeros that is not a flat part of the photo.

    Zeros are valid code, but for other pixels than were there: so too little of the scan is used, or a restart marker
    is missing. libjpeg warns of both, but its wrappers hide that.
    """
    restarts = [mark[0] & 7 for mark in _RESTART.findall(data, stream.scan, stream.end)]
    in_turn = restarts == [i % 8 for i in range(len(restarts))]
    try:
        _by_pillow(data, replace(stream, end=stream.end - _SURPLUS), "L", 8, (b"",))
    except RefusedError:
        if in_turn:
            return
    raise damaged("a part of the pixels is missing")


def encode(file: BinaryIO, container: Container, codes: np.ndarray, alpha: None) -> None:
    """Writes codes (H, W, 3 | 1) uint8; JPEG has no alpha; see `codec.Codec`."""
    parts: Parts = container.native
    quality = container.quality or QUALITY
    sampling = parts.sampling if codes.shape[2] == 3 else None
    encoded = imagecodecs.jpeg8_encode(interleaved(codes, alpha), quality, subsampling=sampling)
    blocks = jpeg_metadata.Blocks(container.exif, container.xmp, container.icc, parts.segments)
    file.write(encoded[:2] + jpeg_metadata.segments_of(blocks))
    file.write(memoryview(encoded)[_JFIF_END:])


def read_header(file: BinaryIO) -> Header:
    """See `codec.Codec`."""
    return parse(file.read()).header


def _sampling(stream: Stream) -> str:
    if len(stream.sampling) == 1:
        return "444"
    first, *others = stream.sampling
    ratios = {(first[0] / h, first[1] / v) for h, v in others}
    return _SAMPLINGS.get(ratios.pop(), "444") if len(ratios) == 1 else "444"


def _reduced(data: bytes, stream: Stream, long_side: int | None) -> np.ndarray:
    """The whole photo at the smallest scale that does."""
    header = stream.header
    scale = next((s for s in (8, 4, 2) if long_side and max(header.width, header.height) // s >= long_side), 1)
    if scale == 1:
        return _whole(data, stream)
    return _by_pillow(data, stream, "L" if header.channels == 1 else "RGB", scale)


def _whole(data: bytes, stream: Stream) -> np.ndarray:
    if stream.single_scan:
        check_complete(data, stream)
        return _by_libjpeg(memoryview(data)[: stream.end + 2])
    noisy = _by_libjpeg(data[: stream.end] + _NOISE + _END_MARKER)
    return _unless_cut(_by_libjpeg(memoryview(data)[: stream.end + 2]), noisy)


def _by_libjpeg(data) -> np.ndarray:
    try:
        return imagecodecs.jpeg8_decode(data)
    except (imagecodecs.Jpeg8Error, ValueError) as error:
        raise undecodable() from error


def _unless_cut(codes: np.ndarray, noisy: np.ndarray) -> np.ndarray:
    """The codes, or a refusal if noise after the last scan changed them.

    With several scans, libjpeg silently fills in what the last one lacks. A complete scan never reads what follows it;
    one that was cut, and then closed with an end marker, decodes the noise.
    """
    if not np.array_equal(codes, noisy):
        raise undecodable()
    return codes


def _by_pillow(data: bytes, stream: Stream, mode: str, scale: int, ends: tuple[bytes, ...] = ()) -> np.ndarray:
    """Decodes the whole photo at 1/scale, and refuses entropy-coded data that stops early.

    libjpeg would fill the rest with grey, but Pillow adds no end marker of its own, so missing data is an error. One
    sequential scan gets filler in place of its end marker: a complete photo never reads it; one that was cut and then
    closed with an end marker runs through it and out of data.
    """
    coding = [payload[:12] for marker, payload in stream.segments if marker == APP14 and len(payload) >= 12]
    adobe = b"".join(segment_bytes(APP14, payload) for payload in coding)
    if not ends:
        ends = (_FILLER,) if stream.single_scan else (_END_MARKER, _NOISE + _END_MARKER)
    codes, *noisy = (_drafted(without_metadata(data, stream, adobe, end), mode, scale) for end in ends)
    return _unless_cut(codes, *noisy) if noisy else codes


def _drafted(lean: bytes, mode: str, scale: int) -> np.ndarray:
    """Pillow's decode; it stops at metadata that it cannot parse, so it gets none but how the colours are coded."""
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(lean)) as image:
            image.draft(mode, (max(1, image.width // scale), max(1, image.height // scale)))
            return np.array(image)
    except Exception as error:  # Pillow's parsers raise any exception on damage
        raise undecodable() from error
