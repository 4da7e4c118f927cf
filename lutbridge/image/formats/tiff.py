"""TIFF files: grey, RGB, CMYK, Lab, palette, integers or floats; every byte order and compression tifffile reads."""

import contextlib
import logging
import os
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import tifffile

from lutbridge.errors import RefusedError
from lutbridge.image.formats import tiff_jpeg
from lutbridge.image.formats import tiff_tags as tags
from lutbridge.image.formats.associated_alpha import divided
from lutbridge.image.formats.codec import (
    CameraRawError,
    Decoded,
    Header,
    check_expansion,
    cut_short,
    damaged,
    undecodable,
)
from lutbridge.image.formats.raw_extents import RAW_PHOTOMETRICS
from lutbridge.image.formats.tiff_encode import PREMULTIPLIED, WRITABLE, Parts, encode
from lutbridge.image.metadata import credentials, exif, ifd, maker_note
from lutbridge.image.photo import Container

__all__ = ["decode", "encode", "read_header"]

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # its remarks on odd tags are not for the terminal

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _INKS, _YCBCR, _CIE_LAB, _ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _INKS: 4, _CIE_LAB: 3, _ICC_LAB: 3}
_MEANINGS = {_INKS: "inks", _CIE_LAB: "lab", _ICC_LAB: "lab"}
_FEW_BITS = (1, 2, 4)  # grey and palette only
_PHOTOMETRICS = {4: "mask", 10: "ITU Lab", 32844: "LogLuv", 32845: "LogLuv"}
_CMYK = 1  # InkSet
_FLOAT = 3  # SampleFormat
_REDUCED = 1  # bit of NewSubfileType: a smaller version of another picture of the file
_UNCOMPRESSED, _DEFLATE, _JPEG = 1, 8, 7
# JPEG data states its own size, which is checked. So do JPEG 2000, JPEG XL, LERC and more, but no photo editor puts
# these into a TIFF, and their decoders allocate any claimed size, so they are not read.
_READABLE = {*WRITABLE, _JPEG}
# Most bytes from one: PackBits 128 from 2; LZW's longest strings; Deflate, see png.py. Others know no limit.
_BEST_RATIOS = {_UNCOMPRESSED: 1, 5: 3000, _DEFLATE: 1033, 32946: 1033, 32773: 64}
_MOST_DIRECTORIES = 1000
_UNREAD = frozenset([tags.LAYERS])  # hundreds of megabytes that are left out anyway
_BUFFER_BYTES = 16 << 20  # of compressed strips in flight; tifffile would take 256 MiB


@dataclass(frozen=True)
class _Directory:
    """The photo's directory, and the rest of the file around it."""

    layout: ifd.Layout
    index: int  # position in the chain
    entries: tuple[ifd.Entry, ...]
    full_size: int  # directories in the chain that are no thumbnails

    def number(self, tag: int, default: int = 0) -> int:
        return (*tags.numbers(self.entries, self.layout, tag), default)[0]


def decode(file: BinaryIO) -> Decoded:
    """Decodes a whole TIFF or raises RefusedError; see `codec.Codec`."""
    directory = _find_photo(file)
    header = _header(directory)
    header.check()
    _check_kind(directory, header)
    _check_extent(file, directory, header)
    if directory.number(tags.COMPRESSION) == _JPEG:
        _check_jpeg(file, directory, header)
    codes = _as_stated(_decode_pixels(file, directory, header), directory, header)
    entries, layout = directory.entries, directory.layout
    orientation = exif.orientation_of(entries, layout)
    compression = directory.number(tags.COMPRESSION, _UNCOMPRESSED)
    extra = tags.numbers(entries, layout, tags.EXTRA_SAMPLES)
    meaning = _MEANINGS.get(directory.number(tags.PHOTOMETRIC), "light")
    if extra[:1] == (PREMULTIPLIED,) and codes.shape[2] in (2, 4, 5):
        grey = 128.0 * 256 ** (codes.itemsize - 1)  # of a* and b*
        divided(codes, (0.0, grey, grey) if meaning == "lab" else None)
    parts = Parts(
        layout=layout,
        entries=tags.carried_over(entries),
        maker_note=tags.maker_note(entries),
        compression=compression if compression in WRITABLE else _DEFLATE,
        alpha_kind=extra[0] if extra else 0,
    )
    xmp = tags.block(entries, tags.XMP)
    if xmp and any(entry.tag == credentials.TIFF_TAG for entry in entries):
        xmp = credentials.without_link(xmp)
    container = Container("tiff", orientation, icc=tags.block(entries, tags.ICC), xmp=xmp, native=parts)
    return Decoded(codes, container, _notices(directory, compression), meaning)


