import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.image.formats import tiff, tiff_encode
from lutbridge.image.formats.tiff_tags import maker_note
from lutbridge.image.metadata.ifd import EXIF_IFD, GPS_IFD, Reader

from .. import samples


def again(path, codes=None):
    """What is written for a file, with its own codes or others."""
    with open(path, "rb") as file:
        decoded = tiff.decode(file)
    codes = decoded.codes if codes is None else codes
    written = io.BytesIO()
    tiff.encode(written, decoded.container, codes[..., :3], codes[..., 3] if codes.shape[2] == 4 else None)
    written.seek(0)
    return decoded, written


def entries_in(file):
    reader = Reader(file)
    return reader.directory(reader.first)[0]


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "zstd", "packbits", "lzma"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tifffile_reads_every_code(tmp_path, compression, byteorder, bigtiff, dtype):
    pixels = samples.ramp(dtype, (301, 1001, 3))  # more than one strip
    path = samples.write_tiff(tmp_path / "a.tif", pixels, byteorder, bigtiff, compression=compression)
    _, written = again(path)
    with tifffile.TiffFile(path) as before, tifffile.TiffFile(written) as after:
        assert np.array_equal(after.pages[0].asarray(), pixels)
        assert after.pages[0].compression == before.pages[0].compression
        assert (after.byteorder, after.is_bigtiff) == (byteorder, bigtiff)


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits"])
def test_libtiff_reads_it_too(tmp_path, compression):
    pixels = samples.ramp(np.uint8, (301, 1001, 3))
    _, written = again(samples.write_tiff(tmp_path / "a.tif", pixels, compression=compression))
    with Image.open(written) as image:
        assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_alpha_keeps_its_kind(tmp_path, kind):
    pixels = samples.ramp(np.uint16, (96, 130, 4))
    if kind == 1:  # colours that were multiplied with alpha are no brighter than it
        pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    path = samples.write_tiff(tmp_path / "a.tif", pixels, compression="lzw", extrasamples=[kind])
    _, written = again(path)
    with tifffile.TiffFile(written) as after:
        assert np.array_equal(after.pages[0].asarray(), pixels)
        assert after.pages[0].extrasamples == (kind,)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_metadata_is_carried_byte_for_byte(tmp_path, byteorder, compression):
    path = samples.rich_tiff(tmp_path / "a.tif", samples.ramp(np.uint16), 6, byteorder, compression=compression)
    decoded, written = again(path)
    with open(path, "rb") as file:
        before = {entry.tag: entry.value for entry in entries_in(file)}
    after = {entry.tag: entry.value for entry in entries_in(written)}
    for tag in (271, 274, 282, 283, 296, 315, 700, 33723, 34675):
        assert after[tag] == before[tag], tag
    assert samples.IPTC in after[34377] and samples.THUMBNAIL not in after[34377]
    for directory in (EXIF_IFD, GPS_IFD):
        plain = [
            [(e.tag, e.type, e.count, e.value) for e in one[directory] if isinstance(e.value, bytes)]
            for one in (before, after)
        ]
        assert plain[0] == plain[1]
    assert set(before) ^ set(after) <= {317}  # the predictor
    assert decoded.container.icc == samples.srgb_profile() and decoded.container.xmp == samples.XMP


@pytest.mark.parametrize("place", ["before", "inside", "behind"])
def test_a_maker_note_stays_at_its_offset(tmp_path, place):
    path = samples.rich_tiff(tmp_path / "a.tif", samples.ramp(np.uint16, (200, 500, 3)))
    with open(path, "rb") as file:
        decoded = tiff.decode(file)
    parts = decoded.container.native
    note = parts.maker_note
    offset = {"before": 60, "inside": 300_000, "behind": 900_001}[place]
    moved = tiff_encode.ifd.Entry(note.tag, note.type, note.count, note.value, offset)
    entries = tuple(
        tiff_encode.ifd.Entry(e.tag, e.type, e.count, tuple(moved if x is note else x for x in e.value), e.offset)
        if isinstance(e.value, tuple)
        else e
        for e in parts.entries
    )
    parts = tiff_encode.Parts(parts.layout, entries, moved, parts.compression, parts.alpha_kind)
    container = type(decoded.container)("tiff", native=parts)
    written = io.BytesIO()
    tiff.encode(written, container, decoded.codes, None)
    written.seek(0)
    assert written.getvalue()[offset : offset + len(note.value)] == note.value
    assert written.getvalue().count(note.value) == 1
    found = maker_note(entries_in(written))
    assert (found.offset, found.value) == (offset, note.value)
    written.seek(0)
    with tifffile.TiffFile(written) as after:
        assert np.array_equal(after.pages[0].asarray(), decoded.codes)


def test_thumbnails_pages_and_layers_are_not_written(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        layers = [(37724, 7, 6, b"layers", True)]
        writer.write(samples.ramp(), photometric="rgb", subifds=1, extratags=layers)
        writer.write(samples.ramp(shape=(8, 9, 3)), photometric="rgb", subfiletype=1)
        writer.write(samples.ramp(), photometric="rgb")
    _, written = again(tmp_path / "a.tif")
    with tifffile.TiffFile(written) as after:
        assert len(after.pages) == 1
        assert not {330, 37724} & set(after.pages[0].tags.keys())


def test_a_file_past_4_gib_gets_64_bit_offsets(tmp_path, monkeypatch):
    monkeypatch.setattr(tiff_encode, "_CLASSIC_LIMIT", 1000)
    _, written = again(samples.rich_tiff(tmp_path / "a.tif", samples.ramp()))
    with tifffile.TiffFile(written) as after:
        assert after.is_bigtiff
        assert np.array_equal(after.pages[0].asarray(), samples.ramp())
    assert {entry.tag for entry in entries_in(written)} >= {EXIF_IFD, GPS_IFD, 274, 315}
