"""Results in another format, depth or colour space than their photo's."""

from dataclasses import dataclass, replace
from pathlib import Path

from lutbridge.color import icc as icc_parts
from lutbridge.color.codes import to_16_bit
from lutbridge.color.gamut import SRGB, ColorSpace, space_of
from lutbridge.color.profile import is_grey, kind_of, name_of
from lutbridge.errors import RefusedError, UsageError, WriteError
from lutbridge.files import check_regular
from lutbridge.image.formats import EXTENSIONS
from lutbridge.image.formats.png import OF_ONE_COLOUR_SPACE, OF_ONE_COLOUR_TYPE
from lutbridge.image.formats.png import Parts as PngParts
from lutbridge.image.metadata.translate import in_format
from lutbridge.image.photo import GREY_AS_RGB, GREY_FORMATS, Container, Format, Kind, Photo
from lutbridge.image.recognise import HEAD_BYTES, recognise
from lutbridge.image.suffixes import AVIF_SUFFIXES, HEIF_SUFFIXES, RAW_SUFFIXES

_SUFFIXES = {"jpeg": (".jpg", ".jpeg", ".jpe"), "png": (".png",), "tiff": (".tif", ".tiff"), "webp": (".webp",)}
_READ_ONLY = RAW_SUFFIXES | HEIF_SUFFIXES | AVIF_SUFFIXES
_READ_ONLY_KINDS = ("raw", "heic", "avif")
_OF_8_BIT = ("jpeg", "webp")
_PROFILE_BYTES = 64 << 20


@dataclass(frozen=True)
class Target:
    """The wanted format of the results; None: as the photo."""

    format: Format | None = None
    bits: int | None = None  # per channel: 8 | 16
    quality: int | None = None  # 1 to 100, of JPEG and WebP
    icc: bytes | None = None  # profile of the result


def profile_for(choice: str) -> bytes | None:
    """The profile that `--icc keep|srgb|FILE` means; None for keep.

    Raises:
        UsageError: the file cannot be read, or is no profile that RGB photos can be written in.
    """
    if choice in ("keep", "srgb"):
        return icc_parts.srgb() if choice == "srgb" else None
    try:
        check_regular(Path(choice), "a photo")
        with open(choice, "rb") as file:
            icc = file.read(_PROFILE_BYTES)
    except (OSError, RefusedError) as error:
        fault = error.fault if isinstance(error, RefusedError) else error.strerror or error
        raise UsageError(f"{choice}: {fault}; --icc takes keep, srgb or a profile's file") from error
    if kind_of(icc) == "damaged" or is_grey(icc) or _space(icc) is None:
        raise UsageError(f"{choice}: this is no colour profile that RGB photos can be written in; choose another --icc")
    return icc


def name_for(source: Path, format_: Format | None) -> str:
    """The file name of a photo's result: its own; in another format, and of RAW, HEIC and AVIF, with that extension.

    What the photo is its first bytes say, as phones and web sites name HEIC, AVIF and RAW .jpg and the other way round;
    and its extension, where it cannot be read.
    """
    suffix = source.suffix.lower()
    if format_ is None:
        kind = _kind(source)
        if kind in _READ_ONLY_KINDS:
            format_ = "tiff"
        elif suffix in _READ_ONLY:
            format_ = kind or "tiff"
    if format_ is None or suffix in _SUFFIXES[format_]:
        return source.name
    return source.stem + EXTENSIONS[format_]


def _kind(source: Path) -> Kind | None:
    try:
        check_regular(source, "a photo")
        with source.open("rb") as file:
            return recognise(file.read(HEAD_BYTES))
    except (OSError, RefusedError):
        return None


def retarget(photo: Photo, target: Target) -> Photo:
    """The photo with the container of the wanted result; notices say what it cannot keep.

    Where the result's codes are finer than the photo's, or in another colour space, `pixels` become 16 bit: they are
    retouched so, and rounded once, when they are written.

    Raises:
        WriteError: the format does not support the request.
    """
    container, alpha, notices, pixels = photo.container, photo.alpha, list(photo.notices), photo.pixels
    source_bits = container.bits or photo.pixels.itemsize * 8
    if target.format not in (None, container.format):
        if container.icc is None and photo.color is not SRGB:  # known by an EXIF entry, which few readers ask
            container = replace(container, icc=icc_parts.adobe_rgb())
        container, left_out = in_format(container, target.format)
        notices += left_out
    if container.grey and (container.format not in GREY_FORMATS or target.icc is not None):
        container = replace(container, grey=False)
        notices.append(GREY_AS_RGB)
    bits = target.bits or (8 if container.format in _OF_8_BIT else source_bits)
    if bits > 8 and container.format in _OF_8_BIT:
        name = {"jpeg": "JPEG", "webp": "WebP"}[container.format]
        raise WriteError(
            photo.path, f"{name} holds 8 bits per channel", "choose --format tiff, --format png or --bits 8"
        )
    if alpha is not None and container.format == "jpeg":
        alpha = None
        notices.append("its transparency is left out, because JPEG has none")
    if target.icc is not None:
        container = _in_profile(container, photo.color, target.icc)
    if container.color is not None or bits > photo.pixels.itemsize * 8:
        pixels = to_16_bit(pixels)
    if bits != source_bits:
        container = _without(container, OF_ONE_COLOUR_TYPE)
    container = replace(container, bits=bits if bits != pixels.itemsize * 8 else None, quality=target.quality)
    return replace(photo, pixels=pixels, alpha=alpha, container=container, notices=tuple(notices))


def _in_profile(container: Container, color: ColorSpace, icc: bytes) -> Container:
    other = _space(icc)
    if other is color:
        return container if container.icc else replace(container, icc=icc)
    return _without(replace(container, icc=icc, color=other), OF_ONE_COLOUR_SPACE)


def _space(icc: bytes) -> ColorSpace | None:
    return SRGB if kind_of(icc) == "srgb" else space_of(icc, name_of(icc))


def _without(container: Container, kinds: set[bytes]) -> Container:
    """Less the PNG chunks that describe other codes than the result's."""
    if not isinstance(container.native, PngParts):
        return container
    kept = tuple(chunk for chunk in container.native.chunks if chunk.kind not in kinds)
    return replace(container, native=replace(container.native, chunks=kept))
