"""The mark of our own results: XMP properties that say which software and model made a photo, and how.

A walk through folders leaves out what has it, so that no photo is retouched twice without a word.
"""

import re
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lutbridge import __version__

MADE_BY_US = "this was made by lutbridge, and is retouched once more"  # a notice

NAMESPACE = "urn:lutbridge:result:1/"
_PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
_END = re.compile(rb"</rdf:RDF\s*>")
_ABOUT = re.compile(rb"<rdf:Description\b[^>]*?\s(rdf:about\s*=\s*(?:\"[^\"]*\"|'[^']*'))")
# As we write it, and as other programs do that write the whole packet again: attributes or elements, anywhere.
_OURS = re.compile(rb"<rdf:Description [^>]*xmlns:lutbridge=[^>]*lutbridge:Software=[^>]*/>")
_ATTRIBUTE = re.compile(rb"\s+lutbridge:\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ELEMENT = re.compile(rb"<(lutbridge:\w+)\b[^>]*?(?:/>|>[^<]*</\1\s*>)\s*")
_PRESENT = re.compile(rb"lutbridge:Software\s*[=>]")


@dataclass(frozen=True)
class Mark:
    """The mark of a result.

    Attributes:
        model: the name of the model or LUT.
        settings: in words, such as "strength 80%".
    """

    model: str
    settings: str


def with_mark(packet: bytes | None, mark: Mark) -> bytes:
    """An XMP packet with the mark, replacing an earlier one; other properties byte for byte."""
    packet = _ELEMENT.sub(b"", _ATTRIBUTE.sub(b"", _OURS.sub(b"", packet or _PACKET)))
    about = _ABOUT.search(packet)
    values = {"Software": f"lutbridge {__version__}", "Model": mark.model, "Settings": mark.settings}
    properties = " ".join(f"lutbridge:{name}={quoteattr(_xml(value))}" for name, value in values.items())
    where = about[1].decode("utf-8", "replace") if about else 'rdf:about=""'
    ours = f'<rdf:Description {where} xmlns:lutbridge="{NAMESPACE}" {properties}/>'.encode()
    *_, end = [None, *_END.finditer(packet)]
    return packet if end is None else packet[: end.start()] + ours + packet[end.start() :]


def has_mark(packet: bytes | None) -> bool:
    """Whether an XMP packet says that lutbridge made its photo."""
    return packet is not None and _PRESENT.search(packet) is not None


def split(packet: bytes) -> tuple[bytes, bytes]:
    """A packet without the mark as `with_mark` writes it, and the mark; b"" if it has none."""
    found = _OURS.search(packet)
    return (packet.replace(found[0], b""), found[0]) if found else (packet, b"")


def _xml(text: str) -> str:
    """Without what XML cannot hold: control characters and lone surrogates, as file names may have them."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "?", text)
