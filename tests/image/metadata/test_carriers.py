"""Metadata in places where it is not looked for first, and facts that two blocks state."""

import re
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.image.metadata.ifd import EXIF_IFD, MAKER_NOTE, Entry, Layout, Reader, ifd_bytes
from lutbridge.image.metadata.read import read_metadata
from lutbridge.image.metadata.xmp import with_orientation
from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import write

from .. import samples
from ..formats.test_heif import make_avif, make_heic
from ..formats.test_raw import make_dng

TURNED = samples.XMP.replace(
    b"</x:xmpmeta>" if b"</x:xmpmeta>" in samples.XMP else b"/>",
    b'><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>',
    1,
)


def raw_profile(kind, data, chunk=b"zTXt"):
    digits = data.hex().encode()
    lines = b"\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
    text = b"\n%b\n%8d\n%b\n" % (kind, len(data), lines)
    keyword = b"Raw profile type " + kind + b"\0"
    return chunk, keyword + (b"\0" + zlib.compress(text) if chunk == b"zTXt" else text)


def converted(path, format_, folder):
    photo = read(path)
    photo = retarget(photo, Target(format_))
    write(folder / "result", photo, photo.pixels)
    return photo, read(folder / "result")


@pytest.mark.parametrize("chunk", [b"zTXt", b"tEXt"])
@pytest.mark.parametrize("kind", [b"exif", b"APP1"])
@pytest.mark.parametrize("format_", ["jpeg", "tiff", "webp", "png"])
def test_exif_and_xmp_in_a_png_s_texts_come_along(tmp_path, format_, kind, chunk):
    exif = b"Exif\0\0" + samples.exif_block(6)
    of_xmp = b"xmp" if kind == b"exif" else b"APP1"
    packet = samples.XMP if kind == b"exif" else b"http://ns.adobe.com/xap/1.0/\0" + samples.XMP
    chunks = raw_profile(kind, exif, chunk), raw_profile(of_xmp, packet, chunk)
    path = samples.write_png(tmp_path / "a.png", samples.ramp(), *chunks)
    photo, again = converted(path, format_, tmp_path)
    assert photo.pixels.shape == again.pixels.shape == (130, 96, 3), "it stands upright"
    assert again.container.orientation == 6 and again.container.xmp == samples.XMP
    assert b"Canon" in (tmp_path / "result").read_bytes() and not photo.notices
    found = read_metadata(path)
    assert found.xmp == samples.XMP and any(entry.tag == 271 for entry in found.main)


def test_an_exif_chunk_goes_before_a_text_and_damaged_texts_are_named(tmp_path):
    other = raw_profile(b"exif", samples.exif_block(3))
    path = samples.write_png(tmp_path / "a.png", samples.ramp(), (b"eXIf", samples.exif_block(6)), other)
    photo, again = converted(path, "jpeg", tmp_path)
    assert again.container.orientation == 6 and "Raw profile type exif" in photo.notices[-1]
    path = samples.write_png(tmp_path / "b.png", samples.ramp(), raw_profile(b"exif", b"broken"))
    photo, again = converted(path, "jpeg", tmp_path)
    assert again.container.orientation == 1 and "Raw profile type exif" in photo.notices[-1]


def orientations_of(xmp):
    return [int(value) for value in re.findall(rb"tiff:Orientation\D*?(\d)", xmp)]


@pytest.mark.parametrize(
    "written",
    [b'tiff:Orientation="6"', b"tiff:Orientation = '8'", b"<tiff:Orientation>3</tiff:Orientation>"],
)
def test_the_orientation_in_xmp_can_be_set(written):
    assert orientations_of(with_orientation(b"before " + written + b" after", 1)) == [1]
    assert len(with_orientation(written, 1)) == len(written)


@pytest.mark.parametrize("format_", ["tiff", "jpeg", "png", "webp"])
@pytest.mark.parametrize("make", [make_heic, make_avif])
def test_xmp_says_of_upright_pixels_that_they_are_upright(tmp_path, make, format_):
    path = make(tmp_path / "a", orientation=6, xmp=TURNED)
    _, again = converted(path, format_, tmp_path)
    assert orientations_of(again.container.xmp) == [again.container.orientation]


def test_xmp_of_a_developed_raw_file_says_so_too(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "XMP", TURNED)
    path = make_dng(tmp_path / "a.dng", orientation=6)
    _, again = converted(path, "tiff", tmp_path)
    assert orientations_of(again.container.xmp) == [1] and again.container.orientation == 1


@pytest.mark.parametrize("tag", [254, 33421, 50706, 50708, 50721, 50779, 50936, 51041])
def test_tags_that_describe_stored_pixels_do_not_come_into_a_tiff(tmp_path, tag):
    exif = Image.Exif()
    exif[271], exif[tag] = "Maker", b"\1\4\0\0" if tag == 50706 else 1
    Image.fromarray(samples.smooth()).save(tmp_path / "a.jpg", exif=exif)
    _, again = converted(tmp_path / "a.jpg", "tiff", tmp_path)
    assert np.abs(again.pixels.astype(int) - samples.smooth()).mean() < 3
    with tifffile.TiffFile(tmp_path / "result") as file:
        assert tag not in file.pages[0].tags and 271 in file.pages[0].tags


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("make", ["jpeg", "png", "webp"])
def test_what_a_maker_note_points_to_outside_itself_stays_there(tmp_path, make, order):
    """As old Olympus cameras have it: offsets from the start of the EXIF block, to what stands before the note."""
    layout = Layout(order)
    note = layout.pack("H", 1, 0x207, 2) + layout.pack("I", len(samples.OWNER), 8, 0)
    note_at = 8 + len(samples.OWNER) + len(samples.OWNER) % 2
    entry = Entry(MAKER_NOTE, 7, len(note), note, note_at)
    first = note_at + len(note) + len(note) % 2
    directory = ifd_bytes(layout, samples.camera_entries(layout, 6, entry), first, frozenset([entry]))
    before = layout.header + layout.pack("I", first) + samples.OWNER
    exif = (before.ljust(note_at, b"\0") + note).ljust(first, b"\0") + directory
    writer = {
        "jpeg": lambda path: samples.write_jpeg(path, samples.smooth(), ((0xE1, b"Exif\0\0" + exif),)),
        "png": lambda path: samples.write_png(path, samples.ramp(), (b"eXIf", exif)),
        "webp": lambda path: samples.write_webp(path, samples.ramp(), exif=exif),
    }[make]
    converted(writer(tmp_path / "a"), "tiff", tmp_path)
    with open(tmp_path / "result", "rb") as file:
        reader = Reader(file)
        main, _ = reader.directory(reader.first)
        camera = next(entry.value for entry in main if entry.tag == EXIF_IFD)
        kept = next(entry for entry in camera if entry.tag == MAKER_NOTE)
        assert (kept.value, kept.offset) == (note, note_at)
        file.seek(8)
        assert file.read(len(samples.OWNER)) == samples.OWNER