def read_header(file: BinaryIO) -> Header:
    """See `codec.Codec`."""
    directory = _find_photo(file)
    header = _header(directory)
    _check_extent(file, directory, header)
    return header


def _find_photo(file: BinaryIO) -> _Directory:
    """The first directory of the chain that is no thumbnail; the first of all where each says it is one."""
    try:
        reader = ifd.Reader(file, _UNREAD)
        layout, offset, chain, seen = reader.layout, reader.first, [], set()
        while offset and offset not in seen and len(chain) < _MOST_DIRECTORIES:
            seen.add(offset)
            try:
                entries, following = reader.directory(offset)
            except ifd.IfdError:
                if not chain:
                    raise
                break  # the photo is there; a chain that leads nowhere after it costs nothing
            chain.append(_Directory(layout, len(chain), entries, 0))
            offset = following
    except ifd.IfdError as error:
        raise damaged(str(error)) from error
    if not chain:
        raise damaged("no directory")
    full_size = [found for found in chain if not found.number(tags.NEW_SUBFILE_TYPE) & _REDUCED]
    photo = full_size[0] if full_size else chain[0]
    if _is_raw(chain[0]) or _is_raw(photo) or _holds_raw(reader, chain[0]):
        raise CameraRawError
    return _Directory(layout, photo.index, photo.entries, len(full_size))


def _is_raw(directory: _Directory) -> bool:
    present = {entry.tag for entry in directory.entries}
    preview_first = tags.SUB_IFDS in present and bool(directory.number(tags.NEW_SUBFILE_TYPE) & _REDUCED)
    photometric = directory.number(tags.PHOTOMETRIC)
    return tags.DNG_VERSION in present or preview_first or photometric in RAW_PHOTOMETRICS


def _holds_raw(reader: ifd.Reader, directory: _Directory) -> bool:
    """Whether a directory below this one describes a sensor's data."""
    for offset in tags.numbers(directory.entries, directory.layout, tags.SUB_IFDS):
        with contextlib.suppress(ifd.IfdError):
            below, _ = reader.directory(offset)
            if tags.numbers(below, directory.layout, tags.PHOTOMETRIC, (0,))[0] in RAW_PHOTOMETRICS:
                return True
    return False


def _header(directory: _Directory) -> Header:
    bits = set(tags.numbers(directory.entries, directory.layout, tags.BITS, (1,)))
    if len(bits) != 1:
        raise RefusedError("this is a TIFF whose channels differ in depth", "export it with 8 or 16 bits per channel")
    width, height = directory.number(tags.WIDTH), directory.number(tags.HEIGHT)
    return Header(width, height, bits.pop(), directory.number(tags.SAMPLES, 1))


def _check_kind(directory: _Directory, header: Header) -> None:
    remedy = "convert it to RGB with 8 or 16 bits per channel first"
    compression = directory.number(tags.COMPRESSION, _UNCOMPRESSED)
    if compression not in _READABLE:
        names = {kind.value: kind.name.replace("_", " ") for kind in tifffile.COMPRESSION}
        how = names.get(compression, f"method {compression}")
        raise RefusedError(f"this is a TIFF compressed by {how}", "save it with LZW or ZIP compression, or none")
    photometric = directory.number(tags.PHOTOMETRIC, _BLACK_IS_ZERO)
    known = _PHOTOMETRICS.get(photometric)
    if known:
        raise RefusedError(f"this is a {known} TIFF", remedy)
    formats = set(tags.numbers(directory.entries, directory.layout, tags.SAMPLE_FORMAT, (1,)))
    light = photometric in (_BLACK_IS_ZERO, _RGB)
    floats = formats == {_FLOAT} and light and header.bits in (16, 32)
    if photometric == _CIE_LAB and formats == {1, 2}:  # a* and b* are signed, though most writers do not declare it
        formats = {1}
    if formats != {1} and not floats:
        kind = {2: "signed integer", 3: "floating-point"}.get(max(formats, default=0), "unusual")
        raise RefusedError(f"this is a {header.bits}-bit {kind} TIFF", remedy)
    most_bits = 8 if photometric == _PALETTE else 16
    few_bits = _COLOURS.get(photometric) == 1 and header.bits in _FEW_BITS
    integers = light and header.bits == 32
    if header.bits not in (8, most_bits) and not few_bits and not floats and not integers:
        raise RefusedError(f"this is a TIFF with {header.bits} bits per channel", remedy)
    jpeg_colours = compression == _JPEG and photometric == _YCBCR
    colours = 3 if jpeg_colours else _COLOURS.get(photometric)
    if colours is None or (photometric == _INKS and directory.number(tags.INK_SET, _CMYK) != _CMYK):
        raise RefusedError(f"this is a TIFF of an uncommon colour kind ({photometric})", remedy)
    if not colours <= header.channels <= colours + 1:
        raise RefusedError(
            f"this is a TIFF of {header.channels} channels; lutbridge handles {colours} and one alpha channel",
            "remove the further channels first",
        )


