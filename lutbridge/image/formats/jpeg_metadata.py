"""Metadata segments of a JPEG: blocks gathered from them on reading, and cut into them again on writing.

Sources: JFIF 1.02; EXIF 2.32, section 4.7; ICC.1:2010, annex B.4; Adobe XMP Specification part 3, section 1.1.3.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from itertools import accumulate

from lutbridge.image.formats.jpeg_stream import (
    APP0,
    APP1,
    APP2,
    APP13,
    APP14,
    MOST_SEGMENT_BYTES,
    segment_bytes,
)
from lutbridge.image.metadata import credentials, mark
from lutbridge.image.metadata.photoshop_resources import without_thumbnail

_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_JFIF, _JFIF_EXTENSION, _ADOBE = b"JFIF\0", b"JFXX\0", b"Adobe"
_PHOTOSHOP, _MULTI_PICTURE = b"Photoshop 3.0\0", b"MPF\0"
_GAIN_MAP = b"urn:iso:std:iso:ts:21496:-1\0"  # ISO 21496-1: says that one follows, or how to apply it
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_XPACKET = re.compile(rb"<\?xpacket[^<>]*\?>")
_XMP_ELSEWHERE = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="%b"/>%b</rdf:RDF></x:xmpmeta>'
    b'<?xpacket end="w"?>'
)
_JFIF_BYTES = 14  # without thumbnail
_TIFF_HEADERS = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Blocks:
    """The metadata of a JPEG; None: there is none."""

    exif: bytes | None
    xmp: bytes | None
    icc: bytes | None
    others: tuple[tuple[int, bytes], ...]  # every other segment that still holds for new pixels, in order
    multi_picture: bool = False  # an index of further pictures after the end (gain map, large preview)
    adobe: bool = False  # there is Adobe's segment, which by custom says that CMYK is stored inverted
    credentials: bool = False  # there were boxes that sign the old bytes, or hold more of the old pixels (JPEG XT)


def gather(segments: tuple[tuple[int, bytes], ...]) -> Blocks:
    """Sorts APPn and COM segments; joins split ones; leaves out thumbnails and picture indexes."""
    exif, xmp, icc, photoshop, others = [], [], [], [], []
    multi_picture = credentials_found = False
    for marker, payload in segments:
        if marker == APP1 and payload.startswith(_EXIF):
            part = payload[len(_EXIF) :]
            if not exif or not part.startswith(_TIFF_HEADERS):  # a second header is a second block: the first counts
                exif.append(part)
        elif marker == APP1 and payload.startswith(_XMP):
            xmp.append(payload[len(_XMP) :])
        elif marker == APP2 and payload.startswith(_ICC):
            icc.append(payload[len(_ICC) :])
        elif marker == APP2 and payload.startswith((_MULTI_PICTURE, _GAIN_MAP)):
            multi_picture = True
        elif marker == credentials.JPEG_MARKER and payload.startswith(credentials.JPEG_START):
            credentials_found = True
        elif marker == APP13 and payload.startswith(_PHOTOSHOP):
            photoshop.append(payload[len(_PHOTOSHOP) :])
        elif marker == APP0 and payload.startswith(_JFIF) and len(payload) >= _JFIF_BYTES:
            others.append((marker, payload[: _JFIF_BYTES - 2] + b"\0\0"))  # thumbnail of 0 × 0 pixels
        elif not (marker == APP0 and payload.startswith(_JFIF_EXTENSION)):  # that is a thumbnail too
            others.append((marker, payload))
    adobe = any(marker == APP14 and payload.startswith(_ADOBE) for marker, payload in others)
    others += photoshop_segments(without_thumbnail(b"".join(photoshop)))
    profile = b"".join(part[2:] for part in sorted(icc, key=lambda part: part[:1])) if icc else None
    whole_exif = b"".join(exif) if exif else None
    return Blocks(whole_exif, xmp[0] if xmp else None, profile, tuple(others), multi_picture, adobe, credentials_found)


def photoshop_segments(resources: bytes) -> list[tuple[int, bytes]]:
    """Segments that hold Photoshop image resources."""
    return [(APP13, _PHOTOSHOP + part) for part in _cut(resources, MOST_SEGMENT_BYTES - len(_PHOTOSHOP))]


def resources_in(segments: tuple[tuple[int, bytes], ...]) -> bytes:
    """The Photoshop image resources of gathered segments; b"" if there are none."""
    found = [payload for marker, payload in segments if marker == APP13 and payload.startswith(_PHOTOSHOP)]
    return b"".join(payload[len(_PHOTOSHOP) :] for payload in found)


def has_extended_xmp(segments: tuple[tuple[int, bytes], ...]) -> bool:
    """Whether a part of the XMP packet is in segments of its own."""
    return any(marker == APP1 and payload.startswith(_EXTENDED_XMP) for marker, payload in segments)


def segments_of(blocks: Blocks) -> bytes:
    """All metadata segments of a three-component YCbCr JPEG, in the order that readers expect."""
    jfif = [other for other in blocks.others if other[0] == APP0]
    rest = [_with_ycc_transform(*other) for other in blocks.others if other[0] != APP0]
    middle = []
    if blocks.exif:
        middle += [(APP1, _EXIF + part) for part in _cut(blocks.exif, MOST_SEGMENT_BYTES - len(_EXIF))]
    if blocks.xmp:
        middle += _xmp_segments(blocks.xmp)
    if blocks.icc:
        parts = _cut(blocks.icc, MOST_SEGMENT_BYTES - len(_ICC) - 2)
        middle += [(APP2, _ICC + bytes((i + 1, len(parts))) + part) for i, part in enumerate(parts)]
    return b"".join(segment_bytes(*segment) for segment in [*jfif, *middle, *rest])


def _xmp_segments(packet: bytes) -> list[tuple[int, bytes]]:
    """One segment; or, if the packet does not fit, one that names it and several that hold it."""
    if len(packet) <= MOST_SEGMENT_BYTES - len(_XMP):
        return [(APP1, _XMP + packet)]
    packet, our_mark = mark.split(packet)  # which is looked for in the first segment
    content = _XPACKET.sub(b"", packet).strip()
    name = hashlib.md5(content, usedforsecurity=False).hexdigest().upper().encode()
    head = _EXTENDED_XMP + name + struct.pack(">I", len(content))
    parts = _cut(content, MOST_SEGMENT_BYTES - len(head) - 4)
    starts = accumulate((len(part) for part in parts), initial=0)
    extension = [(APP1, head + struct.pack(">I", start) + part) for start, part in zip(starts, parts, strict=False)]
    return [(APP1, _XMP + _XMP_ELSEWHERE % (name, our_mark)), *extension]


def _cut(block: bytes, most: int) -> list[bytes]:
    return [block[start : start + most] for start in range(0, len(block), most)]


def _with_ycc_transform(marker: int, payload: bytes) -> tuple[int, bytes]:
    """Adobe's segment ends with the colour transform; the result's is always 1, YCbCr."""
    if marker == APP14 and payload.startswith(_ADOBE) and len(payload) >= 12:
        payload = payload[:11] + b"\1" + payload[12:]
    return marker, payload
