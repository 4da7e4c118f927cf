"""The chunks of a PNG file (PNG specification, third edition, sections 5 and 11)."""

import os
import re
import struct
import zlib
from typing import BinaryIO, NamedTuple

from lutbridge.image.formats.codec import MAX_BLOCK_BYTES, Header, cut_short, damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
_DEPTHS = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8), RGB: (8, 16), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}
_DECODED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PIECE_BYTES = 1 << 20
RAW_PROFILE = "Raw profile type "
MOST_PROFILE_TEXT = 16 << 20  # bytes, unpacked: two digits for each byte of a block
_EXIF_PREFIX, _XMP_PREFIX = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"  # as in JPEG's APP1 segment
_XMP_KEYWORD = b"XML:com.adobe.xmp\0"


class Chunk(NamedTuple):
    """An ancillary chunk."""

    kind: bytes
    data: bytes
    after_pixels: bool  # after the last IDAT, or before the first


class Stream(NamedTuple):
    """A parsed PNG file; the pixels stay in the file."""

    header: Header
    colour_type: int
    interlaced: bool
    ancillary: tuple[Chunk, ...]
    pixel_bytes: int  # compressed, in all IDAT chunks
    needed: tuple[tuple[int, int], ...]  # (offset, bytes) of the runs of chunks that the decoder needs
    damaged_chunks: tuple[str, ...]  # kinds of ancillary chunks with a wrong checksum, which are left out


