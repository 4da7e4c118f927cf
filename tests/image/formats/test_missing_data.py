"""Files that lost data where their decoders would show what is left: each is refused."""

import struct
import time

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from lutbridge.errors import ReadError
from lutbridge.image.formats import isobmff
from lutbridge.image.read import read

from .. import samples

TILE = 128


def noisy(side=256):
    y, x = np.indices((side, side))
    smooth = np.dstack([60 + x // 4, 200 - y // 4, np.full_like(x, 120)])
    return (smooth + np.random.default_rng(0).integers(0, 50, smooth.shape)).astype(np.uint8)


def heic_of_tiles(path):
    pillow_heif.from_bytes("RGB", (256, 256), noisy().tobytes()).save(path, quality=80, tile_size=TILE)
    return path


def heic_of_one_picture(path):
    pillow_heif.from_bytes("RGB", (256, 256), noisy().tobytes()).save(path, quality=80)
    return path


def avif(path):
    Image.fromarray(noisy()).save(path, "AVIF", quality=80)
    return path


def webp(path):
    return samples.write_webp(path, noisy(), lossless=False, quality=80)


def webp_lossless(path):
    return samples.write_webp(path, noisy())


def dng_of_tiles(path):
    """Lossless JPEG in four tiles, as most cameras' DNGs have it."""
    y, x = np.indices((256, 256))
    codes = (500 + x * 20 + y * 12 + np.random.default_rng(1).integers(0, 40, x.shape)).astype(np.uint16)
    tiles = [codes[r : r + TILE, c : c + TILE] for r in (0, TILE) for c in (0, TILE)]
    encoded = [imagecodecs.ljpeg_encode(np.ascontiguousarray(tile), bitspersample=14) for tile in tiles]
    tags = [
        *[(271, 2, 0, "Maker", True), (272, 2, 0, "Model 1", True)],
        *[(33421, 3, 2, (2, 2), True), (33422, 1, 4, bytes([0, 1, 1, 2]), True)],
        *[(50706, 1, 4, bytes([1, 4, 0, 0]), True), (50707, 1, 4, bytes([1, 1, 0, 0]), True)],
        *[(50708, 2, 0, "Maker Model 1", True), (50717, 4, 1, 16383, True)],
        (50721, 10, 9, [v for n in (9, -3, -1, -4, 13, 1, -1, 2, 6) for v in (n, 10)], True),
        *[(50728, 5, 3, (1, 2, 1, 1, 3, 5), True), (50778, 3, 1, 21, True)],
    ]
    options = {"photometric": 32803, "compression": 7, "tile": (TILE, TILE), "extratags": tags, "metadata": None}
    tifffile.imwrite(path, iter(encoded), shape=codes.shape, dtype=np.uint16, bitspersample=14, **options)
    return path


MAKERS = [heic_of_tiles, heic_of_one_picture, avif, webp, webp_lossless, dng_of_tiles]


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def whole(request, tmp_path):
    path = request.param(tmp_path / "whole")
    assert read(path).pixels.shape == (256, 256, 3)
    return path.read_bytes()


def places(data):
    """Where a copy may have ended: anywhere, and exactly where a box, a tile or a chunk does."""
    marks = [at for mark in (b"mdat", b"meta", b"iloc", b"VP8", b"\xff\xd8\xff") for at in found(data, mark)]
    return sorted({*(int(len(data) * share / 20) for share in range(1, 20)), *marks, len(data) - 100} - {0})


def found(data, mark):
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def test_a_cut_anywhere_is_refused(whole, tmp_path, capfd):
    for place in places(whole):
        (tmp_path / "a").write_bytes(whole[:place])
        with pytest.raises(ReadError, match=r"damaged|empty|no picture"):
            read(tmp_path / "a")
    capfd.readouterr()  # LibRaw remarks on it


def test_a_copy_into_a_file_of_zeros_that_broke_off_is_refused(whole, tmp_path, capfd):
    for place in places(whole):
        (tmp_path / "a").write_bytes(whole[:place].ljust(len(whole), b"\0"))
        with pytest.raises(ReadError, match=r"damaged|nothing but zero|no picture|LibRaw does not know"):
            read(tmp_path / "a")
    capfd.readouterr()


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"optimize": True, "quality": 30}])
def test_zeros_inside_the_only_scan_of_a_jpeg_are_refused(tmp_path, options):
    data = samples.write_jpeg(tmp_path / "a", noisy(), **options).read_bytes()
    for share in (0.4, 0.6, 0.8):
        place = int(len(data) * share)
        for length in (512, len(data) - place - 2):
            (tmp_path / "a").write_bytes(data[:place] + bytes(length) + data[place + length :])
            with pytest.raises(ReadError, match="damaged"):
                read(tmp_path / "a")


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_flat_pictures_of_many_zeros_are_whole(tmp_path, format_, colour):
    """An optimised JPEG of one colour is zeros from end to end, and a WebP ends in many."""
    flat = np.full((1200, 900, 3), colour, np.uint8)
    flat[:100, :100] = samples.ramp(shape=(100, 100, 3))
    options = {"optimize": True} if format_ == "JPEG" else {}
    Image.fromarray(flat).save(tmp_path / "a", format_, **options)
    assert np.abs(read(tmp_path / "a").pixels[200:].astype(int) - colour).max() <= 2


def test_a_maker_s_trailer_behind_the_boxes_is_none_of_our_business(tmp_path):
    data = heic_of_one_picture(tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data + b"\xff\xff\xff\xffSEFT a maker's own")
    assert read(tmp_path / "a").pixels.shape == (256, 256, 3)


def test_boxes_name_what_they_hold(tmp_path):
    data = heic_of_tiles(tmp_path / "a").read_bytes()
    assert [box.kind for box in isobmff.check_top_level(data)][:2] == [b"ftyp", b"meta"]


def test_a_raw_that_claims_more_than_it_holds_is_refused_at_once(tmp_path):
    """LibRaw decodes on behind the end: of a picture of 256 × 256 for 266 seconds."""
    data = dng_of_tiles(tmp_path / "whole").read_bytes()
    frame = data.index(b"\xff\xc3")
    wide = data[: frame + 5] + b"\xff\xff\x7f\xff" + data[frame + 9 :]
    width = data.index(struct.pack("<HHI", 256, 4, 1))
    many = data[: width + 8] + struct.pack("<I", 16383) + data[width + 12 :]
    for hurt, told in ((wide, "claims more pixels than it holds"), (many, "claims 256 tiles")):
        (tmp_path / "a").write_bytes(hurt)
        start = time.monotonic()
        with pytest.raises(ReadError, match=told):
            read(tmp_path / "a")
        assert time.monotonic() - start < 3
