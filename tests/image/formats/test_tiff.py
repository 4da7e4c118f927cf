import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.errors import RefusedError
from lutbridge.image.formats import tiff
from lutbridge.image.formats.codec import Header
from lutbridge.image.read import read
from lutbridge.image.write import write

from .. import samples

LAYOUTS = [
    {},
    {"compression": "lzw"},
    {"compression": "lzw", "predictor": True},
    {"compression": "zlib", "predictor": True, "tile": (32, 48)},
    {"compression": "zstd"},
    {"compression": "packbits"},
    {"compression": "lzma"},
    {"rowsperstrip": 7},
    {"planarconfig": "separate"},
    {"planarconfig": "separate", "compression": "zlib", "tile": (32, 32)},
    {"byteorder": ">"},
    {"byteorder": ">", "compression": "lzw", "predictor": True},
    {"bigtiff": True},
    {"bigtiff": True, "byteorder": ">", "compression": "zlib"},
]


def decode(path):
    with open(path, "rb") as file:
        return tiff.decode(file)


def patch(path, tag, number):
    """Sets a tag of the first directory of a little-endian file to one SHORT."""
    data = bytearray(path.read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    for at in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", data, first)[0], 12):
        if struct.unpack_from("<H", data, at)[0] == tag:
            struct.pack_into("<HIHH", data, at + 2, 3, 1, number, 0)
    path.write_bytes(data)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_layout_is_exact(tmp_path, layout, dtype):
    pixels = samples.ramp(dtype)
    stored = np.moveaxis(pixels, -1, 0) if layout.get("planarconfig") else pixels
    codes = decode(samples.write_tiff(tmp_path / "a.tif", stored, **layout)).codes
    assert codes.dtype == np.dtype(dtype) and codes.dtype.isnative and codes.flags.writeable
    assert np.array_equal(codes, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("planar", [None, "separate"])
def test_grey_and_alpha(tmp_path, dtype, channels, planar):
    pixels = samples.ramp(dtype, (96, 130, channels))
    options = {"photometric": "minisblack" if channels < 3 else "rgb", "extrasamples": [2][: channels % 2 == 0]}
    if channels > 1:
        options["planarconfig"] = planar or "contig"
    stored = np.moveaxis(pixels, -1, 0) if planar and channels > 1 else pixels
    path = samples.write_tiff(tmp_path / "a.tif", stored[..., 0] if channels == 1 else stored, **options)
    decoded = decode(path)
    assert np.array_equal(decoded.codes, pixels)
    assert decoded.container.native.alpha_kind == (2 if channels % 2 == 0 else 0)


def test_white_is_zero_is_turned_round(tmp_path):
    pixels = samples.ramp(np.uint16)[..., 0]
    path = samples.write_tiff(tmp_path / "a.tif", pixels, photometric="miniswhite")
    assert np.array_equal(decode(path).codes[..., 0], 65535 - pixels)


def test_jpeg_in_tiff_becomes_deflate(tmp_path):
    path = tmp_path / "a.tif"
    samples.write_tiff(path, samples.smooth(), compression="jpeg", tile=(64, 64))
    decoded = decode(path)
    assert np.abs(decoded.codes.astype(int) - samples.smooth()).mean() < 2
    assert decoded.container.native.compression == 8
    assert any("Deflate" in notice for notice in decoded.notices)


@pytest.mark.parametrize("layout", [{"tile": (64, 64)}, {"rowsperstrip": 32}, {}], ids=str)
def test_jpeg_in_tiff_that_is_cut_is_refused(tmp_path, layout):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(), compression="jpeg", **layout)
    with tifffile.TiffFile(path) as file:
        start, length = file.pages[0].dataoffsets[-1], file.pages[0].databytecounts[-1]
    data, kept = bytearray(path.read_bytes()), length * 2 // 3
    data[start + kept : start + length] = b"\xff\xd9" + bytes(length - kept - 2)
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


def test_jpeg_in_tiff_that_claims_more_than_its_place_is_refused_before_it_is_decoded(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.smooth(), compression="jpeg", tile=(64, 64))
    data = path.read_bytes()
    claim = struct.pack(">BHH", 8, 64, 64)
    assert claim in data
    path.write_bytes(data.replace(claim, struct.pack(">BHH", 8, 65500, 65500)))
    with pytest.raises(RefusedError, match="a part of 64 × 64 pixels claims to hold 65500 × 65500"):
        decode(path)


@pytest.mark.parametrize(("compression", "words"), [(34712, "JPEG ?2000"), (50002, "JPEG ?XL"), (9999, "method 9999")])
def test_compressions_whose_decoders_believe_their_data_are_refused(tmp_path, compression, words):
    path = samples.write_tiff(tmp_path / "a.tif", samples.smooth(), compression="zlib")
    patch(path, 259, compression)
    with pytest.raises(RefusedError, match=f"compressed by .*{words}") as refused:
        decode(path)
    assert refused.value.remedy == "save it with LZW or ZIP compression, or none"


def test_the_first_page_that_is_no_thumbnail(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(samples.ramp(shape=(8, 9, 3)), photometric="rgb", subfiletype=1)
        writer.write(samples.ramp(), photometric="rgb")
        writer.write(samples.ramp(shape=(8, 9, 3)), photometric="rgb", subfiletype=1)
    decoded = decode(tmp_path / "a.tif")
    assert np.array_equal(decoded.codes, samples.ramp())
    assert decoded.notices == ()


def test_further_pages_and_layers_get_a_notice(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(samples.ramp(), photometric="rgb", extratags=[(37724, 7, 6, b"layers", True)])
        writer.write(samples.ramp(), photometric="rgb")
    notices = " ".join(decode(tmp_path / "a.tif").notices)
    assert "2 pages" in notices and "layers" in notices


@pytest.mark.parametrize(
    ("pixels", "options", "words"),
    [
        (np.zeros((8, 8, 3), np.float64), {}, "64-bit floating-point"),
        (np.zeros((8, 8, 4), np.uint32), {"photometric": "separated"}, "32 bits per channel"),
        (np.zeros((8, 8, 3), np.int16), {}, "signed integer"),
        (np.zeros((8, 8, 6), np.uint16), {"photometric": "separated", "extrasamples": [0, 0]}, "6 channels"),
        (np.zeros((8, 8, 4), np.uint8), {"photometric": "separated", "extratags": [(332, 3, 1, 2, True)]}, "uncommon"),
        (np.zeros((8, 8), np.uint16), {"photometric": "palette", "colormap": np.zeros((3, 65536), "H")}, "16 bits"),
        (np.zeros((8, 8, 3), np.uint8), {"photometric": "itulab"}, "ITU Lab"),
        (np.zeros((8, 8, 5), np.uint8), {"extrasamples": [0, 0]}, "5 channels"),
        (np.zeros((8, 8), np.uint16), {"photometric": "cfa"}, "RAW"),
        (np.zeros((8, 8, 3), np.uint16), {"extratags": [(50706, 1, 4, b"\1\4\0\0", True)]}, "RAW"),
    ],
)
def test_names_what_it_does_not_handle(tmp_path, pixels, options, words):
    with pytest.raises(RefusedError, match=words):
        decode(samples.write_tiff(tmp_path / "a.tif", pixels, **options))


def test_a_preview_before_the_photo_means_raw(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.nef") as writer:
        writer.write(samples.ramp(shape=(8, 9, 3)), photometric="rgb", subfiletype=1, subifds=1)
        writer.write(samples.ramp()[..., 0], photometric="cfa")
    with pytest.raises(RefusedError, match="RAW"):
        decode(tmp_path / "a.nef")


def test_a_palette_gives_its_colours(tmp_path):
    Image.fromarray(samples.smooth()).quantize(200).save(tmp_path / "a.tif")
    decoded = decode(tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        assert np.array_equal(decoded.codes, np.asarray(image.convert("RGB")))
    assert decoded.notices == ("palette picture, written as RGB",)


def test_a_palette_of_few_colours(tmp_path):
    """4-bit indices, which no writer here makes: two to a byte, by hand."""
    width, height = 4, 2
    colours = np.arange(48, dtype=np.uint16) * 1000
    fields = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 4), (259, 3, 1, 1), (262, 3, 1, 3), (273, 4, 1, 8)]
    fields += [(277, 3, 1, 1), (278, 3, 1, height), (279, 4, 1, 4), (320, 3, 48, 12)]
    directory = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *field) for field in fields) + bytes(4)
    head = b"II*\0" + struct.pack("<I", 12 + 96) + bytes((0x01, 0x23, 0xEF, 0xDC)) + colours.tobytes()
    (tmp_path / "a.tif").write_bytes(head + directory)
    index = np.array([[0, 1, 2, 3], [14, 15, 13, 12]])
    assert np.array_equal(decode(tmp_path / "a.tif").codes, (colours.reshape(3, 16).T >> 8)[index])


@pytest.mark.parametrize("white_is_zero", [False, True])
def test_one_bit_becomes_black_and_white(tmp_path, white_is_zero):
    bits = samples.ramp()[..., 0] > 100
    photometric = "miniswhite" if white_is_zero else "minisblack"
    decoded = decode(samples.write_tiff(tmp_path / "a.tif", bits, photometric=photometric))
    assert np.array_equal(decoded.codes[..., 0], np.where(bits != white_is_zero, 255, 0))
    assert decoded.codes.dtype == np.uint8


def test_a_palette_that_is_too_short_is_damage(tmp_path):
    Image.fromarray(samples.smooth()).quantize(200).save(tmp_path / "a.tif")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    at = data.index(struct.pack("<HHI", 320, 3, 768))
    data[at + 4 : at + 8] = struct.pack("<I", 300)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(RefusedError, match="palette is incomplete"):
        decode(tmp_path / "a.tif")


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_cut_file_is_refused(tmp_path, layout):
    path = samples.write_tiff(
        tmp_path / "a.tif", samples.ramp(shape=(96, 96, 3)).swapaxes(0, 2), **{"planarconfig": "separate", **layout}
    )
    data = path.read_bytes()
    for share in (0.01, 0.5, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(RefusedError, match="damaged"):
            decode(path)


@pytest.mark.parametrize("compression", ["lzw", "zlib", "zstd", "packbits"])
def test_a_strip_that_ends_early_is_refused(tmp_path, compression):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(np.uint16), compression=compression, rowsperstrip=96)
    with tifffile.TiffFile(path) as file:
        length = file.pages[0].databytecounts[0]
    patch(path, 279, length // 2)
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


def test_a_sparse_file_is_refused(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(), rowsperstrip=96)
    patch(path, 273, 0)
    with pytest.raises(RefusedError, match="never written"):
        decode(path)


@pytest.mark.parametrize(
    ("options", "width", "height", "words"),
    [
        ({}, 60000, 60000, "500 megapixels"),
        ({}, 20000, 20000, "claims 1200 MB"),
        ({"compression": "zlib"}, 20000, 20000, "claims 1200 MB"),
        ({}, 0, 20, "0 × 20"),
    ],
)
def test_a_header_without_photo_is_refused_before_allocation(tmp_path, options, width, height, words):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(), **options)
    patch(path, 256, width)
    patch(path, 257, height)
    with pytest.raises(RefusedError, match=words):
        decode(path)


def test_a_chain_of_directories_may_loop_or_lead_nowhere(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp())
    data = bytearray(path.read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    link = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    for following in (first, len(data) - 1, 2**32 - 1):
        struct.pack_into("<I", data, link, following)
        path.write_bytes(data)
        assert np.array_equal(decode(path).codes, samples.ramp())
    struct.pack_into("<I", data, 4, len(data) + 100)
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


def test_header(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp(np.uint16))
    with open(path, "rb") as file:
        assert tiff.read_header(file) == Header(130, 96, 16, 3)
    path.write_bytes(path.read_bytes()[:-1])
    with open(path, "rb") as file, pytest.raises(RefusedError):
        tiff.read_header(file)


def test_alpha_of_a_palette_tiff_is_kept(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (3, 256), np.uint16)
    index, alpha = (np.indices((24, 32)).sum(0) * 5).astype(np.uint8), (np.indices((24, 32))[1] * 8).astype(np.uint8)
    tags = [(320, 3, 768, (colours * 257).ravel().tolist(), True)]
    options = {"photometric": "minisblack", "extrasamples": [2], "extratags": tags}
    path = samples.write_tiff(tmp_path / "a.tif", np.dstack([index, alpha]), **options)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages[0].tags["PhotometricInterpretation"].overwrite(3)
    photo = read(path)
    assert np.array_equal(photo.pixels, colours.T.astype(np.uint8)[index]) and np.array_equal(photo.alpha, alpha)
    write(tmp_path / "b.tif", photo, photo.pixels)
    assert np.array_equal(read(tmp_path / "b.tif").alpha, alpha)
