"""Whether a RAW file holds all of its sensor's data; LibRaw would develop a part and leave the rest black.

LibRaw counts the missing data and continues; its wrapper does not return the count. Sources: TIFF 6.0; DNG 1.7;
ISO/IEC 14496-12 (CR3); for RAF, what exiftool's documentation says of its header.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from lutbridge.image.formats import isobmff
from lutbridge.image.formats import tiff_tags as tags
from lutbridge.image.formats.codec import cut_short, damaged
from lutbridge.image.metadata import ifd

RAW_PHOTOMETRICS = (32803, 34892)  # colour filter array, linear RAW
_UNCOMPRESSED, _LOSSLESS_JPEG = 1, 7
_BLACK_LEVEL = 50714
_START, _END = b"\xff\xd8", b"\xff\xd9"
_FRAME = 0xC3  # SOF3: lossless
_PADDING = 16  # zero bytes after a piece's end that writers leave
_BLANK = 4096  # zero bytes that no sensor gives and no coder writes; a card's cluster
_MOST_DIRECTORIES = 100
_FUJIFILM, _FUJIFILM_TABLE = b"FUJIFILMCCD-RAW", 84  # (offset, length) of preview, fields and sensor's data
_UNKNOWN = 0xFFFFFFFF  # Panasonic's offset, which says to look elsewhere


def check(file: BinaryIO) -> None:
    """Refuses a RAW file with a part missing or left at zero.

    Raises:
        RefusedError: the sensor's data reaches past the end of the file, or some of it was never copied.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(128)
    if head[4:8] == b"ftyp":
        file.seek(0)
        isobmff.check_top_level(file.read())
    elif head.startswith(_FUJIFILM) and len(head) >= _FUJIFILM_TABLE + 24:
        table = struct.unpack_from(">6I", head, _FUJIFILM_TABLE)
        if any(start + length > size for start, length in zip(table[::2], table[1::2], strict=True)):
            raise cut_short()
    directories = list(_directories(file))
    for entries, layout in directories:
        _check_tiles(entries, layout)
        _check_pieces(file, size, entries, layout)
    if not directories:
        _check_tail(file, size)


def _directories(file: BinaryIO) -> Iterator[tuple[tuple[ifd.Entry, ...], ifd.Layout]]:
    """Those that hold the sensor's data, of a file that is laid out as a TIFF."""
    try:
        reader = ifd.Reader(file)
    except ifd.IfdError:
        return
    waiting, seen = [reader.first], set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        try:
            entries, following = reader.directory(offset)
        except ifd.IfdError:
            continue  # left to LibRaw, if it needs this one
        waiting += [*tags.numbers(entries, reader.layout, tags.SUB_IFDS), following]
        photometric = tags.numbers(entries, reader.layout, tags.PHOTOMETRIC)
        if not photometric or photometric[0] in RAW_PHOTOMETRICS:  # Canon's CR2 does not say
            yield entries, reader.layout


def _check_tiles(entries: tuple[ifd.Entry, ...], layout: ifd.Layout) -> None:
    """Refuses fewer tiles than the picture has; LibRaw takes what follows their list for tiles."""

    def largest(tag: int) -> int:
        return max((number for entry in entries if entry.tag == tag for number in entry.numbers(layout)), default=0)

    across, down, offsets = largest(tags.TILE_WIDTH), largest(tags.TILE_HEIGHT), tags.TILE_OFFSETS
    if across and down:
        needed = -(-largest(tags.WIDTH) // across) * -(-largest(tags.HEIGHT) // down)
        if needed > len(tags.numbers(entries, layout, offsets)):
            raise damaged(f"its header claims {needed} tiles, and it lists fewer")


def _check_pieces(file: BinaryIO, size: int, entries: tuple[ifd.Entry, ...], layout: ifd.Layout) -> None:
    compression = (*tags.numbers(entries, layout, tags.COMPRESSION), _UNCOMPRESSED)[0]
    black = any(tags.numbers(entries, layout, _BLACK_LEVEL))
    for offset, length in zip(*tags.pieces(entries, layout), strict=False):
        if offset == _UNKNOWN:
            continue
        if offset + length > size:
            raise cut_short()
        file.seek(offset)
        data = file.read(length)
        bare = data.rstrip(b"\0")
        zeros = len(data) - len(bare)
        if compression == _LOSSLESS_JPEG:
            if not data.startswith(_START) or (zeros > _PADDING and not bare.endswith(_END)):
                raise damaged("a part of the pixels is missing")
            if _samples(data) > 8 * len(data):
                raise damaged("a part of it claims more pixels than it holds")
        elif zeros > _BLANK and (compression != _UNCOMPRESSED or black):
            raise damaged("a part of the pixels is missing")


def _samples(data: bytes) -> int:
    """How many samples a lossless JPEG claims, each of at least one bit; 0 if it does not say."""
    at = len(_START)
    while data[at : at + 1] == b"\xff" and len(data) >= at + 10:
        if data[at + 1] == _FRAME:
            height, width, components = struct.unpack_from(">HHB", data, at + 5)
            return height * width * components
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0


def _check_tail(file: BinaryIO, size: int) -> None:
    """For makers' own layouts: the sensor's data is at the end, and is nowhere as black as this."""
    if size > 16 * _BLANK:
        file.seek(size - 16 * _BLANK)
        if not file.read().strip(b"\0"):
            raise damaged("a part of the pixels is missing")
