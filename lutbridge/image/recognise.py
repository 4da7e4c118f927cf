"""Which format a file is, by its first bytes; the extension is never asked."""

from lutbridge.image.formats.codec import RefusedError
from lutbridge.image.photo import Format

HEAD_BYTES = 512  # what `recognise` wants to see
_CONVERT = "export it as JPEG, PNG or TIFF"
_DEVELOP = "develop it in your RAW converter and export a TIFF"

_READABLE: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"II+\0", "tiff"),
    (0, b"MM\0+", "tiff"),
    (8, b"WEBP", "webp"),
)
# (offset, bytes, what it is, what to do): shown before _READABLE is asked, because Canon's RAW begins like a TIFF
_KNOWN = (
    (8, b"CR\x02", "a Canon RAW file (CR2)", _DEVELOP),
    (0, b"FUJIFILMCCD-RAW", "a Fujifilm RAW file", _DEVELOP),
    (0, b"IIRO", "an Olympus RAW file", _DEVELOP),
    (0, b"IIRS", "an Olympus RAW file", _DEVELOP),
    (0, b"IIU\0", "a Panasonic or Leica RAW file", _DEVELOP),
    (0, b"FOVb", "a Sigma RAW file", _DEVELOP),
    (0, b"\0MRM", "a Minolta RAW file", _DEVELOP),
    (6, b"HEAPCCDR", "a Canon RAW file (CRW)", _DEVELOP),
    (4, b"ftypcrx", "a Canon RAW file (CR3)", _DEVELOP),
    (4, b"ftypavif", "an AVIF photo", _CONVERT),
    (4, b"ftypavis", "an AVIF sequence", _CONVERT),
    (4, b"ftyphe", "a HEIC photo", _CONVERT),
    (4, b"ftypmif1", "a HEIF photo", _CONVERT),
    (4, b"ftypmsf1", "a HEIF sequence", _CONVERT),
    (4, b"ftyp", "a video", "lutbridge retouches still photos"),
    (0, b"\xff\x0a", "a JPEG XL picture", _CONVERT),
    (4, b"JXL \r\n\x87\n", "a JPEG XL picture", _CONVERT),
    (4, b"jP  \r\n\x87\n", "a JPEG 2000 picture", _CONVERT),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture", _CONVERT),
    (0, b"GIF8", "a GIF picture", _CONVERT),
    (0, b"BM", "a BMP picture", _CONVERT),
    (0, b"8BPS", "a Photoshop document", _CONVERT),
    (0, b"v/1\x01", "an OpenEXR picture", _CONVERT),
    (0, b"#?RADIANCE", "a Radiance HDR picture", _CONVERT),
    (0, b"%PDF", "a PDF document", _CONVERT),
    (0, b"PK\x03\x04", "a ZIP archive", "unpack it first"),
)


def recognise(head: bytes) -> Format:
    """The format of a file that starts with `head` (its first HEAD_BYTES bytes, or all of a shorter file).

    Raises:
        RefusedError: it is empty, or of no kind that can be read; says what it is where that is known.
    """
    if not head:
        raise RefusedError("the file is empty (0 bytes)", "copy it again from the card or the backup")
    for offset, mark, what, remedy in _KNOWN:
        if head[offset : offset + len(mark)] == mark:
            raise RefusedError(f"this is {what}, which lutbridge does not read", remedy)
    for offset, mark, name in _READABLE:
        if head[offset : offset + len(mark)] == mark:
            return name
    if not head.strip(b"\0"):
        raise RefusedError(
            "the file begins with nothing but zero bytes, as after a failed copy",
            "copy it again from the card or the backup",
        )
    what = "text" if _is_text(head) else "no picture that lutbridge knows"
    raise RefusedError(f"this is {what}, not a JPEG, PNG, TIFF or WebP photo")


def _is_text(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\n\r\f" for byte in head)
