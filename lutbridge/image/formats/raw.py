"""Camera RAW files, developed by LibRaw (the extra `raw`) to 16 bit in sRGB.

The exposure is the camera's, never stretched to the picture's own range, so that the takes of a shoot stay alike. A DNG
that asks to be developed brighter is.
"""

import struct
from typing import BinaryIO

import numpy as np

from lutbridge import extras
from lutbridge.color import icc
from lutbridge.errors import RefusedError
from lutbridge.image.formats import jpeg_metadata, raw_extents, tiff_encode, tiff_tags
from lutbridge.image.formats.codec import Decoded, Header, UnknownCameraError, damaged, undecodable
from lutbridge.image.formats.jpeg_stream import parse
from lutbridge.image.metadata import credentials, ifd, maker_note
from lutbridge.image.metadata.exif import upright
from lutbridge.image.metadata.xmp import with_orientation
from lutbridge.image.photo import Container

_NOTICE = (
    "RAW photo, developed with the camera's white balance to a 16-bit TIFF in sRGB, where --format says nothing else"
)
_DEVELOP = "develop it in your RAW converter and export a TIFF"
_SRGB_GAMMA = (2.4, 12.92)  # power and slope of the straight part, as LibRaw wants them
_DEFLATE, _UNASSOCIATED = 8, 2
# How many stops brighter a DNG should be developed, and its profile's offset to that (DNG 1.7).
_BASELINE_EXPOSURE, _BASELINE_EXPOSURE_OFFSET = 50730, 51109
_STOPS = (-2.0, 3.0)  # that LibRaw can shift an exposure by
# The tags of a RAW file's first directory that hold for a developed photo: description, make, model, resolution,
# software, date, artist, copyright, and the EXIF and GPS directories.
_DESCRIPTIVE = {270, 271, 272, 282, 283, 296, 305, 306, 315, 33432, tiff_tags.IPTC, ifd.EXIF_IFD, ifd.GPS_IFD}
_FARTHEST_NOTE = 1 << 20  # a maker note keeps its place in the result up to here


def decode(file: BinaryIO) -> Decoded:
    """Develops a RAW file, upright, or raises RefusedError; see `codec.Codec`."""
    if not extras.has("raw"):
        raise RefusedError("this is a camera RAW file, and reading it needs an extra", extras.remedy("raw"))
    import rawpy

    raw_extents.check(file)
    file.seek(0)
    try:
        with rawpy.imread(file) as raw:
            Header(raw.sizes.width, raw.sizes.height, 16, 3).check()
            codes = raw.postprocess(
                output_bps=16,
                use_camera_wb=True,
                no_auto_bright=True,
                adjust_maximum_thr=0,  # white is the camera's white level, not the photo's brightest value
                exp_shift=2 ** _baseline_exposure(file),
                exp_preserve_highlights=1.0,  # what becomes brighter is rolled off below white, not cut
                gamma=_SRGB_GAMMA,
                output_color=rawpy.ColorSpace.sRGB,
            )
            exif = None if _is_tiff(file) else _exif_of_preview(raw)
    except rawpy.LibRawFileUnsupportedError as error:
        raise UnknownCameraError("this is a RAW file of a camera that LibRaw does not know", _DEVELOP) from error
    except rawpy.LibRawIOError as error:
        raise damaged("it ends before the photo is complete") from error
    except rawpy.LibRawError as error:
        raise undecodable() from error
    container, notices = _container(file, exif)
    return Decoded(np.ascontiguousarray(codes), container, (_NOTICE, *notices))


def _baseline_exposure(file: BinaryIO) -> float:
    """The stops by which the file asks to be developed brighter, negative for darker; 0 if it says nothing."""
    try:
        reader = ifd.Reader(file)
        entries, _ = reader.directory(reader.first)
    except ifd.IfdError:
        return 0.0
    stops = sum(
        _signed_rational(tiff_tags.block(entries, tag), reader.layout)
        for tag in (_BASELINE_EXPOSURE, _BASELINE_EXPOSURE_OFFSET)
    )
    return min(max(stops, _STOPS[0]), _STOPS[1])


def _signed_rational(value: bytes | None, layout: ifd.Layout) -> float:
    """One SRATIONAL; 0 if it is missing or no number."""
    if value is None or len(value) != 8:
        return 0.0
    numerator, denominator = struct.unpack(layout.order + "2i", value)
    return numerator / denominator if denominator else 0.0


def _container(file: BinaryIO, exif: bytes | None) -> tuple[Container, list[str]]:
    """The container of the result, and what of the file's does not come along."""
    if not _is_tiff(file):
        return Container("raw", icc=icc.srgb(), exif=exif), []
    reader = ifd.Reader(file)
    entries, _ = reader.directory(reader.first)
    kept = tuple(entry for entry in entries if entry.tag in _DESCRIPTIVE)
    note = tiff_tags.maker_note(kept)
    note = note if note and note.offset < _FARTHEST_NOTE else None
    layout = ifd.Layout(reader.layout.order)
    parts = tiff_encode.Parts(layout, kept, note, _DEFLATE, _UNASSOCIATED)
    notices = [maker_note.NOTICE] if note and maker_note.points_outside(note, reader.layout) else []
    xmp = tiff_tags.block(entries, tiff_tags.XMP)
    if xmp and any(entry.tag == credentials.TIFF_TAG for entry in entries):
        xmp = credentials.without_link(xmp)
        notices.append(credentials.NOTICE)
    return Container("tiff", icc=icc.srgb(), xmp=xmp and with_orientation(xmp, 1), native=parts), notices


def _is_tiff(file: BinaryIO) -> bool:
    """Whether the file is laid out as a TIFF, as most makers' are."""
    try:
        reader = ifd.Reader(file)
        reader.directory(reader.first)
    except ifd.IfdError:
        return False
    return True


def _exif_of_preview(raw) -> bytes | None:
    """The EXIF block of the JPEG that a RAW file carries, which has its own in other files."""
    import rawpy

    try:
        preview = raw.extract_thumb()
        exif = jpeg_metadata.gather(parse(bytes(preview.data)).segments).exif
        return exif and upright(exif)
    except (rawpy.LibRawError, RefusedError, TypeError, ifd.IfdError):
        return None
