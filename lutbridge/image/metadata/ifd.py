"""TIFF image file directories in TIFF files and EXIF blocks: read and written as raw bytes.

Values stay in the file's own byte order, so they are copied and never re-encoded.
Sources: TIFF 6.0, section 2; BigTIFF design (Aware Systems); EXIF 2.32, section 4.6.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD, MAKER_NOTE = 34665, 34853, 40965, 37500
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
_MOST_ENTRIES = 4096  # far more than writers use; limits the cost of a damaged count
_DEEPEST = 2  # IFD0, EXIF, interoperability


class IfdError(ValueError):
    """Not a directory, or one that points outside its file."""


@dataclass(frozen=True)
class Layout:
    """How numbers are in a file: byte order "<" or ">", and BigTIFF's 64-bit offsets or not."""

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
    offset: int  # of the value in the file it was read from

    def numbers(self, layout: Layout) -> tuple[int, ...]:
        """The value as unsigned integers; () for other types."""
        code = INTEGERS.get(self.type)
        if code is None or not self.value or isinstance(self.value, tuple):
            return ()
        return struct.unpack(f"{layout.order}{self.count}{code}", self.value)


class Reader:
    """Reads the directories of one file, TIFF or EXIF block.

    Entries of unknown type, or with values outside the file, are left out. Even for a hostile file, all directories
    together return no more bytes than the file has.

    Args:
        file: its TIFF header is at offset 0.
        unread: tags to skip; their values are b"".

    Raises:
        IfdError: it does not begin with a TIFF header.
    """

    def __init__(self, file: BinaryIO, unread: frozenset[int] = frozenset()):
        self._file, self._unread = file, unread
        self._size = self._budget = file.seek(0, os.SEEK_END)  # the values of a sound file do not overlap
        self._visited: set[int] = set()
        file.seek(0)
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        version = int.from_bytes(head[2:4], "little" if order == "<" else "big")
        if order is None or len(head) < (8 if version == 42 else 16) or version not in (42, 43):
            raise IfdError("no TIFF header")
        self.layout = Layout(order, big=version == 43)
        self.first = self._number(4 if version == 42 else 8, self.layout.offset_format)  # offset of a directory

    def directory(self, offset: int) -> tuple[tuple[Entry, ...], int]:
        """The directory at `offset`, and the EXIF, GPS and interoperability directories in it.

        Returns:
            The entries and the offset of the next directory (0: none).

        Raises:
            IfdError: there is no directory at `offset`.
        """
        return self._directory(offset, depth=0)

    def _directory(self, offset: int, depth: int) -> tuple[tuple[Entry, ...], int]:
        self._visited.add(offset)
        number = self._number(offset, "Q" if self.layout.big else "H")
        start, entry_bytes = self._file.tell(), 12 + 8 * self.layout.big
        if number > _MOST_ENTRIES or start + number * entry_bytes > self._size:
            raise IfdError(f"a directory that claims {number} entries")
        records = self._file.read(number * entry_bytes)
        entries = []
        for at in range(0, len(records), entry_bytes):
            entry = self._entry(records[at : at + entry_bytes], start + at)
            if entry is not None and entry.tag in _POINTERS:
                entry = self._followed(entry, depth)
            if entry is not None:
                entries.append(entry)
        try:
            following = self._number(start + len(records), self.layout.offset_format)
        except IfdError:  # some EXIF writers end the block before the link
            following = 0
        return tuple(entries), following

    def _entry(self, record: bytes, at: int) -> Entry | None:
        layout, inline = self.layout, self.layout.inline_bytes
        tag, type_, count = struct.unpack(layout.order + "HH" + layout.offset_format, record[: 4 + inline])
        length = count * TYPE_SIZES.get(type_, 0)
        offset = at + 4 + inline
        if length > inline:
            offset = struct.unpack(layout.order + layout.offset_format, record[-inline:])[0]
        if not length or offset + length > self._size:
            return None
        if tag in self._unread:
            return Entry(tag, type_, count, b"", offset)
        self._budget -= length
        if self._budget < 0:
            return None
        self._file.seek(offset)
        return Entry(tag, type_, count, self._file.read(length), offset)

    def _followed(self, entry: Entry, depth: int) -> Entry | None:
        target = entry.numbers(self.layout)
        if len(target) != 1 or target[0] in self._visited or depth == _DEEPEST:
            return None
        try:
            children, _ = self._directory(target[0], depth + 1)
        except IfdError:
            return None
        return Entry(entry.tag, entry.type, 1, children, target[0])

    def _number(self, offset: int, code: str) -> int:
        if offset > self._size:  # BigTIFF's offsets reach past what seek takes
            raise IfdError("a directory past the end of the file")
        self._file.seek(offset)
        data = self._file.read(struct.calcsize(code))
        if len(data) < struct.calcsize(code):
            raise IfdError("a directory past the end of the file")
        return struct.unpack(self.layout.order + code, data)[0]


def ifd_bytes(layout: Layout, entries: tuple[Entry, ...], offset: int, placed: frozenset[Entry] = frozenset()) -> bytes:
    """A directory, its values and the directories below it, laid out for `offset` (an even number).

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
