import io

import imagecodecs
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from lutbridge import extras
from lutbridge.color.gamut import SRGB
from lutbridge.errors import ReadError
from lutbridge.image.read import read
from lutbridge.image.write import extension_for, write

from .. import profiles, samples

WIDTH, HEIGHT = 130, 96


def exif(orientation=1):
    block = Image.Exif()
    block[271], block[274] = "Maker", orientation
    return block.tobytes()


def make_heic(path, bits=8, orientation=1, alpha=False, **options):
    pixels = samples.smooth()
    if alpha:
        pixels = np.dstack([pixels, samples.ramp()[..., 0]])
    mode = "RGBA" if alpha else "RGB"
    if bits == 10:
        pixels, mode = pixels.astype(np.uint16) * 257, mode + ";16"
    picture = pillow_heif.from_bytes(mode, (WIDTH, HEIGHT), pixels.tobytes())
    picture.save(path, quality=-1, chroma=444, exif=exif(orientation), **options)
    return path


def make_avif(path, orientation=1, **options):
    Image.fromarray(samples.smooth()).save(
        path, "AVIF", quality=100, subsampling="4:4:4", exif=exif(orientation), **options
    )
    return path


@pytest.mark.parametrize("bits", [8, 10])
def test_heic_becomes_a_tiff_of_8_or_16_bit(tmp_path, bits):
    photo = read(make_heic(tmp_path / "a.heic", bits))
    assert photo.pixels.dtype == (np.uint8 if bits == 8 else np.uint16) and extension_for(photo) == ".tif"
    scale = 1 if bits == 8 else 257
    assert np.abs(photo.pixels / scale - samples.smooth()).mean() < 1.5
    assert photo.notices == ("HEIC photo, written as TIFF where --format says nothing else",) and photo.color is SRGB
    write(tmp_path / "b.tif", photo, photo.pixels)
    again = read(tmp_path / "b.tif")
    assert np.array_equal(again.pixels, photo.pixels) and b"Maker" in (tmp_path / "b.tif").read_bytes()


def test_white_of_10_bit_is_white(tmp_path):
    white = np.full((64, 64, 3), 65535, np.uint16)
    pillow_heif.from_bytes("RGB;16", (64, 64), white.tobytes()).save(tmp_path / "a.heic", quality=-1)
    assert read(tmp_path / "a.heic").pixels.min() > 65535 - 100
    (tmp_path / "b.avif").write_bytes(imagecodecs.avif_encode(np.full((64, 64, 3), 1023, np.uint16), bitspersample=10))
    assert read(tmp_path / "b.avif").pixels.min() > 65535 - 100


@pytest.mark.parametrize("make", [make_heic, make_avif])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright_and_stays_so(tmp_path, make, orientation):
    path = make(tmp_path / "a", orientation=orientation)
    if make is make_avif:
        with Image.open(path) as image:
            expected = np.asarray(ImageOps.exif_transpose(image))
    else:
        expected = np.array(pillow_heif.open_heif(path))  # libheif has turned it; copied, as older ones lose it
    photo = read(path)
    assert photo.pixels.shape == expected.shape == ((130, 96, 3) if orientation > 4 else (96, 130, 3))
    assert np.abs(photo.pixels.astype(int) - expected).mean() < 1
    write(tmp_path / "b.tif", photo, photo.pixels)
    assert np.array_equal(read(tmp_path / "b.tif").pixels, photo.pixels)


def test_alpha_profile_and_xmp_come_along(tmp_path):
    path = make_heic(tmp_path / "a.heic", alpha=True, xmp=samples.XMP, icc_profile=profiles.display_p3())
    photo = read(path)
    assert photo.alpha is not None and np.abs(photo.alpha.astype(int) - samples.ramp()[..., 0]).mean() < 3
    assert photo.container.xmp == samples.XMP
    photo = read(make_avif(tmp_path / "b.avif", xmp=samples.XMP, icc_profile=profiles.display_p3()))
    assert photo.container.icc == profiles.display_p3() and photo.container.xmp == samples.XMP


def test_a_colour_box_says_display_p3_or_hdr(tmp_path):
    plain = samples.smooth()
    for primaries, transfer, name in ((12, 13, "Display P3"), (1, 1, "sRGB"), (2, 2, "sRGB")):
        path = tmp_path / "a.avif"
        options = {"primaries": primaries, "transfer": transfer}
        path.write_bytes(imagecodecs.avif_encode(plain, **options))
        assert read(path).color.name == name
    (tmp_path / "a.avif").write_bytes(imagecodecs.avif_encode(plain, primaries=9, transfer=16))
    with pytest.raises(ReadError, match="HDR photo"):
        read(tmp_path / "a.avif")


def test_what_stands_beside_the_photo_is_left_out_with_a_notice(tmp_path):
    clip = pillow_heif.from_bytes("RGB", (WIDTH, HEIGHT), samples.smooth().tobytes())
    clip.add_frombytes("RGB", (WIDTH, HEIGHT), samples.ramp().tobytes())
    clip.save(tmp_path / "a.heic", quality=-1)
    assert "gain map, depth or clip" in read(tmp_path / "a.heic").notices[0]


@pytest.mark.parametrize("make", [make_heic, make_avif])
def test_a_cut_file_is_refused(tmp_path, make):
    path = make(tmp_path / "a")
    data = path.read_bytes()
    for share in (0.02, 0.3, 0.7, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(ReadError, match="damaged"):
            read(path)


@pytest.mark.parametrize("make", [make_heic, make_avif])
def test_bytes_gone_wrong_are_a_refusal_or_a_photo(tmp_path, make):
    path, generator = make(tmp_path / "a"), np.random.default_rng(0)
    data = path.read_bytes()
    for at in generator.integers(12, len(data), 60):
        path.write_bytes(data[:at] + bytes([generator.integers(256)]) + data[at + 1 :])
        try:
            assert read(path).pixels.shape[2] == 3
        except ReadError as error:
            assert "\n" not in str(error)


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    path = make_heic(tmp_path / "a.heic")
    monkeypatch.setattr(extras, "has", lambda extra: False)
    with pytest.raises(ReadError, match=r'HEIC photo, and .* install with: pip install "lutbridge\[heif\]"'):
        read(path)


def test_pillow_s_avif_is_read_by_its_content(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(samples.smooth()).save(buffer, "AVIF")
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    assert read(tmp_path / "a.jpg").notices == ("AVIF photo, written as TIFF where --format says nothing else",)
