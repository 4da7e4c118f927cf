"""EXIF blocks: the orientation and colour space in them, and the thumbnail that no longer shows the photo.

A block is edited in place and never re-serialised, because maker notes hold offsets from the block's first byte.
"""

import io
import struct

from lutbridge.image.metadata.ifd import EXIF_IFD, INTEGERS, INTEROPERABILITY_IFD, Entry, IfdError, Layout, Reader

MAKE, ORIENTATION = 271, 274
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279
_JPEG_OFFSET, _JPEG_BYTES = 513, 514
_COLOR_SPACE, _UNCALIBRATED, _INTEROPERABILITY_INDEX = 40961, 0xFFFF, 1


def orientation_of(entries: tuple[Entry, ...], layout: Layout) -> int:
    """The Orientation in a directory, valid or not; 1 if there is none."""
    for entry in entries:
        if entry.tag == ORIENTATION:
            return (entry.numbers(layout) or (0,))[0]
    return 1


def open_block(exif: bytes) -> tuple[bytes, int]:
    """Prepares an EXIF block for the result.

    Args:
        exif: the block from its TIFF header on.

    Returns:
        The block without its thumbnail, all other bytes in place; and its Orientation, valid or not.

    Raises:
        IfdError: it is not an EXIF block, or its directory is damaged.
    """
    reader = Reader(io.BytesIO(exif))
    if reader.layout.big:
        raise IfdError("an EXIF block with 64-bit offsets")
    entries, following = reader.directory(reader.first)
    orientation = orientation_of(entries, reader.layout)
    return (_without_thumbnail(exif, reader, following) if following else exif), orientation


def upright(exif: bytes) -> bytes:
    """The block with Orientation 1, for pixels that a decoder has turned; every other byte as it was."""
    reader = Reader(io.BytesIO(exif))
    block = bytearray(exif)
    for entry in reader.directory(reader.first)[0]:
        code = INTEGERS.get(entry.type)
        if entry.tag == ORIENTATION and entry.count == 1 and code:
            struct.pack_into(reader.layout.order + code, block, entry.offset, 1)
    return bytes(block)


def says_adobe_rgb(exif: bytes) -> bool:
    """Whether a camera says that it wrote Adobe RGB, as many do instead of embedding a profile.

    Source: DCF 2.0, optional colour space: ColorSpace is "uncalibrated" and the interoperability index is R03.
    """
    try:
        reader = Reader(io.BytesIO(exif))
        entries, _ = reader.directory(reader.first)
    except IfdError:
        return False
    camera = _within(entries, EXIF_IFD)
    uncalibrated = any(e.tag == _COLOR_SPACE and e.numbers(reader.layout) == (_UNCALIBRATED,) for e in camera)
    index = [e.value for e in _within(camera, INTEROPERABILITY_IFD) if e.tag == _INTEROPERABILITY_INDEX]
    return uncalibrated and index == [b"R03\0"]


def _within(entries: tuple[Entry, ...], pointer: int) -> tuple[Entry, ...]:
    """The entries of the directory below one of `entries`."""
    return next((entry.value for entry in entries if entry.tag == pointer and isinstance(entry.value, tuple)), ())


def _without_thumbnail(exif: bytes, reader: Reader, following: int) -> bytes:
    block, layout, first = bytearray(exif), reader.layout, reader.first
    number = struct.unpack_from(layout.order + "H", block, first)[0]
    struct.pack_into(layout.order + "I", block, first + 2 + 12 * number, 0)
    try:
        entries, _ = reader.directory(following)
    except IfdError:  # a link to nowhere: there was no thumbnail to find
        return bytes(block)
    tags = {entry.tag: entry.numbers(layout) for entry in entries}
    for offsets, lengths in ((_JPEG_OFFSET, _JPEG_BYTES), (_STRIP_OFFSETS, _STRIP_BYTES)):
        for start, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False):
            end = min(start + length, len(block))
            if end == len(block):
                del block[start:]
            elif start < end:
                block[start:end] = bytes(end - start)
    return bytes(block)
