"""What an XMP packet says of pictures and clips that stand beside the photo in its file.

Sources: Ultra HDR image format 1.1 (hdrgm, Container); Google's dynamic depth and motion photo formats 1.0 (GCamera,
Item); Apple's HDRGainMap. The prefixes are the ones that their specifications fix.
"""

import re

_NAMES = rb"(?:hdrgm|HDRGainMap|apdi|GDepth|GImage):\w+|GCamera:(?:MotionPhoto|MicroVideo)\w*|G?Container:Directory"
_ATTRIBUTE = re.compile(rb"\s+(?:" + _NAMES + rb")\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ELEMENT = re.compile(rb"<(" + _NAMES + rb")(?=[\s/>])[^>]*?(?:/>|>.*?</\1\s*>)\s*", re.DOTALL)


_ORIENTATION = re.compile(rb"(tiff:Orientation\s*=\s*[\"']|<tiff:Orientation[^>]*>\s*)[^\"'<]*")


def with_orientation(packet: bytes, orientation: int) -> bytes:
    """The packet with this Orientation where it states one, as EXIF does beside it; other bytes as they were."""
    return _ORIENTATION.sub(rb"\g<1>%d" % orientation, packet)


def without_companions(packet: bytes) -> bytes:
    """The packet without what points to a gain map, a depth map or a clip; other properties byte for byte.

    A reader would otherwise take the retouched photo for one that has them.
    """
    return _ATTRIBUTE.sub(b"", _ELEMENT.sub(b"", packet))
