"""What an XMP packet says about other pictures and clips in the photo's file.

Sources: Ultra HDR image format 1.1 (hdrgm, Container); Google's dynamic depth and motion photo formats 1.0 (GCamera,
Item); Apple's HDRGainMap. The prefixes are the ones that their specifications fix.
"""

import re
from bisect import bisect_left
from collections import defaultdict

_COMPANIONS = (
    rb"(?:hdrgm|HDRGainMap|apdi|GDepth|GImage):\w+|GCamera:(?:MotionPhoto|MicroVideo)\w*|G?Container:Directory"
)
_ORIENTATION = re.compile(rb"(tiff:Orientation\s*=\s*[\"']|<tiff:Orientation[^<>]*>\s*)[^\"'<]*")
_BLANKS = re.compile(rb"\s*")


def with_orientation(packet: bytes, orientation: int) -> bytes:
    """The packet with this Orientation, if it states one, to agree with EXIF; other bytes unchanged."""
    return _ORIENTATION.sub(rb"\g<1>%d" % orientation, packet)


def without_companions(packet: bytes) -> bytes:
    """The packet without what points to a gain map, a depth map or a clip; other properties byte for byte.

    A reader would otherwise take the retouched photo for one that has them.
    """
    return without(packet, _COMPANIONS)


def without(packet: bytes, names: bytes) -> bytes:
    """The packet without the properties of these names, be they attributes or elements; other bytes as they were.

    It takes time by the packet's length, also where that is 4 MB of blanks or of elements that never end.

    Args:
        names: a pattern for names with their prefixes.
    """
    # A run of blanks is looked at from its beginning only.
    attribute = re.compile(rb"(?<!\s)\s+(?:" + names + rb")\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    return attribute.sub(b"", _without_elements(packet, names))


def _without_elements(packet: bytes, names: bytes) -> bytes:
    ends = defaultdict(list)  # of each name, in order
    for closing in re.finditer(rb"</(" + names + rb")\s*>", packet):
        ends[closing[1]].append(closing.end())
    kept, done = [], 0
    for opening in re.finditer(rb"<(" + names + rb")(?=[\s/>])[^<>]*>", packet):
        if opening.start() < done:
            continue  # in one that is left out
        end = opening.end()
        if not opening[0].endswith(b"/>"):
            of_name = ends[opening[1]]
            at = bisect_left(of_name, end + 1)
            if at == len(of_name):
                continue  # it never ends
            end = of_name[at]
        kept.append(packet[done : opening.start()])
        done = _BLANKS.match(packet, end).end()
    return b"".join((*kept, packet[done:]))
