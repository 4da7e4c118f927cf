import io
import os
import struct

import pytest
from PIL import ExifTags, Image

from lutbridge.errors import ReadError
from lutbridge.image.metadata.ifd import Layout, ifd_bytes
from lutbridge.image.metadata.read import read_metadata

from .. import samples

MODEL, TAKEN = 272, 36867


def exif_block(model="R5", taken="2026:05:01 09:00:00"):
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = model
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    return exif.tobytes()[6:]


def said(found):
    """(model, time) as bytes."""
    model = next((entry.value for entry in found.main if entry.tag == MODEL), None)
    return model, next((entry.value for entry in found.camera if entry.tag == TAKEN), None)


SAID = (b"R5\0", b"2026:05:01 09:00:00\0")


def write_jpeg(path):
    xmp = (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + samples.XMP)
    return samples.write_jpeg(path, samples.smooth(), ((0xE1, b"Exif\0\0" + exif_block()), xmp))


def write_png(path):
    xmp = (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + samples.XMP)
    return samples.write_png(path, samples.ramp(), (b"eXIf", exif_block()), xmp)


def write_webp(path):
    return samples.write_webp(path, samples.ramp(), exif=exif_block(), xmp=samples.XMP)


def write_avif(path):
    Image.fromarray(samples.smooth()).save(path, exif=exif_block(), xmp=samples.XMP)
    return path


def write_tiff(path):
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + exif_block())
    exif[700] = samples.XMP
    Image.fromarray(samples.ramp()).save(path, exif=exif)
    return path


@pytest.mark.parametrize("write", [write_jpeg, write_png, write_webp, write_avif, write_tiff])
def test_every_format_says_what_its_file_says(tmp_path, write):
    path = write(tmp_path / f"a.{write.__name__.partition('_')[2]}")
    found = read_metadata(path)
    assert said(found) == SAID
    assert found.xmp == samples.XMP


@pytest.mark.parametrize("write", [write_jpeg, write_webp, write_tiff])
def test_pixels_are_not_looked_at(tmp_path, write):
    path = write(tmp_path / f"a.{write.__name__.partition('_')[2]}")
    data = path.read_bytes()
    if write is write_jpeg:
        path.write_bytes(data[: data.index(b"\xff\xda") + 20])
    elif write is write_webp:
        at = data.index(b"VP8L") + 20
        path.write_bytes(data[:at] + bytes(20) + data[at + 20 :])
    else:
        path.write_bytes(data.replace(samples.ramp().tobytes()[:1000], bytes(1000), 1))
    assert said(read_metadata(path)) == SAID


def test_heic_through_its_extra(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    heif = pillow_heif.from_pillow(Image.fromarray(samples.smooth()))
    heif.save(tmp_path / "a.heic", exif=exif_block())
    assert said(read_metadata(tmp_path / "a.heic")) == SAID


def test_raw_files_of_four_layouts(tmp_path):
    block = exif_block()
    order = b"IIRO" if block.startswith(b"II") else b"MMOR"
    preview = io.BytesIO()
    Image.new("RGB", (8, 8)).save(preview, "JPEG", exif=b"Exif\0\0" + block)
    fujifilm = b"FUJIFILMCCD-RAW".ljust(84) + struct.pack(">I", 120) + bytes(32) + preview.getvalue()
    layout = Layout("<")

    def box(name, tag, text):
        entries = (samples.Entry(tag, 2, len(text), text, 0),)
        content = layout.header + layout.pack("I", 8) + ifd_bytes(layout, entries, 8)
        return struct.pack(">I", len(content) + 8) + name + content

    canon = b"\0\0\0\x18ftypcrx " + bytes(100) + box(b"CMT1", MODEL, SAID[0]) + box(b"CMT2", TAKEN, SAID[1])
    files = {"a.dng": block, "a.raf": fujifilm, "a.cr3": canon}
    if order == b"IIRO":
        files["a.orf"] = order + block[4:]
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert said(read_metadata(tmp_path / name)) == SAID, name


@pytest.mark.parametrize("write", [write_jpeg, write_png, write_webp, write_avif, write_tiff])
def test_a_file_cut_anywhere_says_less_and_breaks_nothing(tmp_path, write):
    path = write(tmp_path / f"a.{write.__name__.partition('_')[2]}")
    data = path.read_bytes()
    for length in range(20, min(len(data), 2000), 37):
        path.write_bytes(data[:length])
        assert set(said(read_metadata(path))) <= {*SAID, None}


def test_a_file_without_metadata_says_nothing(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg")
    found = read_metadata(tmp_path / "a.jpg")
    assert (found.main, found.camera, found.xmp) == ((), (), None)


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "empty"), (b"some words", "this is text"), (b"GIF89a", "a GIF picture")]
)
def test_what_is_no_photo_is_named(tmp_path, data, sentence):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=sentence):
        read_metadata(path)


def test_what_is_no_file_is_named(tmp_path):
    with pytest.raises(ReadError, match="there is no such file"):
        read_metadata(tmp_path / "none.jpg")
    with pytest.raises(ReadError, match="this is a folder"):
        read_metadata(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ReadError, match="no ordinary file"):
        read_metadata(tmp_path / "pipe.jpg")
