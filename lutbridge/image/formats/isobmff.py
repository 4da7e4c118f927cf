"""The boxes of HEIC, AVIF and CR3 files: whether all that they name is there (ISO/IEC 14496-12 and 23008-12).

If data is missing, libheif and libavif show the rest: green tiles, or a frame that ends in a smear.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from lutbridge.image.formats.codec import cut_short, damaged

_TOP_LEVEL = frozenset(b"ftyp meta mdat moov free skip wide uuid idat moof mfra sidx styp pdin".split())
_IN_FILE, _IN_IDAT = 0, 1  # construction methods of iloc; 2 builds an item out of others
_HEVC, _AV1 = (b"hvc1", b"hev1"), (b"av01",)
# An HEVC NAL unit never holds these (ITU-T H.265, 7.4.2: emulation prevention), so data that a copy left out shows.
_NEVER_IN_HEVC = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
_ZEROS_AT_END = 3  # of a NAL unit; more than writers pad with
# AV1's range coder ends in a bit of 1, and flat pictures of 9 megapixels hold no four zero bytes in a row.
_AV1_ZEROS_AT_END, _AV1_ZEROS_WITHIN = 8, bytes(64)
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


class Box(NamedTuple):
    kind: bytes
    start: int  # of its content
    end: int


class _Item(NamedTuple):
    kind: bytes
    extents: tuple[tuple[int, int], ...]  # start and end in the file


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes between two offsets; raises RefusedError for one that reaches past the end."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if length == 1 and start + 16 <= end:
            length, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        length = length or end - start  # 0: up to the end
        if length < head:
            raise damaged("a box of its container is shorter than its own header")
        if start + length > end:
            raise cut_short()
        yield Box(kind, start + head, start + length)
        start += length


def check_top_level(data: bytes) -> list[Box]:
    """The boxes of a file up to anything else, such as a maker's own trailer.

    Raises:
        RefusedError: one reaches past the end of the file.
    """
    found = []
    position = 0
    while position + 8 <= len(data) and data[position + 4 : position + 8] in _TOP_LEVEL:
        box = next(boxes(data, position))
        found.append(box)
        position = box.end
    return found


def check_pictures(data: bytes) -> None:
    """Refuses a HEIF or AVIF file with a part missing or filled with zeros.

    Raises:
        RefusedError: an item lies outside the file, or no encoder can have written its data.
    """
    meta = next((box for box in check_top_level(data) if box.kind == b"meta"), None)
    if meta is None:
        raise damaged("it does not say where its pictures are")
    try:
        inside = {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}
        length_bytes = _length_bytes(data, inside.get(b"iprp"))
        for item in _items(data, inside):
            content = b"".join(data[start:end] for start, end in item.extents)
            if item.kind in _HEVC:
                _check_hevc(content, length_bytes)
            elif item.kind in _AV1:
                _check_av1(content)
    except (struct.error, IndexError) as error:
        raise damaged("its header is incomplete") from error


def holds_credentials(data: bytes) -> bool:
    """Whether a C2PA manifest is in the file (C2PA 2.1, A.5: a uuid box)."""
    return any(box.kind == b"uuid" and data[box.start : box.start + 16] == _C2PA for box in check_top_level(data))


def _items(data: bytes, inside: dict[bytes, Box]) -> Iterator[_Item]:
    """The items of a meta box, each extent checked to lie in the file."""
    kinds = dict(_kinds(data, inside.get(b"iinf")))
    iloc, idat = inside.get(b"iloc"), inside.get(b"idat")
    if iloc is None:
        raise damaged("it does not say where its pictures are")
    for identifier, method, extents in _locations(data, iloc):
        if method not in (_IN_FILE, _IN_IDAT):
            continue
        if method == _IN_IDAT:
            if idat is None:
                raise damaged("it does not say where its pictures are")
            extents = [(start + idat.start, length) for start, length in extents]
        limit = idat.end if method == _IN_IDAT else len(data)
        if any(start + length > limit for start, length in extents):
            raise cut_short()
        whole = tuple((start, start + length if length else limit) for start, length in extents)
        yield _Item(kinds.get(identifier, b""), whole)


def _kinds(data: bytes, iinf: Box | None) -> Iterator[tuple[int, bytes]]:
    """(identifier, kind) of each item; entries older than version 2 have no kind and none of ours."""
    if iinf is None:
        return
    start = iinf.start + (6 if data[iinf.start] == 0 else 8)
    for entry in boxes(data, start, iinf.end):
        version = data[entry.start]
        if entry.kind == b"infe" and version >= 2:
            code = ">HH4s" if version == 2 else ">IH4s"
            identifier, _, kind = struct.unpack_from(code, data, entry.start + 4)
            yield identifier, kind


def _locations(data: bytes, iloc: Box) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """(identifier, construction method, [(offset, length)]) of each item that lies in this file."""
    version, sizes = data[iloc.start], struct.unpack_from(">H", data, iloc.start + 4)[0]
    offset_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version else 0
    position = iloc.start + 6

    def number(width: int) -> int:
        nonlocal position
        position += width
        if position > iloc.end:
            raise damaged("its header is incomplete")
        return int.from_bytes(data[position - width : position], "big")

    for _ in range(number(4 if version == 2 else 2)):
        identifier = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else _IN_FILE
        elsewhere, base, count = number(2), number(base_bytes), number(2)
        extents = []
        for _ in range(count):
            number(index_bytes)
            extents.append((base + number(offset_bytes), number(length_bytes)))
        if not elsewhere:
            yield identifier, method, extents


def _length_bytes(data: bytes, iprp: Box | None) -> int:
    """How wide the length before each NAL unit is, as the HEVC configuration says; 4 if there is none."""
    for ipco in boxes(data, iprp.start, iprp.end) if iprp else ():
        for box in boxes(data, ipco.start, ipco.end) if ipco.kind == b"ipco" else ():
            if box.kind == b"hvcC":
                return (data[box.start + 21] & 3) + 1
    return 4


def _check_hevc(content: bytes, length_bytes: int) -> None:
    position = 0
    while position < len(content):
        start = position + length_bytes
        position = start + int.from_bytes(content[position:start], "big")
        unit = content[start:position]
        if position > len(content) or len(unit) < 2 or unit[0] & 0x80:
            raise damaged("a part of the pixels is missing")
        bare = unit.rstrip(b"\0")
        if len(unit) - len(bare) > _ZEROS_AT_END or any(never in bare for never in _NEVER_IN_HEVC):
            raise damaged("a part of the pixels is missing")


def _check_av1(content: bytes) -> None:
    if content.endswith(bytes(_AV1_ZEROS_AT_END)) or _AV1_ZEROS_WITHIN in content:
        raise damaged("a part of the pixels is missing")
