"""The markers of a JPEG file: its metadata segments, its frame, and where its last scan ends (ITU-T T.81, annex B)."""

import re
import struct
from dataclasses import dataclass

from lutbridge.errors import RefusedError
from lutbridge.image.formats.codec import Header, cut_short, damaged

APP0, APP1, APP2, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Inside a scan FF is followed by 00 (a data byte), by FF (fill) or by a restart marker; all else ends the scan.
_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# Allowed between two scans, or between the last one and the end: tables, DNL, comments, another scan.
_BETWEEN_SCANS = {0xC4, 0xDB, 0xDC, 0xDD, COM, _SOS, _EOI}
MOST_SEGMENT_BYTES = 65533


@dataclass(frozen=True)
class Stream:
    """A parsed JPEG file."""

    segments: tuple[tuple[int, bytes], ...]  # (marker, payload) of APPn and COM, in the file's order
    metadata: tuple[slice, ...]  # their places
    header: Header
    sampling: tuple[tuple[int, int], ...]  # (horizontal, vertical) factors of each component
    single_scan: bool  # one sequential scan holds everything
    scan: int  # offset of the first scan's data
    end: int  # offset of the end marker; what follows its two bytes is not part of the photo


def parse(data: bytes) -> Stream:
    """Parses a JPEG file.

    Raises:
        RefusedError: it is cut short, damaged, or of a coding that is not handled (12 bit, lossless, arithmetic).
    """
    segments, metadata, frame, scans, first_scan, position = [], [], None, [], 0, 2
    while True:
        start = position
        marker, position = _next_marker(data, position)
        if scans and marker not in _BETWEEN_SCANS:
            raise damaged("the data of something else begins inside the photo")
        if marker == _EOI:
            break
        payload, position = _payload(data, position)
        if marker in _FRAMES and frame is None:
            frame = (marker, *_frame(marker, payload))
        elif marker == COM or APP0 <= marker <= 0xEF:
            segments.append((marker, payload))
            metadata.append(slice(start, position))
        elif marker == _SOS:
            scans.append(payload)
            first_scan = first_scan or position
            end = _SCAN_END.search(data, position)
            if end is None:
                raise cut_short()
            position = end.start()
    if frame is None or not scans:
        raise damaged("there is no photo in it")
    marker, header, sampling, identifiers = frame
    _check_scans(scans, identifiers, marker == _PROGRESSIVE)
    single = len(scans) == 1 and marker != _PROGRESSIVE
    return Stream(tuple(segments), tuple(metadata), header, sampling, single, first_scan, position - 2)


def without_metadata(data: bytes, stream: Stream, segments: bytes, end: bytes) -> bytes:
    """The file with its APPn and COM segments replaced, and another end than its end marker."""
    starts = 2, *(segment.stop for segment in stream.metadata)
    stops = *(segment.start for segment in stream.metadata), stream.end
    content = memoryview(data)  # so that it is copied once
    kept = (content[start:stop] for start, stop in zip(starts, stops, strict=True))
    return b"".join((content[:2], segments, *kept, end))


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    if position + 2 > len(data):
        raise cut_short()
    if data[position] != 0xFF:
        raise damaged("a marker is missing")
    while position < len(data) and data[position] == 0xFF:  # any number of fill bytes
        position += 1
    if position == len(data):
        raise cut_short()
    return data[position], position + 1


def _payload(data: bytes, position: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[position : position + 2], "big")
    if position + max(length, 2) > len(data):
        raise cut_short()
    if length < 2:
        raise damaged("a segment without length")
    return data[position + 2 : position + length], position + length


def _check_scans(scans: list[bytes], identifiers: bytes, is_progressive: bool) -> None:
    """Refuses a photo that lacks scans: a component, or of a progressive one any coefficient to its last bit.

    libjpeg shows the rest: grey, blocks or a blur.
    """
    exact = {identifier: [False] * 64 for identifier in identifiers}  # coefficients, in zigzag order
    for scan in scans:
        count = scan[0] if scan else 0
        if len(scan) != 2 * count + 4 or not set(scan[1 : 2 * count : 2]) <= set(identifiers):
            raise damaged("a scan's header is impossible")
        first, last, precision = scan[-3:] if is_progressive else (0, 63, 0)
        for identifier in scan[1 : 2 * count : 2]:
            exact[identifier][first : last + 1] = [precision & 15 == 0] * (min(last, 63) + 1 - first)
    if not all(map(all, exact.values())):
        raise cut_short()


def _frame(marker: int, payload: bytes) -> tuple[Header, tuple[tuple[int, int], ...], bytes]:
    if len(payload) < 6 or len(payload) < 6 + 3 * payload[5]:
        raise damaged("its frame header is incomplete")
    bits, height, width, components = struct.unpack(">BHHB", payload[:6])
    if marker not in (_BASELINE, _EXTENDED, _PROGRESSIVE) or bits != 8:
        what = f"{bits}-bit" if bits != 8 else "arithmetic-coded" if marker > 0xC8 else "lossless"
        raise RefusedError(f"this is a JPEG of an uncommon kind ({what})", "export it as TIFF or an ordinary JPEG")
    sampling = tuple((payload[i + 1] >> 4, payload[i + 1] & 15) for i in range(6, 6 + 3 * components, 3))
    if not all(1 <= factor <= 4 for pair in sampling for factor in pair):
        raise damaged("its frame header is impossible")
    return Header(width, height, bits, components), sampling, payload[6 : 6 + 3 * components : 3]


def segment_bytes(marker: int, payload: bytes) -> bytes:
    """One segment as stored in a file; the payload has at most MOST_SEGMENT_BYTES."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
