"""A photo file's EXIF and XMP, without its pixels: a few reads, for photos of any size.

Sources: as for the formats' own modules in `formats`; for RAW files, what exiftool's documentation says of RAF and CR3.
"""

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import AvifImagePlugin

from lutbridge import extras
from lutbridge.errors import ReadError, RefusedError
from lutbridge.files import check_regular
from lutbridge.image.formats import jpeg_metadata, png_chunks, tiff_tags
from lutbridge.image.formats.codec import MAX_BLOCK_BYTES
from lutbridge.image.metadata.ifd import EXIF_IFD, MAKER_NOTE, Entry, IfdError, Layout, Reader
from lutbridge.image.photo import Kind
from lutbridge.image.recognise import HEAD_BYTES, recognise

_JPEG_PREFIX = b"Exif\0\0"
_JPEG_ENDS = (0xD9, 0xDA)  # end of image, start of scan
_RAW_HEAD_BYTES = 4 << 20  # makers put the directories before the sensor's data
_FUJIFILM, _FUJIFILM_PREVIEW = b"FUJIFILMCCD-RAW", 84  # the offset of the JPEG that holds the EXIF block
_DECODER_ERRORS = (ValueError, OSError, SyntaxError, EOFError, RuntimeError)
_UNREAD = frozenset([tiff_tags.LAYERS, tiff_tags.RESOURCES, tiff_tags.ICC, tiff_tags.IPTC, MAKER_NOTE])


@dataclass(frozen=True)
class Metadata:
    """What a file says about its photo.

    Attributes:
        layout: how numbers are in the entries.
        main: the tags of the first directory (make, model …).
        camera: the tags of the EXIF directory (exposure, time …).
        xmp: the packet, or None.
    """

    layout: Layout
    main: tuple[Entry, ...] = ()
    camera: tuple[Entry, ...] = ()
    xmp: bytes | None = None


def read_metadata(path: str | Path) -> Metadata:
    """Reads the metadata of a JPEG, PNG, TIFF or WebP file; damaged blocks count as missing.

    Raises:
        ReadError: there is no such file, it cannot be read, or it is of no kind that `image.read` reads.
    """
    try:
        check_regular(Path(path), "a photo")
        with open(path, "rb") as file:
            kind = recognise(file.read(HEAD_BYTES))
            file.seek(0)
            return _read(file, kind)
    except RefusedError as refused:
        raise ReadError(path, refused.fault, refused.remedy) from refused
    except OSError as error:
        raise ReadError(path, f"it cannot be read ({error.strerror or error})") from error


def _read(file: BinaryIO, kind: Kind) -> Metadata:
    if kind == "tiff":
        return _directories(file)
    if kind == "raw":
        return _of_raw(file)
    exif, xmp = {"jpeg": _of_jpeg, "png": _of_png, "webp": _of_webp, "heic": _of_heic, "avif": _of_avif}[kind](file)
    return _directories(io.BytesIO((exif or b"").removeprefix(_JPEG_PREFIX)), xmp)


def _directories(file: BinaryIO, xmp: bytes | None = None) -> Metadata:
    try:
        reader = Reader(file, _UNREAD)
        main, _ = reader.directory(reader.first)
    except IfdError:
        return Metadata(Layout("<"), xmp=xmp)
    camera = next((entry.value for entry in main if entry.tag == EXIF_IFD and isinstance(entry.value, tuple)), ())
    return Metadata(reader.layout, main, camera, xmp or tiff_tags.block(main, tiff_tags.XMP))


def _of_jpeg(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    blocks = jpeg_metadata.gather(tuple(_segments(file)))
    return blocks.exif, blocks.xmp


def _segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(marker, payload) of the segments before the first scan; ends at the first that makes no sense."""
    file.seek(2)
    while len(mark := file.read(2)) == 2 and mark[0] == 0xFF:
        if mark[1] == 0xFF:  # a fill byte
            file.seek(-1, os.SEEK_CUR)
            continue
        length = file.read(2)
        if mark[1] in _JPEG_ENDS or len(length) < 2 or int.from_bytes(length, "big") < 2:
            return
        yield mark[1], file.read(int.from_bytes(length, "big") - 2)


def _of_png(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    exif = xmp = None
    file.seek(len(png_chunks.SIGNATURE))
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in (b"eXIf", b"iTXt", b"zTXt", b"tEXt") and length <= MAX_BLOCK_BYTES:
            data = file.read(length)
            exif = data if kind == b"eXIf" else exif
            xmp = (png_chunks.xmp_in(data) or xmp) if kind == b"iTXt" else xmp
            of_text, content = png_chunks.raw_profile_in(png_chunks.Chunk(kind, data, False)) or ("", None)
            exif = content if of_text == "exif" and exif is None else exif
            xmp = content if of_text == "xmp" and xmp is None else xmp
        else:
            file.seek(length, os.SEEK_CUR)
        file.seek(4, os.SEEK_CUR)  # checksum
    return exif, xmp


def _of_webp(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    found: dict[bytes, bytes] = {}
    file.seek(12)
    while len(head := file.read(8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        if kind in (b"EXIF", b"XMP ") and length <= MAX_BLOCK_BYTES:
            found[kind] = file.read(length)
        else:
            file.seek(length, os.SEEK_CUR)
        file.seek(length % 2, os.SEEK_CUR)
    return found.get(b"EXIF"), found.get(b"XMP ")


def _of_heic(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    if not extras.has("heif"):
        return None, None
    import pillow_heif

    try:
        info = pillow_heif.open_heif(file).info  # pixels are decoded when they are asked for
    except _DECODER_ERRORS:
        return None, None
    return info.get("exif"), info.get("xmp")


def _of_avif(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    try:
        with AvifImagePlugin.AvifImageFile(file) as image:  # pixels are decoded when they are asked for
            return image.info.get("exif"), image.info.get("xmp")
    except _DECODER_ERRORS:
        return None, None


def _of_raw(file: BinaryIO) -> Metadata:
    """Most makers' files are TIFFs, some with a mark of their own; Fujifilm and Canon (CR3) put EXIF elsewhere."""
    head = file.read(_RAW_HEAD_BYTES)
    if head.startswith(_FUJIFILM):
        preview = head[int.from_bytes(head[_FUJIFILM_PREVIEW : _FUJIFILM_PREVIEW + 4], "big") :]
        return _directories(io.BytesIO(_of_jpeg(io.BytesIO(preview))[0] or b""))
    if head[4:8] == b"ftyp":
        main, camera = (_directories(io.BytesIO(_box(head, name))) for name in (b"CMT1", b"CMT2"))
        return Metadata(main.layout, main.main, camera.main)
    order = {b"II": b"II*\0", b"MM": b"MM\0*"}.get(head[:2], b"")
    return _directories(io.BytesIO(order + head[4:]))


def _box(data: bytes, name: bytes) -> bytes:
    """The content of the first box of that name, anywhere in the file; b"" if there is none."""
    at = data.find(name)
    return data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")] if at >= 4 else b""
