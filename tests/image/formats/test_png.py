import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from lutbridge.color.gamut import space_of
from lutbridge.errors import RefusedError
from lutbridge.image.formats import png
from lutbridge.image.formats.codec import Header
from lutbridge.image.formats.png_chunks import parse
from lutbridge.image.read import read
from lutbridge.image.write import write

from .. import profiles, samples


def decode(path):
    with open(path, "rb") as file:
        return png.decode(file)


def encode(decoded, codes):
    file = io.BytesIO()
    png.encode(file, decoded.container, codes[..., :3], codes[..., 3] if codes.shape[2] == 4 else None)
    return file.getvalue()


def header(width, height, bits=8, colour_type=2):
    fields = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + samples.chunk(b"IHDR", fields)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_code_is_exact(tmp_path, dtype, channels):
    pixels = samples.ramp(dtype, (96, 130, channels))
    path = samples.write_png(tmp_path / "a.png", pixels)
    decoded = decode(path)
    assert decoded.codes.dtype == dtype and np.array_equal(decoded.codes, pixels)
    if channels >= 3:
        path.write_bytes(encode(decoded, pixels))
        assert np.array_equal(decode(path).codes, pixels)


def test_palette_bilevel_and_interlaced(tmp_path):
    picture = Image.fromarray(samples.smooth())
    picture.quantize(32).save(tmp_path / "palette.png")
    picture.convert("1").save(tmp_path / "bilevel.png")
    for name in ("palette", "bilevel"):
        decoded = decode(tmp_path / f"{name}.png")
        with Image.open(tmp_path / f"{name}.png") as image:
            expected = np.asarray(image.convert("RGB" if name == "palette" else "L"))
        assert np.array_equal(decoded.codes, expected.reshape(decoded.codes.shape))
        assert ("palette picture, written as RGB" in decoded.notices) == (name == "palette")
    # Adam7 of a picture of one pixel is its first pass alone.
    one = header(1, 1)[:28] + b"\1"
    data = one + struct.pack(">I", zlib.crc32(one[12:])) + samples.chunk(b"IDAT", zlib.compress(b"\0\1\2\3"))
    (tmp_path / "one.png").write_bytes(data + samples.chunk(b"IEND", b""))
    assert decode(tmp_path / "one.png").codes.tolist() == [[[1, 2, 3]]]


def test_transparent_colours_become_alpha(tmp_path):
    pixels = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)
    path = samples.write_png(tmp_path / "a.png", pixels, (b"tRNS", b"\0\1\0\2\0\3"), (b"bKGD", b"\0\1\0\2\0\3"))
    decoded = decode(path)
    assert decoded.codes.tolist() == [[[1, 2, 3, 0], [4, 5, 6, 255]]]
    assert decoded.container.native.chunks == ()


def test_metadata_is_carried_byte_for_byte(tmp_path):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp(np.uint16), orientation=6)
    decoded = decode(path)
    assert decoded.container.orientation == 6
    before = {chunk.kind: chunk.data for chunk in parse(io.BytesIO(path.read_bytes())).ancillary}
    data = encode(decoded, decoded.codes)
    after = {chunk.kind: chunk.data for chunk in parse(io.BytesIO(data)).ancillary}
    assert after.keys() == before.keys()
    assert {kind for kind in before if before[kind] != after[kind]} <= {b"eXIf", b"iCCP"}
    assert after[b"eXIf"] == decoded.container.exif
    assert samples.THUMBNAIL not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == samples.srgb_profile()
        assert round(image.info["dpi"][0]) == 300
        assert image.getexif()[274] == 6
        assert image.info["XML:com.adobe.xmp"].encode() == samples.XMP


