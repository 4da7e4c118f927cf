"""PNG files: every colour type and depth in; grey or RGB, with alpha or without, of 8 or 16 bit out."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

import imagecodecs
import numpy as np

from lutbridge.color.icc import of_code_points
from lutbridge.errors import RefusedError
from lutbridge.image.formats import png_chunks
from lutbridge.image.formats.codec import Decoded, Header, check_expansion, interleaved, undecodable
from lutbridge.image.formats.png_chunks import PALETTE, RGB, RGB_ALPHA, Chunk, chunk_bytes, parse
from lutbridge.image.metadata import credentials
from lutbridge.image.metadata.exif import open_block
from lutbridge.image.metadata.ifd import IfdError
from lutbridge.image.photo import Container

_DEFLATE_BEST_RATIO = 1033  # zlib's documentation, "Maximum Compression Factor"
# Photos do not repeat themselves, so runs and Huffman codes are all that pays: on eight portraits 1 % more bytes than
# zlib's default level 6, in less than a third of its time.
_COMPRESSION = {"level": 1, "strategy": imagecodecs.PNG.STRATEGY.RLE}
_ENCODED_HEADER = 33  # signature and IHDR
_ENCODED_END = 12  # IEND
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")
_HDR = (
    "this PNG states by its cICP chunk that it is HDR, or of a colour space that photos do not use",
    "export it in sRGB, Display P3 or another space for photos",
)
# PNG calls a chunk unsafe to copy when it may depend on the pixels (a capital last letter); of those we know
# these do not, as long as the colour type stays.
OF_ONE_COLOUR_TYPE = {b"sBIT", b"bKGD"}
OF_ONE_COLOUR_SPACE = {b"gAMA", b"cHRM", b"sRGB", b"cICP"}
_KEPT_THOUGH_UNSAFE = {*OF_ONE_COLOUR_TYPE, *OF_ONE_COLOUR_SPACE, b"tIME"}


@dataclass(frozen=True)
class Parts:
    """What only the PNG writer needs."""

    chunks: tuple[Chunk, ...]  # ancillary chunks besides iCCP, eXIf and XMP
    profile_name: bytes  # as in the iCCP chunk


def decode(file: BinaryIO) -> Decoded:
    """Decodes a whole PNG or raises RefusedError; see `codec.Codec`."""
    stream = parse(file)
    header = stream.header
    header.check()
    raw = header.width * header.height * header.channels * header.bits // 8
    check_expansion(raw, stream.pixel_bytes, _DEFLATE_BEST_RATIO)
    notices = [f"a damaged {kind} chunk is left out" for kind in stream.damaged_chunks]
    container, more = _container(stream)
    try:
        codes = imagecodecs.png_decode(png_chunks.for_decoder(file, stream))
    except (imagecodecs.PngError, ValueError) as error:
        raise undecodable() from error
    if stream.colour_type == PALETTE:
        notices.append("palette picture, written as RGB")
    return Decoded(codes.reshape(*codes.shape[:2], -1), container, (*notices, *more))


def encode(file: BinaryIO, container: Container, codes: np.ndarray, alpha: np.ndarray | None) -> None:
    """See `codec.Codec`."""
    parts: Parts = container.native
    encoded = imagecodecs.png_encode(interleaved(codes, alpha), **_COMPRESSION)
    file.write(encoded[:_ENCODED_HEADER])
    if container.icc:
        file.write(png_chunks.profile_chunk(parts.profile_name, container.icc))
    _write_chunks(file, parts, after_pixels=False)
    if container.exif:
        file.write(chunk_bytes(b"eXIf", container.exif))
    if container.xmp:
        file.write(png_chunks.xmp_chunk(container.xmp))
    file.write(memoryview(encoded)[_ENCODED_HEADER:-_ENCODED_END])
    _write_chunks(file, parts, after_pixels=True)
    file.write(encoded[-_ENCODED_END:])


def read_header(file: BinaryIO) -> Header:
    """See `codec.Codec`."""
    return parse(file).header


def _write_chunks(file: BinaryIO, parts: Parts, after_pixels: bool) -> None:
    for chunk in parts.chunks:
        if chunk.after_pixels == after_pixels:
            file.write(chunk_bytes(chunk.kind, chunk.data))


def _container(stream: png_chunks.Stream) -> tuple[Container, list[str]]:
    icc = exif = xmp = None
    orientation, name, kept, notices = 1, b"ICC profile", [], []
    has_transparency = any(chunk.kind == b"tRNS" for chunk in stream.ancillary)
    same_colour_type = stream.colour_type in (RGB, RGB_ALPHA) and not has_transparency
    for chunk in stream.ancillary:
        if chunk.kind == b"iCCP":
            name, icc = png_chunks.profile_in(chunk.data)
        elif chunk.kind == b"eXIf":
            try:
                exif, orientation = open_block(chunk.data)
            except IfdError:
                exif = chunk.data
                notices.append("its EXIF block is damaged and is copied as it is")
        elif chunk.kind == b"iTXt" and (packet := png_chunks.xmp_in(chunk.data)):
            xmp = packet
        elif _survives(chunk.kind, same_colour_type):
            kept.append(chunk)
    for chunk in list(kept):
        profile = png_chunks.raw_profile_in(chunk)
        if profile and profile[0] == "exif" and exif is None:
            try:
                exif, orientation = open_block(profile[1])
            except IfdError:
                continue  # stays as the text it is
            kept.remove(chunk)
        elif profile and profile[0] == "xmp" and xmp is None:
            xmp = profile[1]
            kept.remove(chunk)
    kinds = {chunk.kind for chunk in stream.ancillary}
    if kinds.intersection(_ANIMATION):
        notices.append("animation, of which the first frame is taken")
    if credentials.PNG_CHUNK in kinds:
        notices.append(credentials.NOTICE)
        xmp = xmp and credentials.without_link(xmp)
    kept_data = {chunk.kind: chunk.data for chunk in kept}
    icc = _profile_of_cicp(kept_data[b"cICP"], icc) if b"cICP" in kept_data else icc
    notices += _check_gamma(kept_data, icc)
    return Container("png", orientation, icc, exif, xmp, Parts(tuple(kept), name)), notices


def _survives(kind: bytes, same_colour_type: bool) -> bool:
    if kind in OF_ONE_COLOUR_TYPE and not same_colour_type:
        return False
    safe_to_copy = bool(kind[3] & 32)
    return kind in _KEPT_THOUGH_UNSAFE or (safe_to_copy and kind not in _ANIMATION)


def _profile_of_cicp(data: bytes, icc: bytes | None) -> bytes | None:
    """The profile that a cICP chunk amounts to, which goes before the embedded one; raises RefusedError for HDR."""
    if data[:2] == b"\x01\x0d":  # BT.709 primaries, sRGB transfer (H.273)
        return icc
    profile = of_code_points(*data[:2]) if len(data) == 4 and data[2:] == b"\0\1" else None
    if profile is None:
        raise RefusedError(*_HDR)
    return profile


def _check_gamma(kept: dict[bytes, bytes], icc: bytes | None) -> list[str]:
    """A notice for a gAMA other than sRGB's if nothing overrules it."""
    gamma = kept.get(b"gAMA", b"")
    if icc or b"sRGB" in kept or b"cICP" in kept or len(gamma) != 4:
        return []
    encoding = struct.unpack(">I", gamma)[0] / 100_000
    return [] if abs(encoding - 1 / 2.2) < 0.01 else [f"its gamma chunk ({encoding:.3f}) is ignored: treated as sRGB"]
