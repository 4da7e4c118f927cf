import time
import xml.etree.ElementTree as ElementTree

import pytest

from lutbridge.image.metadata.credentials import without_link
from lutbridge.image.metadata.xmp import with_orientation, without_companions

HEAD = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    b'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    b'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
    b'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
)
TAIL = b"</rdf:Description></rdf:RDF></x:xmpmeta>"
DIRECTORY = (
    b'<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" '
    b'Item:Mime="image/jpeg"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" '
    b'Item:Length="2317"/></rdf:li></rdf:Seq></Container:Directory>'
)


@pytest.mark.parametrize(
    ("attributes", "elements"),
    [
        (b' hdrgm:Version="1.0"', DIRECTORY),
        (b' hdrgm:Version=\'1.0\' GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="99"', b""),
        (b"", b"<hdrgm:GainMapMax><rdf:Seq><rdf:li>1</rdf:li></rdf:Seq></hdrgm:GainMapMax>\n<hdrgm:Version/>"),
    ],
)
def test_companions_go_and_the_rest_stays_byte_for_byte(attributes, elements):
    rest = b' xmp:Rating="5">', b"<xmp:Label>bride</xmp:Label>"
    cleaned = without_companions(HEAD + attributes + rest[0] + elements + rest[1] + TAIL)
    assert cleaned == HEAD + rest[0] + rest[1] + TAIL
    ElementTree.fromstring(cleaned)


def test_what_only_sounds_like_it_stays():
    packet = HEAD + b' xmp:CreatorTool="hdrgm:Version=1">' + b"<xmp:Label>GCamera:MotionPhoto</xmp:Label>" + TAIL
    assert without_companions(packet) == packet


@pytest.mark.parametrize(
    "packet",
    [
        b"<a" + 500_000 * b" " + b"b/>",
        50_000 * b"<hdrgm:a>",
        b"".join(b"<hdrgm:a%d>" % number for number in range(50_000)),
        50_000 * b"<dcterms:provenance ",
        30_000 * b"<tiff:Orientation ",
    ],
    ids=["blanks", "no ends", "no ends of other names", "no closing bracket", "orientations"],
)
def test_it_takes_time_by_the_packets_length(packet):
    """40 kB of blanks took 14 seconds, and files come with that many as padding."""
    start = time.process_time()
    assert with_orientation(without_link(without_companions(packet)), 1) == packet
    assert time.process_time() - start < 3


def test_an_element_that_never_ends_hides_no_other():
    cleaned = without_companions(b"<hdrgm:a><hdrgm:b>1</hdrgm:b><hdrgm:c/> <xmp:d>2</xmp:d><hdrgm:b>")
    assert cleaned == b"<hdrgm:a><xmp:d>2</xmp:d><hdrgm:b>"