def test_chunks_that_depend_on_old_pixels_are_left_out(tmp_path):
    chunks = ((b"gAMA", struct.pack(">I", 45455)), (b"sBIT", b"\5\5\5"), (b"xyZW", b"unsafe"), (b"xyZw", b"safe"))
    path = samples.write_png(tmp_path / "a.png", samples.ramp(), *chunks)
    kept = {chunk.kind for chunk in parse(io.BytesIO(encode(decode(path), samples.ramp()))).ancillary}
    assert kept == {b"gAMA", b"sBIT", b"xyZw"}


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    decoded = decode(tmp_path / "a.png")
    assert decoded.codes[0, 0].tolist() == [255, 0, 0]
    assert any("animation" in notice for notice in decoded.notices)
    with Image.open(io.BytesIO(encode(decoded, decoded.codes))) as image:
        assert getattr(image, "n_frames", 1) == 1


def test_other_encodings_are_named(tmp_path):
    path = tmp_path / "a.png"
    for other in (b"\x09\x10\0\1", b"\x09\x12\0\1", b"\x0c\x0d\0\0", b"\x0c\x0d\1\1", b"\x0c"):  # PQ, HLG, video range
        with pytest.raises(RefusedError, match="HDR"):
            decode(samples.write_png(path, samples.ramp(), (b"cICP", other)))
    samples.write_png(path, samples.ramp(), (b"cICP", b"\x01\x0d\0\1"))
    assert decode(path).notices == ()
    samples.write_png(path, samples.ramp(), (b"gAMA", struct.pack(">I", 100_000)))
    assert any("gamma chunk (1.000)" in notice for notice in decode(path).notices)


def test_a_wide_gamut_without_profile_gets_the_profile_that_it_means(tmp_path):
    path = samples.write_png(tmp_path / "a.png", samples.ramp(), (b"cICP", b"\x0c\x0d\0\1"))
    photo = read(path)
    by_profile = space_of(profiles.display_p3(), "Display P3")
    assert photo.color.name == "Display P3" and photo.notices == ()
    assert np.abs(photo.color.linear_srgb(photo.pixels) - by_profile.linear_srgb(photo.pixels)).max() < 2e-4
    write(tmp_path / "b.png", photo, photo.pixels)
    data = (tmp_path / "b.png").read_bytes()
    assert b"cICP\x0c\x0d\0\1" in data and b"iCCP" in data


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_file_is_refused(tmp_path, share):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


def test_too_few_rows_are_refused(tmp_path):
    rows = samples.chunk(b"IDAT", zlib.compress(b"\0\1\2\3" * 3))
    (tmp_path / "a.png").write_bytes(header(1, 4) + rows + samples.chunk(b"IEND", b""))
    with pytest.raises(RefusedError, match="do not decode"):
        decode(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [(50000, 50000, "500 mega"), (2**31 - 1, 2**31 - 1, "500 mega"), (0, 4, "0 × 4"), (20000, 20000, "1200 MB")],
)
def test_a_header_without_photo_is_refused_before_allocation(tmp_path, width, height, words):
    (tmp_path / "a.png").write_bytes(header(width, height) + samples.chunk(b"IDAT", b"") + samples.chunk(b"IEND", b""))
    with pytest.raises(RefusedError, match=words):
        decode(tmp_path / "a.png")


def test_a_real_flat_photo_is_no_bomb(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(imagecodecs.png_encode(np.zeros((3000, 3000, 3), np.uint8), 9))
    assert decode(path).codes.shape == (3000, 3000, 3)


def test_damaged_metadata_does_not_stop_a_photo(tmp_path):
    path = samples.write_png(tmp_path / "a.png", samples.ramp(), (b"eXIf", b"broken"), (b"iCCP", b"x\0\0broken"))
    decoded = decode(path)
    assert np.array_equal(decoded.codes, samples.ramp())
    assert decoded.container.icc == b"" and decoded.container.exif == b"broken"
    path.write_bytes(samples.rich_png(path, samples.ramp()).read_bytes().replace(b"Author", b"author"))
    assert decode(path).notices == ("a damaged tEXt chunk is left out",)


def test_header_of_what_was_written(tmp_path):
    decoded = decode(samples.write_png(tmp_path / "a.png", samples.ramp(np.uint16, (96, 130, 4))))
    data = encode(decoded, decoded.codes)
    assert png.read_header(io.BytesIO(data)) == Header(130, 96, 16, 4)
    with pytest.raises(RefusedError):
        png.read_header(io.BytesIO(data[:-1]))
