"""Writes TIFF files: RGB strips, one directory, and the input's tags as raw bytes, in the input's byte order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

import imagecodecs
import numpy as np

from lutbridge.image.formats import tiff_tags as tags
from lutbridge.image.formats.associated_alpha import multiplied
from lutbridge.image.formats.codec import interleaved
from lutbridge.image.metadata import ifd
from lutbridge.image.photo import Container

_STRIP_BYTES = 1 << 19  # of codes; small enough for every reader, large enough to compress well
_STRIPS_AT_ONCE = 16
_THREADS = 4
_CLASSIC_LIMIT = 0xF0000000  # 32-bit offsets end at 4 GiB; leaves 256 MiB for metadata
_BYTE, _SHORT, _LONG, _UNDEFINED, _LONG8 = 1, 3, 4, 7, 16
_RGB, _CHUNKY, _HORIZONTAL = 2, 1, 2
_GREY = 1  # PhotometricInterpretation: black is zero
_DEFLATE_LEVEL = 6


def _packbits(strip: np.ndarray) -> bytes:
    return b"".join(imagecodecs.packbits_encode(row.tobytes()) for row in strip)  # rows are packed one by one


def _deflate(strip: np.ndarray) -> bytes:
    return imagecodecs.deflate_encode(strip.tobytes(), _DEFLATE_LEVEL)


PREMULTIPLIED = 1  # of ExtraSamples: in the file the colours are multiplied with alpha
# TIFF compression: (encoder of a contiguous strip, whether readers expect a predictor to work with it)
WRITABLE: dict[int, tuple[Callable[[np.ndarray], bytes], bool]] = {
    1: (np.ndarray.tobytes, False),
    5: (lambda strip: imagecodecs.lzw_encode(strip.tobytes()), True),
    8: (_deflate, True),
    32946: (_deflate, True),
    32773: (_packbits, False),
    34925: (lambda strip: imagecodecs.lzma_encode(strip.tobytes()), True),
    50000: (lambda strip: imagecodecs.zstd_encode(strip.tobytes()), True),
}


@dataclass(frozen=True)
class Parts:
    """What only the TIFF writer needs."""

    layout: ifd.Layout  # byte order and offset width of the input, so that tag values are copied and not converted
    entries: tuple[ifd.Entry, ...]  # tags that hold for new pixels, EXIF and GPS directories among them
    maker_note: ifd.Entry | None  # one of the entries in the EXIF directory
    compression: int  # one of WRITABLE
    alpha_kind: int  # TIFF ExtraSamples: 0 unspecified, PREMULTIPLIED, 2 not premultiplied
    # The EXIF block that `maker_note` comes from. It is kept, byte for byte, at the start of the file, because some
    # makers' notes (old Olympus, Pentax …) point to places in the block outside themselves.
    around_note: bytes = b""


def encode(file: BinaryIO, container: Container, codes: np.ndarray, alpha: np.ndarray | None) -> None:
    """Writes strip by strip, so that the encoded file is never held; see `codec.Codec`."""
    parts: Parts = container.native
    height, width, channels = codes.shape
    channels += alpha is not None
    row_bytes = width * channels * codes.itemsize
    rows = min(height, max(1, _STRIP_BYTES // row_bytes))
    layout = ifd.Layout(parts.layout.order, parts.layout.big or height * row_bytes > _CLASSIC_LIMIT)
    file.write(layout.header + bytes(layout.inline_bytes))
    out = _Appender(file, parts.maker_note, b"" if layout.big else parts.around_note)
    strips = [(out.append(strip), len(strip)) for strip in _strips(codes, alpha, rows, parts)]
    out.settle()
    offset_type = _LONG8 if layout.big else _LONG
    own = [
        _entry(layout, tags.WIDTH, _LONG, width),
        _entry(layout, tags.HEIGHT, _LONG, height),
        _entry(layout, tags.BITS, _SHORT, *[codes.itemsize * 8] * channels),
        _entry(layout, tags.COMPRESSION, _SHORT, parts.compression),
        _entry(layout, tags.PHOTOMETRIC, _SHORT, _RGB if channels > 2 else _GREY),
        _entry(layout, tags.STRIP_OFFSETS, offset_type, *[offset for offset, _ in strips]),
        _entry(layout, tags.SAMPLES, _SHORT, channels),
        _entry(layout, tags.ROWS_PER_STRIP, _LONG, rows),
        _entry(layout, tags.STRIP_BYTES, offset_type, *[length for _, length in strips]),
        _entry(layout, tags.PLANAR, _SHORT, _CHUNKY),
    ]
    if WRITABLE[parts.compression][1]:
        own.append(_entry(layout, tags.PREDICTOR, _SHORT, _HORIZONTAL))
    if alpha is not None:
        own.append(_entry(layout, tags.EXTRA_SAMPLES, _SHORT, parts.alpha_kind))
    if container.icc:
        own.append(ifd.Entry(tags.ICC, _UNDEFINED, len(container.icc), container.icc, 0))
    if container.xmp:
        own.append(ifd.Entry(tags.XMP, _BYTE, len(container.xmp), container.xmp, 0))
    first = out.append(ifd.ifd_bytes(layout, (*parts.entries, *own), out.end, out.placed))
    file.seek(len(layout.header))
    file.write(layout.pack(layout.offset_format, first))


class _Appender:
    """Appends blocks at even offsets, and keeps the maker note at its offset in the input.

    Maker notes hold offsets from the start of the file, which stay true only at the old place; so what would run
    into that place goes behind it.
    """

    def __init__(self, file: BinaryIO, maker_note: ifd.Entry | None, around_note: bytes = b""):
        self._file, self._waiting = file, maker_note
        if maker_note and around_note:
            self._write(around_note[file.tell() :])
            self.placed, self._waiting = frozenset([maker_note]), None
            return
        self.end = file.tell()  # where the next block goes; even
        self.placed: frozenset[ifd.Entry] = frozenset()
        if maker_note and maker_note.offset < self.end:  # inside the file header: a damaged entry
            self._waiting = None

    def append(self, data: bytes) -> int:
        """Writes a block and returns its offset."""
        if self._waiting and self.end + len(data) >= self._waiting.offset:
            self.settle()
        offset = self.end
        self._write(data)
        return offset

    def settle(self) -> None:
        """Puts the maker note at its place, where that has not happened."""
        if self._waiting:
            self._file.seek(self._waiting.offset)
            self._write(self._waiting.value)
            self.placed = frozenset([self._waiting])
        self._waiting = None

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.write(bytes(self._file.tell() % 2))
        self.end = self._file.tell()


def _entry(layout: ifd.Layout, tag: int, type_: int, *numbers: int) -> ifd.Entry:
    code = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}[type_]
    return ifd.Entry(tag, type_, len(numbers), layout.pack(code, *numbers), 0)


def _strips(codes: np.ndarray, alpha: np.ndarray | None, rows: int, parts: Parts) -> Iterator[bytes]:
    compress, predicts = WRITABLE[parts.compression]

    def encoded(start: int) -> bytes:
        colours = codes[start : start + rows]
        opacity = None if alpha is None else alpha[start : start + rows]
        if opacity is not None and parts.alpha_kind == PREMULTIPLIED:
            colours = multiplied(colours, opacity)
        strip = interleaved(colours, opacity)
        if predicts:
            strip = imagecodecs.delta_encode(strip, axis=1)
        return compress(strip.astype(strip.dtype.newbyteorder(parts.layout.order), copy=False))

    starts = range(0, len(codes), rows)
    with ThreadPoolExecutor(_THREADS) as pool:
        for first in range(0, len(starts), _STRIPS_AT_ONCE):  # bounds what waits for the disk
            yield from pool.map(encoded, starts[first : first + _STRIPS_AT_ONCE])
