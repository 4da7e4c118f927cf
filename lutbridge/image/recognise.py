"""Which format a file is, by its first bytes; the extension is never asked."""

from lutbridge.errors import RefusedError
from lutbridge.image.photo import Kind

HEAD_BYTES = 512  # what `recognise` wants to see
_BRANDS_END = 64  # where a general HEIF file lists its content
_CONVERT = "export it as JPEG, PNG or TIFF"

_READABLE: tuple[tuple[int, bytes, Kind], ...] = (
    (8, b"CR\x02", "raw"),  # before TIFF, because Canon's begins like one
    (0, b"FUJIFILMCCD-RAW", "raw"),
    (0, b"IIRO", "raw"),  # Olympus
    (0, b"IIRS", "raw"),
    (0, b"IIU\0", "raw"),  # Panasonic, Leica
    (0, b"FOVb", "raw"),  # Sigma
    (0, b"\0MRM", "raw"),  # Minolta
    (6, b"HEAPCCDR", "raw"),  # Canon CRW
    (4, b"ftypcrx", "raw"),  # Canon CR3
    (4, b"ftypavif", "avif"),
    (4, b"ftyphe", "heic"),
    (4, b"ftypmif1", "heic"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"II+\0", "tiff"),
    (0, b"MM\0+", "tiff"),
    (8, b"WEBP", "webp"),
)
# (offset, bytes, what it is, what to do): checked before _READABLE
_KNOWN = (
    (4, b"ftypavis", "an AVIF sequence", _CONVERT),
    (4, b"ftyphevc", "a HEIF sequence", _CONVERT),
    (4, b"ftypmsf1", "a HEIF sequence", _CONVERT),
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


def recognise(head: bytes) -> Kind:
    """The format of a file that starts with `head` (its first HEAD_BYTES bytes, or all of a shorter file).

    Raises:
        RefusedError: it is empty, or of a kind that cannot be read; the message says which, if known.
    """
    if not head:
        raise RefusedError("the file is empty (0 bytes)", "copy it again from the card or the backup")
    for offset, mark, what, remedy in _KNOWN:
        if head[offset : offset + len(mark)] == mark:
            raise RefusedError(f"this is {what}, which lutbridge does not read", remedy)
    for offset, mark, name in _READABLE:
        if head[offset : offset + len(mark)] == mark:
            return "avif" if name == "heic" and b"avif" in head[:_BRANDS_END] else name
    if head[4:8] == b"ftyp":
        raise RefusedError("this is a video, which lutbridge does not read", "lutbridge retouches still photos")
    if not head.strip(b"\0"):
        raise RefusedError(
            "the file begins with nothing but zero bytes, as after a failed copy",
            "copy it again from the card or the backup",
        )
    what = "text" if _is_text(head) else "no picture that lutbridge knows"
    raise RefusedError(f"this is {what}, not a JPEG, PNG, TIFF or WebP photo")


def _is_text(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\n\r\f" for byte in head)
