"""Photo files that the tests make: pixels with every code, and metadata with offsets that break when bytes move."""

import struct
import zlib
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms

from lutbridge.image.metadata.ifd import (
    EXIF_IFD,
    GPS_IFD,
    INTEROPERABILITY_IFD,
    MAKER_NOTE,
    Entry,
    Layout,
    Reader,
    ifd_bytes,
)

XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="w"?>'
IPTC = b"\x1c\x02\x78\x00\x07caption"
ARTIST = b"A. N. Artist of a name that is too long for the entry\0"
THUMBNAIL = b"\xff\xd8 the old pixels \xff\xd9"
OWNER = b"the owner, found by an offset from the start of the TIFF structure\0"


def ramp(dtype=np.uint8, shape=(96, 130, 3)) -> np.ndarray:
    """(H, W, C) codes of the whole range, no two rows or columns alike, so that a turn or a swap shows."""
    y, x, c = np.indices(shape)
    top = np.iinfo(dtype).max
    return ((y * 7919 + x * 104729 * (top > 255) + x * 3 + c * top // 3) % (top + 1)).astype(dtype)


def smooth(shape=(96, 130)) -> np.ndarray:
    """(H, W, 3) uint8 gradients, which JPEG keeps within a few codes."""
    y, x = np.indices(shape) / np.array(shape)[:, None, None]
    return np.rint(np.stack((x, y, (x + y) / 2), axis=-1) * 255).astype(np.uint8)


def lab_codes():
    """(96, 130, 3) uint8 as Pillow holds them: L*, and a* and b* as two's complement; most of it inside sRGB."""
    y, x = np.indices((96, 130)) / np.array((96, 130))[:, None, None]
    planes = (60 + 150 * y, 60 * (x - 0.5), 60 * (0.5 - y))
    return np.stack([np.rint(plane).astype(int) & 255 for plane in planes], axis=-1).astype(np.uint8)


@cache  # lcms writes the time of day into it
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def matrix_profile(colorants, curve: bytes) -> bytes:
    """A version 2 display profile: three (X, Y, Z) D50 colorants and one `curv` or `para` tag (ICC.1:2001-04)."""

    def xyz(triple):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in triple))

    tags = [(b"wtpt", xyz((0.9642, 1, 0.8249)))]
    tags += [(name, xyz(triple)) for name, triple in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, data = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    fields = 128 + len(table) + len(data), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp", 63190, 65536, 54061
    head = struct.pack(">I4xI4s4s4s12x4s28x3i", *fields)
    return head.ljust(128, b"\0") + table + data


def resources(iptc: bytes = IPTC, thumbnail: bytes = THUMBNAIL) -> bytes:
    """Photoshop image resources: IPTC, a thumbnail, and something unknown, in this order."""
    blocks = ((1028, iptc), (1036, thumbnail), (1999, b"odd"))
    return b"".join(
        b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + bytes(len(data) % 2) for number, data in blocks
    )


def maker_note(order: str, offset: int) -> bytes:
    """A Canon maker note (a bare directory) that stands at `offset`; its owner's name is found from the file's start.

    Tag 9 is Canon's OwnerName, as exiftool documents it.
    """
    values_at = offset + 2 + 12 + 4
    return struct.pack(order + "HHHIII", 1, 9, 2, len(OWNER), values_at, 0) + OWNER


def camera_entries(layout: Layout, orientation: int, note: Entry) -> tuple[Entry, ...]:
    """IFD0 entries as a camera writes them, with EXIF, GPS and interoperability directories."""
    short, ascii_ = layout.pack("H", orientation), 2
    interoperability = (Entry(1, ascii_, 4, b"R98\0", 0),)
    exif = (Entry(0x829A, 5, 1, layout.pack("I", 1, 200), 0), note)
    exif += (Entry(INTEROPERABILITY_IFD, 4, 1, interoperability, 0),)
    gps = (Entry(1, ascii_, 2, b"N\0", 0), Entry(2, 5, 3, layout.pack("I", 52, 1, 30, 1, 0, 1), 0))
    return (
        Entry(271, ascii_, 6, b"Canon\0", 0),
        Entry(274, 3, 1, short, 0),
        Entry(315, ascii_, len(ARTIST), ARTIST, 0),
        Entry(EXIF_IFD, 4, 1, exif, 0),
        Entry(GPS_IFD, 4, 1, gps, 0),
    )


def exif_block(orientation: int = 1, order: str = "<", thumbnail: bytes = THUMBNAIL) -> bytes:
    """An EXIF block: header, maker note, IFD0 with its directories, IFD1, thumbnail (in this order)."""
    layout = Layout(order)
    note = maker_note(order, 8)
    note += bytes(len(note) % 2)
    entry = Entry(MAKER_NOTE, 7, len(note), note, 8)
    first = 8 + len(note)
    ifd0 = bytearray(ifd_bytes(layout, camera_entries(layout, orientation, entry), first, frozenset([entry])))
    second = first + len(ifd0)
    link = 2 + 12 * struct.unpack_from(order + "H", ifd0)[0]
    struct.pack_into(order + "I", ifd0, link, second)
    pictured_at = second + 2 + 2 * 12 + 4
    pointers = ((513, pictured_at), (514, len(thumbnail)))
    ifd1 = ifd_bytes(layout, tuple(Entry(tag, 4, 1, layout.pack("I", number), 0) for tag, number in pointers), second)
    return layout.header + layout.pack("I", first) + note + bytes(ifd0) + ifd1 + thumbnail


def write_jpeg(path: Path, pixels: np.ndarray, segments: tuple[tuple[int, bytes], ...] = (), **options) -> Path:
    """A JPEG by Pillow with APPn segments put in front of its own."""
    Image.fromarray(pixels).save(path, "JPEG", **{"quality": 90, "subsampling": 0, **options})
    data = path.read_bytes()
    inserted = b"".join(struct.pack(">BBH", 255, marker, len(payload) + 2) + payload for marker, payload in segments)
    path.write_bytes(data[:2] + inserted + data[2:])
    return path


def rich_jpeg(path: Path, orientation: int = 1, **options) -> Path:
    """A JPEG with every kind of metadata."""
    profile = b"ICC_PROFILE\0\1\1" + srgb_profile()
    segments = (
        (0xE1, b"Exif\0\0" + exif_block(orientation)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        (0xE2, profile),
        (0xED, b"Photoshop 3.0\0" + resources()),
        (0xFE, b"a comment"),
    )
    return write_jpeg(path, smooth(), segments, dpi=(300, 300), **options)


def write_png(path: Path, pixels: np.ndarray, *chunks: tuple[bytes, bytes]) -> Path:
    """A PNG by libpng with chunks put after its header."""
    encoded = imagecodecs.png_encode(pixels)
    path.write_bytes(encoded[:33] + b"".join(chunk(*one) for one in chunks) + encoded[33:])
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rich_png(path: Path, pixels: np.ndarray, orientation: int = 1) -> Path:
    """A PNG with every kind of metadata."""
    return write_png(
        path,
        pixels,
        (b"iCCP", b"my sRGB\0\0" + zlib.compress(srgb_profile())),
        (b"pHYs", struct.pack(">IIB", 11811, 11811, 1)),
        (b"eXIf", exif_block(orientation)),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        (b"tEXt", b"Author\0somebody"),
        (b"tIME", bytes((7, 230, 1, 2, 3, 4, 5))),
    )


def write_webp(path: Path, pixels: np.ndarray, **options) -> Path:
    """A WebP by Pillow, RGB or RGBA."""
    Image.fromarray(pixels).save(path, "WEBP", **{"lossless": True, "exact": True, **options})
    return path


def rich_webp(path: Path, pixels: np.ndarray, orientation: int = 1, **options) -> Path:
    """A WebP with every kind of metadata."""
    return write_webp(path, pixels, icc_profile=srgb_profile(), exif=exif_block(orientation), xmp=XMP, **options)


def write_tiff(path: Path, pixels: np.ndarray, byteorder: str = "<", bigtiff: bool = False, **options) -> Path:
    """A TIFF by tifffile."""
    with tifffile.TiffWriter(path, byteorder=byteorder, bigtiff=bigtiff) as tiff:
        tiff.write(pixels, **{"photometric": "rgb", "metadata": None, **options})
    return path


def rich_tiff(path: Path, pixels: np.ndarray, orientation: int = 1, byteorder: str = "<", **options) -> Path:
    """A TIFF with every kind of metadata; its maker note stands behind the pixels."""
    tags = [(274, 3, 1, orientation, True), (700, 1, len(XMP), XMP, True), (33723, 7, len(IPTC), IPTC, True)]
    tags += [(34377, 7, len(resources()), resources(), True)]
    options |= {"iccprofile": srgb_profile(), "extratags": tags, "resolution": (300, 300), "resolutionunit": 2}
    write_tiff(path, pixels, byteorder, **options)
    return append_camera_entries(path, byteorder, orientation)


def append_camera_entries(path: Path, order: str, orientation: int) -> Path:
    """Gives a classic TIFF a second IFD0 at its end, with what `camera_entries` adds."""
    with open(path, "r+b") as file:
        reader = Reader(file)
        layout, (entries, _) = reader.layout, reader.directory(reader.first)
        offset = file.seek(0, 2)
        offset += offset % 2
        note = maker_note(order, offset)
        entry = Entry(MAKER_NOTE, 7, len(note), note, offset)
        file.seek(offset)
        file.write(note + bytes(len(note) % 2))
        start = file.tell()
        added = camera_entries(layout, orientation, entry)
        known = {one.tag for one in added}
        kept = tuple(one for one in entries if one.tag not in known)
        file.write(ifd_bytes(layout, (*kept, *added), start, frozenset([entry])))
        file.seek(4)
        file.write(layout.pack("I", start))
    return path
