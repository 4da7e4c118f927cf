"""Photoshop image resources ("8BIM" blocks), which hold IPTC and, next to it, a thumbnail of the old pixels.

Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

import struct
from collections.abc import Iterator

_THUMBNAILS = (1033, 1036)
_IPTC = 1028


def without_thumbnail(resources: bytes) -> bytes:
    """The same resources, byte for byte, without the thumbnails; data that does not parse is kept."""
    return _without(resources, _THUMBNAILS)


def iptc_of(resources: bytes) -> tuple[bytes | None, bytes]:
    """The IPTC block in the resources, None if there is none; and the other resources, byte for byte."""
    found = [resources[content] for number, _, content in _blocks(resources) if number == _IPTC]
    return (found[0] if found else None), _without(resources, (_IPTC,))


def with_iptc(resources: bytes, iptc: bytes) -> bytes:
    """The resources with one more, which holds an IPTC block."""
    return resources + b"8BIM" + struct.pack(">HHI", _IPTC, 0, len(iptc)) + iptc + bytes(len(iptc) % 2)


def _without(resources: bytes, numbers: tuple[int, ...]) -> bytes:
    kept, position = bytearray(), 0
    for number, whole, _ in _blocks(resources):
        kept += b"" if number in numbers else resources[whole]
        position = whole.stop
    return bytes(kept + resources[position:])


def _blocks(resources: bytes) -> Iterator[tuple[int, slice, slice]]:
    """(number, slice of the whole block, slice of its content), as far as they parse."""
    position = 0
    while position + 12 <= len(resources) and resources[position : position + 4] == b"8BIM":
        name_bytes = (resources[position + 6] + 2) & ~1  # a Pascal string padded to even
        start = position + 6 + name_bytes + 4
        if start > len(resources):
            return
        length = struct.unpack_from(">I", resources, start - 4)[0]
        number = struct.unpack_from(">H", resources, position + 4)[0]
        end = start + length + length % 2
        yield number, slice(position, end), slice(start, start + length)
        position = end
