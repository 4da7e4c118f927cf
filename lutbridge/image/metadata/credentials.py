"""Content Credentials: C2PA manifests, signed for the very bytes that they are in (C2PA 2.1, A.3).

Beside other pixels a verifier calls them tampered with, so they are left out, and said to be. So is the link to a
manifest kept elsewhere, which XMP states as dcterms:provenance.
"""

from lutbridge.image.metadata.xmp import without

NOTICE = "its Content Credentials (C2PA) hold for the original's pixels only and are left out"
JPEG_MARKER, JPEG_START = 0xEB, b"JP"  # APP11 with JUMBF boxes
PNG_CHUNK, WEBP_CHUNK, TIFF_TAG = b"caBX", b"C2PA", 52545
_LINK = rb"dcterms:provenance"


def without_link(packet: bytes) -> bytes:
    """An XMP packet without the link to a manifest; other properties byte for byte."""
    return without(packet, _LINK)
