"""JPEG data inside a TIFF, checked before a decoder allocates what it claims (TIFF Technical Note 2)."""

from collections.abc import Iterable
from typing import BinaryIO

from lutbridge.image.formats import jpeg
from lutbridge.image.formats.codec import damaged
from lutbridge.image.formats.jpeg_stream import parse

_END_MARKER = b"\xff\xd9"


def check(file: BinaryIO, pieces: Iterable[tuple[int, int]], tables: bytes, width: int, height: int) -> None:
    """Refuses strips or tiles that are cut short or larger than their place.

    Args:
        pieces: (offset, length) of each.
        tables: their shared tables, from the tag JPEGTables, or b"".
        width, height: px, of the place that each of them fills.
    Raises:
        RefusedError: one of them is damaged.
    """
    if tables and not tables.endswith(_END_MARKER):
        raise damaged("its JPEG tables are cut short")
    for offset, length in pieces:
        file.seek(offset)
        data = file.read(length)
        if tables:
            data = tables.removesuffix(_END_MARKER) + data[2:]
        stream = parse(data)
        if stream.header.width > width or stream.header.height > height:
            size = f"{stream.header.width} × {stream.header.height}"
            raise damaged(f"a part of {width} × {height} pixels claims to hold {size}")
        jpeg.check_complete(data, stream)