def _check_extent(file: BinaryIO, directory: _Directory, header: Header) -> None:
    """Refuses pixel data that lies outside the file, that is left out (sparse), or too little for the size claimed."""
    offsets, lengths = tags.pieces(directory.entries, directory.layout)
    if not offsets or len(offsets) != len(lengths):
        raise damaged("its directory does not say where the pixels are")
    if not all(offsets) or not all(lengths):
        raise damaged("parts of the photo were never written")
    size = file.seek(0, os.SEEK_END)
    if any(offset + length > size for offset, length in zip(offsets, lengths, strict=True)):
        raise cut_short()
    ratio = _BEST_RATIOS.get(directory.number(tags.COMPRESSION, _UNCOMPRESSED))
    if ratio:
        raw = header.width * header.height * header.channels * header.bits // 8
        check_expansion(raw, sum(lengths), ratio)


def _check_jpeg(file: BinaryIO, directory: _Directory, header: Header) -> None:
    """Refuses strips or tiles that do not fit their place; `_check_extent` has checked where they are."""
    width = directory.number(tags.TILE_WIDTH, header.width)
    height = directory.number(tags.TILE_HEIGHT, directory.number(tags.ROWS_PER_STRIP, header.height))
    tables = tags.block(directory.entries, tags.JPEG_TABLES) or b""
    tiff_jpeg.check(file, zip(*tags.pieces(directory.entries, directory.layout), strict=True), tables, width, height)


def _decode_pixels(file: BinaryIO, directory: _Directory, header: Header) -> np.ndarray:
    file.seek(0)
    try:
        with tifffile.TiffFile(file) as tiff:
            page = tiff.pages[directory.index]
            codes = page.asarray(buffersize=_BUFFER_BYTES)
            planar = page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and header.channels > 1
    except Exception as error:  # tifffile and its codecs raise any exception on damage
        raise undecodable() from error
    if planar:
        codes = np.moveaxis(codes, 0, -1)
    codes = codes.reshape(header.height, header.width, header.channels)
    if not codes.dtype.isnative:
        codes = codes.byteswap(inplace=True).view(codes.dtype.newbyteorder("="))
    return codes


def _as_stated(codes: np.ndarray, directory: _Directory, header: Header) -> np.ndarray:
    """Codes of 8 or 16 bit that grow with light, out of palette indices, fewer bits and inverted grey."""
    photometric = directory.number(tags.PHOTOMETRIC, _BLACK_IS_ZERO)
    if photometric == _PALETTE:
        entries = tags.numbers(directory.entries, directory.layout, tags.COLOUR_MAP)
        if len(entries) != 3 << header.bits:
            raise damaged("its palette is incomplete")
        palette = np.array(entries).reshape(3, -1).T >> 8  # some write 8-bit colours times 256, others times 257
        colours = palette.astype(np.uint8)[codes[..., 0].astype(np.uint8)]
        alpha = codes[..., 1:].astype(np.uint8) * np.uint8(255 // (2**header.bits - 1))
        return np.concatenate((colours, alpha), axis=2) if alpha.shape[2] else colours
    if header.bits in _FEW_BITS:
        codes = codes.astype(np.uint8) * np.uint8(255 // (2**header.bits - 1))
    if photometric == _WHITE_IS_ZERO:
        np.subtract(np.iinfo(codes.dtype).max, codes[..., 0], out=codes[..., 0])
    if photometric == _CIE_LAB:
        codes = codes.view(f"u{codes.itemsize}")
        codes[..., 1:3] ^= 1 << (header.bits - 1)  # signed to offset
    if photometric == _ICC_LAB and header.bits == 16:  # 100 is at 65280
        lightness = codes[..., 0]
        np.minimum(lightness, 65280, out=lightness)
        lightness += lightness // 256
    return codes


def _notices(directory: _Directory, compression: int) -> tuple[str, ...]:
    notices = []
    if directory.full_size > 1:
        notices.append(f"it holds {directory.full_size} pages, of which the first is taken")
    if any(entry.tag == tags.LAYERS for entry in directory.entries):
        notices.append("its Photoshop layers no longer fit the result and are left out")
    note = tags.maker_note(directory.entries)
    if note and maker_note.points_outside(note, directory.layout):
        notices.append(maker_note.NOTICE)
    if any(entry.tag == credentials.TIFF_TAG for entry in directory.entries):
        notices.append(credentials.NOTICE)
    if directory.number(tags.PHOTOMETRIC) == _PALETTE:
        notices.append("palette picture, written as RGB")
    if compression not in WRITABLE:
        notices.append("its compression is written as Deflate, which loses nothing")
    return tuple(notices)
