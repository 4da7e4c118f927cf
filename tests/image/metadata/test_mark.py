from dataclasses import replace

import numpy as np
import pytest

from lutbridge import __version__
from lutbridge.image.metadata.mark import Mark, has_mark, split, with_mark
from lutbridge.image.read import read
from lutbridge.image.results import is_result, marked
from lutbridge.image.write import write

from .. import samples

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
MARK = Mark('own "model" <1>', "strength 80%")


def test_a_packet_keeps_every_byte_beside_the_mark():
    packet = with_mark(PACKET, MARK)
    rest, ours = split(packet)
    assert rest == PACKET and has_mark(packet) and not has_mark(PACKET)
    assert b'rdf:about="uuid:1"' in ours, "all descriptions of a packet are about the same thing"
    assert f'lutbridge:Software="lutbridge {__version__}"'.encode() in ours


def test_a_second_mark_takes_the_place_of_the_first_whoever_wrote_it():
    twice = with_mark(with_mark(PACKET, Mark("old", "old")), MARK)
    assert twice == with_mark(PACKET, MARK)
    elements = PACKET.replace(b"<dc:title>", b"<lutbridge:Software>lutbridge 0.0.9</lutbridge:Software><dc:title>")
    assert has_mark(elements) and with_mark(elements, MARK) == with_mark(PACKET, MARK)


def test_without_a_packet_there_is_one_and_one_that_is_no_rdf_stays_as_it_is():
    assert has_mark(with_mark(None, MARK))
    assert with_mark(b"no packet", MARK) == b"no packet"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_results_of_every_format_are_known_and_their_photos_are_not(tmp_path, name):
    rich = {".jpg": samples.rich_jpeg, ".png": samples.rich_png, ".tif": samples.rich_tiff, ".webp": samples.rich_webp}
    source, result = tmp_path / name, tmp_path / f"result-{name}"
    if name == "a.jpg":
        samples.rich_jpeg(source)
    else:
        rich[source.suffix](source, samples.ramp())
    photo = read(source)
    for packet in (None, PACKET):
        plain = replace(photo, container=replace(photo.container, xmp=packet))
        write(source, replace(plain, path=tmp_path / "other"), photo.pixels)
        write(result, marked(plain, MARK), photo.pixels)
        assert is_result(result) and not is_result(source)
    assert np.array_equal(read(result).pixels, photo.pixels) or name in ("a.jpg", "a.webp")


def test_the_mark_is_found_beside_a_packet_that_takes_several_segments(tmp_path):
    samples.rich_jpeg(tmp_path / "a.jpg")
    photo = read(tmp_path / "a.jpg")
    long = PACKET.replace(b"<dc:title>T", b"<dc:title>" + b"T" * 200_000)
    photo = replace(photo, container=replace(photo.container, xmp=long))
    write(tmp_path / "b.jpg", marked(photo, MARK), photo.pixels)
    assert is_result(tmp_path / "b.jpg")


def test_what_cannot_be_read_is_no_result(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    assert not is_result(tmp_path / "a.jpg") and not is_result(tmp_path / "absent.jpg")
