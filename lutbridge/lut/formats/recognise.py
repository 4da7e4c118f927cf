"""Which format a LUT file is: by its first bytes, and by its suffix where those leave it open."""

import re

from lutbridge.errors import RefusedError

HEAD_BYTES = 4096  # what `recognise` wants to see
_AS_CUBE = "export it as .cube"
_OTHERS = (
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"\xff\xd8\xff", "a JPEG photo", "a HaldCLUT has to be a PNG"),
    (b"II*\0", "a TIFF picture", "a HaldCLUT has to be a PNG"),
    (b"MM\0*", "a TIFF picture", "a HaldCLUT has to be a PNG"),
    (b"%PDF", "a PDF document", ""),
)
_BY_TAG = (  # of XML; the first that is there
    (b"<ColorDecisionList", "cdl"),
    (b"<ColorCorrectionCollection", "ccc"),
    (b"<ColorCorrection", "cc"),
)
_LIKE_OTHERS = ("itx", "cub", "m3d", "mga", "lut", "spimtx")  # text that only the suffix tells from .cube and .3dl
_CUBE_KEYWORD = re.compile(rb"^[ \t]*(TITLE|LUT_[13]D_SIZE|LUT_[13]D_INPUT_RANGE|DOMAIN_M(IN|AX))\b", re.M | re.I)
_MESH = re.compile(rb"^[ \t]*(3DMESH|Mesh[ \t]+\d+[ \t]+\d+)[ \t\r]*$", re.M | re.I)
_ROW_OF_INTEGERS = re.compile(rb"\s*(#[^\n]*\n\s*)*\d+([ \t]+\d+){3,}[ \t\r]*(\n|$)")


def recognise(head: bytes, by_suffix: str | None) -> str:
    """The name of the format of a file that begins with `head`.

    Args:
        by_suffix: the format that the file's name says, or None.
    Raises:
        RefusedError: it is empty or something else; the message says what, if known.
    """
    if not head.strip(b"\0\r\n\t "):
        raise RefusedError("the file is empty", "copy it again")
    for mark, what, remedy in _OTHERS:
        if head.startswith(mark):
            raise RefusedError(f"this is {what}, not a LUT", remedy)
    return _by_content(head, by_suffix) or by_suffix or _unknown(head)


def _by_content(head, by_suffix):
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "hald"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:10].upper() == b"CSPLUTV100":
        return "csp"
    if text[:6].upper() == b"SPILUT":
        return "spi3d"
    if text[:10].lower() == b"#inventor ":
        return "vf"
    if text.startswith(b"<"):
        return _by_xml(text, by_suffix)
    if by_suffix in _LIKE_OTHERS:
        return by_suffix
    if re.match(rb"Version[ \t]+1\s+From[ \t]", text):
        return "spi1d"
    if _CUBE_KEYWORD.search(text):
        return "cube"
    return "3dl" if _MESH.search(text) or _ROW_OF_INTEGERS.match(text) else None


def _by_xml(text, by_suffix):
    if b"<ProcessList" in text:
        return "ctf" if b"version=" in text and b"compCLFversion" not in text and by_suffix == "ctf" else "clf"
    for tag, name in _BY_TAG:
        if tag in text:
            return name
    if b"ns.adobe.com/camera-raw-settings" in text or b"x:xmpmeta" in text or b"rdf:RDF" in text:
        return "xmp"
    if re.match(rb"<(!doctype\s+)?html", text, re.I):
        raise RefusedError("this is a web page, not a LUT", "download the file itself")
    return None


def _unknown(head):
    if all(byte >= 32 or byte in b"\t\n\r\f" for byte in head):
        raise RefusedError("this text is no LUT that lutbridge knows", _AS_CUBE)
    raise RefusedError("this is no LUT that lutbridge knows", _AS_CUBE)
