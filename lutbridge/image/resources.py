"""Photoshop image resources ("8BIM" blocks), which hold IPTC and, next to it, a thumbnail of the old pixels.

Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

import struct

_THUMBNAILS = (1033, 1036)


def without_thumbnail(resources: bytes) -> bytes:
    """The same resources, byte for byte, less the thumbnails; what does not parse is kept as it is."""
    kept, position = bytearray(), 0
    while position + 12 <= len(resources) and resources[position : position + 4] == b"8BIM":
        name_bytes = (resources[position + 6] + 2) & ~1  # a Pascal string padded to even
        if position + 6 + name_bytes + 4 > len(resources):
            break
        length = struct.unpack_from(">I", resources, position + 6 + name_bytes)[0]
        end = position + 6 + name_bytes + 4 + length + length % 2
        if struct.unpack_from(">H", resources, position + 4)[0] not in _THUMBNAILS:
            kept += resources[position:end]
        position = end
    return bytes(kept + resources[position:])
