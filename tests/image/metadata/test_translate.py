import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lutbridge.image.metadata.ifd import Reader
from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import extension_for, write

from .. import samples

FORMATS = "jpeg", "png", "tiff", "webp"


def made(folder, format_, **options):
    if format_ == "jpeg":
        return samples.rich_jpeg(folder / "a", **options)
    return getattr(samples, f"rich_{format_}")(folder / "a", samples.ramp(), **options)


def converted(path, format_):
    """The result, written in another format with the photo's own pixels, and what it reads as."""
    photo = retarget(read(path), Target(format=format_))
    result = path.with_name(f"b{extension_for(photo)}")
    write(result, photo, photo.pixels)
    return photo, result, read(result)


@pytest.mark.parametrize("before", FORMATS)
@pytest.mark.parametrize("after", FORMATS)
def test_metadata_moves_from_each_format_into_each(tmp_path, before, after):
    photo, result, again = converted(made(tmp_path, before, orientation=6), after)
    assert again.container.format == after and again.container.orientation == 6
    assert again.pixels.shape == photo.pixels.shape
    if after in ("png", "tiff"):
        assert np.array_equal(again.pixels, photo.pixels)
    assert again.container.icc == samples.srgb_profile() and again.container.xmp == samples.XMP
    data = result.read_bytes()
    for value in (samples.ARTIST, b"Canon\0", samples.OWNER):
        assert value in data
    assert samples.THUMBNAIL not in data
    exif = data if after == "tiff" else again.container.exif
    entries, _ = Reader(io.BytesIO(exif)).directory(Reader(io.BytesIO(exif)).first)
    directories = {entry.tag for entry in entries if isinstance(entry.value, tuple)}
    assert directories == {34665, 34853}  # EXIF, GPS


@pytest.mark.parametrize("before", ["jpeg", "tiff"])
@pytest.mark.parametrize("after", ["jpeg", "tiff", "png"])
def test_iptc_moves_along(tmp_path, before, after):
    _, first, _ = converted(made(tmp_path, before), after)
    assert (samples.IPTC in first.read_bytes()) == (after != "png")  # which holds it as compressed text
    if after == "png":
        first = first.rename(tmp_path / "c.png")
        for last in ("jpeg", "tiff"):
            assert samples.IPTC in converted(first, last)[1].read_bytes()


def test_webp_says_that_it_has_no_place_for_iptc(tmp_path):
    photo, _, _ = converted(made(tmp_path, "jpeg"), "webp")
    assert photo.notices[1:] == ("its IPTC block is left out, because WebP has no place for it",)


def test_a_lone_iptc_tag_becomes_a_resource(tmp_path):
    tags = [(33723, 7, len(samples.IPTC), samples.IPTC, True)]
    path = samples.write_tiff(tmp_path / "a", samples.ramp(), extratags=tags)
    _, result, _ = converted(path, "jpeg")
    assert b"Photoshop 3.0\x008BIM\4\4\0\0" in result.read_bytes() and samples.IPTC in result.read_bytes()


def test_tags_of_a_big_tiff_become_an_ordinary_exif_block(tmp_path):
    path = samples.write_tiff(tmp_path / "a", samples.ramp(), ">", bigtiff=True, software="a program", datetime=True)
    _, result, _ = converted(path, "jpeg")
    with Image.open(result) as image:
        assert image.getexif()[305] == "a program"


@pytest.mark.parametrize("before", ["jpeg", "png", "webp"])
def test_a_damaged_exif_block_is_left_out_of_a_tiff(tmp_path, before):
    path = made(tmp_path, before)
    data = path.read_bytes()
    at = data.index(b"II*\0")
    if before == "png":
        block = samples.chunk(b"eXIf", b"broken")
        start = data.index(b"eXIf") - 4
        end = start + 12 + int.from_bytes(data[start : start + 4], "big")
        path.write_bytes(data[:start] + block + data[end:])
    else:
        path.write_bytes(data[:at] + b"????" + data[at + 4 :])
    photo, _, again = converted(path, "tiff")
    assert "its EXIF block is damaged and is left out" in photo.notices
    assert again.container.xmp == samples.XMP


def test_xmp_too_long_for_a_segment_is_cut_into_several(tmp_path):
    packet = samples.XMP.replace(b"/>", b">" + b"<!-- many words -->" * 9000 + b"</x:xmpmeta>", 1)
    tags = [(700, 1, len(packet), packet, True)]
    path = samples.write_tiff(tmp_path / "a", samples.ramp(), extratags=tags)
    _, result, again = converted(path, "jpeg")
    assert b"HasExtendedXMP" in again.container.xmp
    head = b"http://ns.adobe.com/xmp/extension/\0"
    parts = [payload for _, payload in again.container.native.segments if payload.startswith(head)]
    assert len(parts) == 3
    joined = b"".join(part[len(head) + 40 :] for part in sorted(parts, key=lambda part: part[len(head) + 36 :][:4]))
    assert joined in packet and joined.startswith(b"<x:xmpmeta") and joined.endswith(b"</x:xmpmeta>")
    photo, _, _ = converted(result.rename(tmp_path / "c.jpg"), "png")
    assert any("XMP" in notice for notice in photo.notices)


@pytest.mark.parametrize("after", ["jpeg", "tiff", "webp"])
def test_texts_and_density_of_a_png_move_into_exif(tmp_path, after):
    texts = [
        (b"tEXt", b"Copyright\0\xa9 somebody"),
        (b"iTXt", "Author\0\0\0\0\0Zoë".encode()),
        (b"zTXt", b"Description\0\0" + zlib.compress(b"a portrait")),
        (b"tEXt", b"Mood\0blue"),
    ]
    path = samples.write_png(tmp_path / "a", samples.ramp(), (b"pHYs", struct.pack(">IIB", 11811, 11811, 1)), *texts)
    photo, result, _ = converted(path, after)
    with Image.open(result) as image:
        exif = image.getexif()
        said = [exif[tag].encode("latin-1").decode() for tag in (33432, 315, 270)]
        assert said == ["© somebody", "Zoë", "a portrait"]
        assert (round(float(exif[282])), round(float(exif[283])), exif[296]) == (300, 300, 2)
    assert photo.notices == ("its texts (Mood) are left out",)


def test_what_has_no_place_is_named(tmp_path):
    assert converted(made(tmp_path, "png"), "jpeg")[0].notices == ("its texts (Author) are left out",)
    assert "its comment is left out" in converted(made(tmp_path, "jpeg"), "png")[0].notices
    damaged = (b"zTXt", b"Author\0\0no stream"), (b"pHYs", b"\0\0"), (b"iTXt", b"Author\0\0\0")
    assert converted(samples.write_png(tmp_path / "b", samples.ramp(), *damaged), "jpeg")[2].container.exif is None
