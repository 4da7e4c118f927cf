"""TIFF image file directories, as TIFF files and EXIF blocks hold them: read and written as raw bytes.

Values stay in the file's own byte order, so what is carried over is copied and never re-encoded.
Sources: TIFF 6.0, section 2; BigTIFF design (Aware Systems); EXIF 2.32, section 4.6.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD, MAKER_NOTE = 34665, 34853, 40965, 37500
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
_MOST_ENTRIES = 4096  # writers stay far below; bounds what a damaged count can cost
_MOST_VALUE_BYTES = 256 << 20


class IfdError(ValueError):
    """Not a directory, or one that points outside its file."""


@dataclass(frozen=True)
class Layout:
    """How numbers stand in a file: byte order "<" or ">", and BigTIFF's 64-bit offsets or not."""

    order: str
    big: bool = False

    @property
    def offset_format(self) -> str:
        return "Q" if self.big else "I"

    @property
    def inline_bytes(self) -> int:
        return 8 if self.big else 4

    @property
    def header(self) -> bytes:
        """The file header up to the offset of the first directory, which comes next."""
        mark = b"II" if self.order == "<" else b"MM"
        return mark + (struct.pack(self.order + "HHH", 43, 8, 0) if self.big else struct.pack(self.order + "H", 42))

    def pack(self, code: str, *numbers: int) -> bytes:
        return struct.pack(f"{self.order}{len(numbers)}{code}", *numbers)


@dataclass(frozen=True)
class Entry:
    """One tag. `value` is its bytes, or the directory that it points to."""

    tag: int
    type: int
    count: int
    value: "bytes | tuple[Entry, ...]"
    offset: int  # where the value stood in the file it was read from

    def numbers(self, layout: Layout) -> tuple[int, ...]:
        """The value as unsigned integers; () for other types."""
        code = _INTEGERS.get(self.type)
        if code is None or isinstance(self.value, tuple):
            return ()
        return struct.unpack(f"{layout.order}{self.count}{code}", self.value)


def read_layout(file: BinaryIO) -> tuple[Layout, int]:
    """The layout of the TIFF structure that starts at offset 0, and the offset of its first directory."""
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise IfdError("no TIFF header")
    version = struct.unpack(order + "H", head[2:4])[0]
    if version == 42:
        return Layout(order), struct.unpack(order + "I", head[4:8])[0]
    if version == 43 and len(head) == 16:
        return Layout(order, big=True), struct.unpack(order + "Q", head[8:])[0]
    raise IfdError("no TIFF header")


def read_ifd(file: BinaryIO, layout: Layout, offset: int) -> tuple[tuple[Entry, ...], int]:
    """The directory at `offset` with the EXIF, GPS and interoperability directories below it.

    Returns its entries and the offset of the next directory (0: none). Entries of unknown type, and those whose
    values lie outside the file, are left out.
    """
    return _read(file, layout, offset, depth=0)


def _read(file: BinaryIO, layout: Layout, offset: int, depth: int) -> tuple[tuple[Entry, ...], int]:
    size = file.seek(0, os.SEEK_END)
    count_format, entry_bytes = ("Q", 20) if layout.big else ("H", 12)
    number = _read_number(file, layout, offset, count_format)
    if number > _MOST_ENTRIES:
        raise IfdError(f"a directory that claims {number} entries")
    records = file.read(number * entry_bytes)
    if len(records) < number * entry_bytes:
        raise IfdError("a directory past the end of the file")
    after = file.tell()
    entries = []
    for start in range(0, len(records), entry_bytes):
        entry = _read_entry(file, layout, records[start : start + entry_bytes], after - len(records) + start, size)
        if entry is not None and entry.tag in _POINTERS:
            entry = _follow(file, layout, entry, depth)
        if entry is not None:
            entries.append(entry)
    try:
        following = _read_number(file, layout, after, layout.offset_format)
    except IfdError:  # some EXIF writers end the block before the link
        following = 0
    return tuple(entries), following


def _read_entry(file: BinaryIO, layout: Layout, record: bytes, at: int, size: int) -> Entry | None:
    tag, type_, count = struct.unpack(layout.order + "HH" + layout.offset_format, record[: 4 + layout.inline_bytes])
    length = count * _TYPE_SIZES.get(type_, 0)
    offset = at + 4 + layout.inline_bytes
    if length > layout.inline_bytes:
        offset = struct.unpack(layout.order + layout.offset_format, record[-layout.inline_bytes :])[0]
    if not length or length > _MOST_VALUE_BYTES or offset + length > size:
        return None
    file.seek(offset)
    return Entry(tag, type_, count, file.read(length), offset)


def _follow(file: BinaryIO, layout: Layout, entry: Entry, depth: int) -> Entry | None:
    target = entry.numbers(layout)
    if len(target) != 1 or depth == 2:
        return None
    try:
        children, _ = _read(file, layout, target[0], depth + 1)
    except IfdError:
        return None
    return Entry(entry.tag, entry.type, 1, children, target[0])


def _read_number(file: BinaryIO, layout: Layout, offset: int, code: str) -> int:
    if offset > file.seek(0, os.SEEK_END):  # BigTIFF's offsets reach past what seek takes
        raise IfdError("a directory past the end of the file")
    file.seek(offset)
    data = file.read(struct.calcsize(code))
    if len(data) < struct.calcsize(code):
        raise IfdError("a directory past the end of the file")
    return struct.unpack(layout.order + code, data)[0]


def ifd_bytes(layout: Layout, entries: tuple[Entry, ...], offset: int, placed: frozenset[Entry] = frozenset()) -> bytes:
    """A directory, its values and the directories below it, laid out to stand at `offset` (an even number).

    The values of the `placed` entries are already in the file, where their `offset` says.
    """
    entries = tuple(sorted(entries, key=lambda entry: entry.tag))
    count_format, entry_bytes = ("Q", 20) if layout.big else ("H", 12)
    directory = bytearray(layout.pack(count_format, len(entries)))
    values = bytearray()
    values_at = offset + len(directory) + len(entries) * entry_bytes + layout.inline_bytes
    for entry in entries:
        type_, value = entry.type, entry.value
        position = values_at + len(values)
        if isinstance(value, tuple):
            type_ = 16 if layout.big else 4  # LONG8 or LONG: the width of an offset
            values += ifd_bytes(layout, value, position, placed)
            field = layout.pack(layout.offset_format, position)
        elif entry in placed:
            field = layout.pack(layout.offset_format, entry.offset)
        elif len(value) <= layout.inline_bytes:
            field = value.ljust(layout.inline_bytes, b"\0")
        else:
            values += value
            field = layout.pack(layout.offset_format, position)
        values += bytes(len(values) % 2)
        directory += layout.pack("H", entry.tag, type_) + layout.pack(layout.offset_format, entry.count) + field
    return bytes(directory + bytes(layout.inline_bytes) + values)
