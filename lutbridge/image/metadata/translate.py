"""A photo's metadata, moved from one file format's container into another's.

EXIF, XMP, IPTC and the profile come along, and of a PNG's texts those that EXIF has a tag for; what only the old format
has a place for does not. A maker note that counts offsets from the start of a TIFF file keeps its bytes but not its
place.
"""

import io
import zlib
from dataclasses import replace

from lutbridge.image.formats import jpeg, jpeg_metadata, png, png_chunks, tiff_encode, tiff_tags, webp
from lutbridge.image.formats.jpeg_stream import APP0, COM
from lutbridge.image.metadata import ifd, png_texts
from lutbridge.image.metadata.photoshop_resources import iptc_of, with_iptc
from lutbridge.image.photo import Container, Format

_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"  # version 1.1, no density, no thumbnail
_RAW_PROFILE = b"Raw profile type iptc\0"  # as ImageMagick and exiftool keep IPTC in a PNG
_BARE_IPTC = b"\x1c"  # the first byte of its first record
_BYTE, _UNDEFINED = 1, 7  # TIFF types
_CLASSIC_TYPES = range(1, 14)  # those that are no 64-bit numbers
_DEFLATE = 8  # TIFF compression
_UNASSOCIATED = 2  # TIFF ExtraSamples


def in_format(container: Container, format_: Format) -> tuple[Container, list[str]]:
    """The container of a result in another format, and notices on what could not come along."""
    exif, resources, lost = _FROM[container.format](container)
    bare = replace(container, format=format_, exif=exif, native=None)
    moved, notices = _INTO[format_](bare, resources)
    notices = lost + notices
    if container.format == "jpeg" and jpeg_metadata.has_extended_xmp(container.native.segments):
        notices.append("the part of its XMP block that did not fit one JPEG segment is left out")
    return moved, notices


def _from_jpeg(container: Container) -> tuple[bytes | None, bytes, list[str]]:
    segments = container.native.segments
    lost = ["its comment is left out"] if any(marker == COM for marker, _ in segments) else []
    return container.exif, jpeg_metadata.resources_in(segments), lost


def _from_png(container: Container) -> tuple[bytes | None, bytes, list[str]]:
    chunks = container.native.chunks
    lost = png_texts.left_out(chunks, has_exif=container.exif is not None)
    return container.exif or png_texts.exif_of(chunks), _resources_in(chunks), lost


def _resources_in(chunks: tuple[png_chunks.Chunk, ...]) -> bytes:
    for chunk in chunks:
        kind, data = png_chunks.raw_profile_in(chunk) or ("", b"")
        if kind == "iptc":
            return with_iptc(b"", data) if data.startswith(_BARE_IPTC) else data
    return b""


def _from_blocks(container: Container) -> tuple[bytes | None, bytes, list[str]]:
    return container.exif, b"", []


def _from_tiff(container: Container) -> tuple[bytes | None, bytes, list[str]]:
    parts: tiff_encode.Parts = container.native
    resources = tiff_tags.block(parts.entries, tiff_tags.RESOURCES) or b""
    iptc = tiff_tags.block(parts.entries, tiff_tags.IPTC)
    if iptc and iptc_of(resources)[0] is None:
        resources = with_iptc(resources, iptc)
    entries = _classic([e for e in parts.entries if e.tag not in (tiff_tags.RESOURCES, tiff_tags.IPTC)])
    layout = ifd.Layout(parts.layout.order)
    start = len(layout.header) + layout.inline_bytes
    return layout.header + layout.pack("I", start) + ifd.ifd_bytes(layout, entries, start), resources, []


def _classic(entries: list[ifd.Entry] | tuple[ifd.Entry, ...]) -> tuple[ifd.Entry, ...]:
    """Without what only a BigTIFF can hold."""
    return tuple(
        replace(entry, value=_classic(entry.value)) if isinstance(entry.value, tuple) else entry
        for entry in entries
        if entry.type in _CLASSIC_TYPES or isinstance(entry.value, tuple)
    )


def _into_jpeg(container: Container, resources: bytes) -> tuple[Container, list[str]]:
    segments = ((APP0, _JFIF), *jpeg_metadata.photoshop_segments(resources))
    return replace(container, native=jpeg.Parts(segments, "444")), []


def _into_png(container: Container, resources: bytes) -> tuple[Container, list[str]]:
    chunks = ()
    if resources:
        data = _RAW_PROFILE + b"\0" + zlib.compress(_hexed(resources))
        chunks = (png_chunks.Chunk(b"zTXt", data, after_pixels=False),)
    return replace(container, native=png.Parts(chunks, b"ICC profile")), []


def _into_webp(container: Container, resources: bytes) -> tuple[Container, list[str]]:
    notices = ["its IPTC block is left out, because WebP has no place for it"] if resources else []
    return replace(container, native=webp.Parts(lossless=False, others=())), notices


def _into_tiff(container: Container, resources: bytes) -> tuple[Container, list[str]]:
    layout, entries, notices = ifd.Layout("<"), (), []
    if container.exif:
        try:
            reader = ifd.Reader(io.BytesIO(container.exif))
            layout, entries = reader.layout, tiff_tags.carried_over(reader.directory(reader.first)[0])
        except ifd.IfdError:
            notices.append("its EXIF block is damaged and is left out")
    iptc, resources = iptc_of(resources)  # in a TIFF it has a tag of its own, and readers look only there
    for tag, type_, block in ((tiff_tags.IPTC, _UNDEFINED, iptc), (tiff_tags.RESOURCES, _BYTE, resources)):
        entries += (ifd.Entry(tag, type_, len(block), block, 0),) if block else ()
    note = tiff_tags.maker_note(entries)
    parts = tiff_encode.Parts(layout, entries, note, _DEFLATE, _UNASSOCIATED, container.exif if note else b"")
    return replace(container, exif=None, native=parts), notices


_FROM = {"jpeg": _from_jpeg, "png": _from_png, "webp": _from_blocks, "tiff": _from_tiff}
_FROM |= dict.fromkeys(("raw", "heic", "avif"), _from_blocks)
_INTO = {"jpeg": _into_jpeg, "png": _into_png, "webp": _into_webp, "tiff": _into_tiff}


def _hexed(resources: bytes) -> bytes:
    digits = resources.hex().encode()
    lines = b"\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
    return b"\niptc\n%8d\n%b\n" % (len(resources), lines)
