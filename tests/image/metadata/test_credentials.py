import struct

import pytest

from lutbridge.image.metadata import credentials
from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import write

from .. import samples
from ..formats.test_heif import make_avif, make_heic

MANIFEST = b"a signed manifest of the old bytes"
LINKED = samples.XMP.replace(b"/>", b' dcterms:provenance="https://example.org/manifest"/>', 1)
UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def jpeg(path):
    payload = b"JP\0\1\0\0\0\1" + struct.pack(">I", 8 + len(MANIFEST)) + b"jumb" + MANIFEST
    segments = ((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + LINKED), (0xEB, payload))
    return samples.write_jpeg(path, samples.smooth(), segments)


def png(path):
    return samples.write_png(
        path, samples.ramp(), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + LINKED), (b"caBX", MANIFEST)
    )


def webp(path):
    data = samples.write_webp(path, samples.ramp(), xmp=LINKED).read_bytes()
    data += b"C2PA" + struct.pack("<I", len(MANIFEST)) + MANIFEST
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    return path


def tiff(path):
    tags = [(700, 1, len(LINKED), LINKED, True), (52545, 7, len(MANIFEST), MANIFEST, True)]
    return samples.write_tiff(path, samples.ramp(), extratags=tags)


def boxed(make):
    def with_box(path):
        data = make(path, xmp=LINKED).read_bytes()
        path.write_bytes(data + struct.pack(">I4s", 24 + len(MANIFEST), b"uuid") + UUID + MANIFEST)
        return path

    return with_box


@pytest.mark.parametrize("format_", [None, "jpeg", "png", "tiff", "webp"])
@pytest.mark.parametrize("make", [jpeg, png, webp, tiff, boxed(make_heic), boxed(make_avif)])
def test_a_manifest_and_the_link_to_one_are_left_out_with_a_notice(tmp_path, make, format_):
    photo = read(make(tmp_path / "a"))
    assert MANIFEST in (tmp_path / "a").read_bytes() and credentials.NOTICE in photo.notices
    photo = retarget(photo, Target(format_))
    write(tmp_path / "b", photo, photo.pixels)
    written = (tmp_path / "b").read_bytes()
    assert MANIFEST not in written and b"provenance" not in written and b"xpacket" in written
    assert credentials.NOTICE not in read(tmp_path / "b").notices


def test_a_link_as_an_element_goes_too():
    packet = b"<a><dcterms:provenance>https://example.org</dcterms:provenance><b/></a>"
    assert credentials.without_link(packet) == b"<a><b/></a>"