def parse(file: BinaryIO) -> Stream:
    """Walks a PNG file from signature to IEND and checks every chunk's checksum.

    libpng only remarks on the last ones, after it has all rows that it needs.

    Raises:
        RefusedError: it is cut short or damaged.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(len(SIGNATURE))
    header, ancillary, pixel_bytes, broken, needed = None, [], 0, [], _Runs()
    while True:
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        if file.tell() + length + 4 > size:
            raise cut_short()
        if (kind == b"IHDR") != (header is None):
            raise damaged("its header is not where it belongs")
        if kind in _DECODED:
            needed.add(file.tell() - 8, length + 12)
        if kind == b"IDAT":
            pixel_bytes += length
            if not _is_whole(file, kind, length):
                raise damaged("a part of the pixels has a wrong checksum")
            continue
        data, checksum = _exactly(file, length), _exactly(file, 4)
        whole = zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big") == checksum
        if kind == b"IHDR":
            header = _header(data, whole)
        elif kind == b"IEND":
            break
        elif not kind[0] & 32:
            pass  # critical (PLTE): the decoder's business
        elif whole and length <= MAX_BLOCK_BYTES:
            ancillary.append(Chunk(kind, data, pixel_bytes > 0))
        else:
            broken.append(kind.decode("latin-1"))
    return Stream(*header, tuple(ancillary), pixel_bytes, tuple(needed), tuple(broken))


class _Runs(list):
    """Stretches of a file, neighbours joined."""

    def add(self, offset: int, length: int) -> None:
        if self and sum(self[-1]) == offset:
            offset, before = self.pop()
            length += before
        self.append((offset, length))


def for_decoder(file: BinaryIO, stream: Stream) -> bytes:
    """The file less its metadata, so that the decoder neither trips over it nor comments on it."""
    runs = [SIGNATURE]
    for offset, length in stream.needed:
        file.seek(offset)
        runs.append(_exactly(file, length))
    return b"".join(runs)


def _is_whole(file: BinaryIO, kind: bytes, length: int) -> bool:
    checksum = zlib.crc32(kind)
    while length:
        data = _exactly(file, min(length, _PIECE_BYTES))
        checksum, length = zlib.crc32(data, checksum), length - len(data)
    return checksum.to_bytes(4, "big") == _exactly(file, 4)


def _header(data: bytes, whole: bool) -> tuple[Header, int, bool]:
    if not whole or len(data) != 13:
        raise damaged("its header has a wrong checksum")
    width, height, bits, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", data)
    if bits not in _DEPTHS.get(colour_type, ()):
        raise damaged(f"its header says colour type {colour_type} with {bits} bits")
    return Header(width, height, bits, _CHANNELS[colour_type]), colour_type, bool(interlace)


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise cut_short()
    return data


def chunk_bytes(kind: bytes, data: bytes) -> bytes:
    """One chunk as stored in a file."""
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")


def profile_in(data: bytes) -> tuple[bytes, bytes]:
    """(name, profile) of an iCCP chunk; the profile is b"" if it does not decompress."""
    name, _, rest = data.partition(b"\0")
    return name, inflate(rest[1:])


def profile_chunk(name: bytes, icc: bytes) -> bytes:
    """An iCCP chunk."""
    return chunk_bytes(b"iCCP", name + b"\0\0" + zlib.compress(icc))


def xmp_in(data: bytes) -> bytes | None:
    """The XMP packet in an iTXt chunk; None if that is another text, or cannot be read."""
    if not data.startswith(_XMP_KEYWORD) or len(data) < len(_XMP_KEYWORD) + 4:
        return None
    compressed = data[len(_XMP_KEYWORD)]
    text = data[len(_XMP_KEYWORD) + 2 :].split(b"\0", 2)[2:]  # after language tag and translated keyword
    if not text:
        return None
    return (inflate(text[0]) or None) if compressed else text[0]


def text_in(chunk: Chunk, most: int = MAX_BLOCK_BYTES) -> tuple[str, bytes] | None:
    """Keyword and text, in UTF-8, of a textual chunk; None if it is none, cannot be read, or unpacks to more."""
    keyword, _, rest = chunk.data.partition(b"\0")
    if chunk.kind == b"tEXt":
        text = rest.decode("latin-1").encode()
    elif chunk.kind == b"zTXt":
        text = inflate(rest[1:], most).decode("latin-1").encode()
    elif chunk.kind == b"iTXt":
        text = (rest[2:].split(b"\0", 2)[2:] or [b""])[0]  # after language tag and translated keyword
        text = inflate(text, most) if rest[:1] == b"\1" else text
    else:
        return None
    return (keyword.decode("latin-1"), text) if keyword and text else None


def raw_profile_in(chunk: Chunk) -> tuple[str, bytes] | None:
    """("exif", its block), ("xmp", its packet) or ("iptc", Photoshop's resources or bare IPTC) in a text.

    ImageMagick, exiftool and darktable wrote them so before PNG had a chunk for EXIF: what it is, the number of bytes,
    and their hexadecimal digits. None if the chunk is another text, or cannot be read.
    """
    if not chunk.data.startswith(RAW_PROFILE.encode()):  # asked first, as unpacking other texts would be for nothing
        return None
    found = text_in(chunk, MOST_PROFILE_TEXT)
    if found is None:
        return None
    kind = found[0].removeprefix(RAW_PROFILE).lower()
    parts = found[1].strip().split(b"\n", 2)
    try:
        data = bytes.fromhex(re.sub(rb"\s", b"", parts[2]).decode("ascii")) if len(parts) == 3 else b""
    except ValueError:
        return None
    if data.startswith(_XMP_PREFIX):
        kind, data = "xmp", data.removeprefix(_XMP_PREFIX)
    elif data.startswith(_EXIF_PREFIX) or kind == "app1":
        kind, data = "exif", data.removeprefix(_EXIF_PREFIX)
    kind = "iptc" if kind == "8bim" else kind
    return (kind, data) if data and kind in ("exif", "xmp", "iptc") else None


def xmp_chunk(packet: bytes) -> bytes:
    """An iTXt chunk that holds an XMP packet, uncompressed as the XMP specification (part 3, 1.1.5) asks."""
    return chunk_bytes(b"iTXt", _XMP_KEYWORD + b"\0\0\0\0" + packet)


def inflate(data: bytes, most: int = MAX_BLOCK_BYTES) -> bytes:
    """Decompressed zlib data; b"" for damaged data, and for a bomb: more than `most` bytes."""
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(data, max(1, most))
    except zlib.error:
        return b""
    return content if inflater.eof else b""
