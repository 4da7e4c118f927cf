import io
import struct

import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import RefusedError
from lutbridge.image.formats import jpeg
from lutbridge.image.formats.codec import Header

from .. import samples


def decode(path, long_side=None):
    with open(path, "rb") as file:
        return jpeg.decode(file, long_side)


def encode(decoded):
    file = io.BytesIO()
    jpeg.encode(file, decoded.container, decoded.codes, None)
    return file.getvalue()


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_codes_are_libjpeg_s_and_the_sampling_stays(tmp_path, subsampling, progressive):
    options = {"subsampling": subsampling, "progressive": progressive}
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), **options)
    decoded = decode(path)
    with Image.open(path) as image:
        assert np.array_equal(decoded.codes, np.asarray(image))
    assert decoded.container.native.sampling == subsampling.replace(":", "")
    (tmp_path / "b.jpg").write_bytes(encode(decoded))
    written = decode(tmp_path / "b.jpg")
    assert written.container == decoded.container
    assert np.abs(written.codes.astype(int) - decoded.codes).mean() < 1


def test_is_written_at_quality_95(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), quality=30)
    with Image.open(io.BytesIO(encode(decode(path)))) as image:
        written = image.quantization
    samples.write_jpeg(path, samples.smooth(), quality=95)
    with Image.open(path) as image:
        assert image.quantization == written


@pytest.mark.parametrize(("factors", "sampling"), [(0x12, "440"), (0x41, "411"), (0x14, "444"), (0x44, "444")])
def test_other_samplings_get_no_less_chroma(tmp_path, factors, sampling):
    data = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), subsampling="4:2:0").read_bytes()
    at = data.index(b"\xff\xc0") + 11
    stream = jpeg.parse(data[:at] + bytes((factors,)) + data[at + 1 :])
    assert jpeg._sampling(stream) == sampling


def test_grey_has_one_channel(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth()[..., 0])
    assert decode(path).codes.shape == (96, 130, 1)


def test_rgb_coded_jpeg_is_rgb(tmp_path):
    Image.fromarray(samples.smooth()).save(tmp_path / "a.jpg", quality=98, subsampling=0, keep_rgb=True)
    decoded = decode(tmp_path / "a.jpg")
    assert np.abs(decoded.codes.astype(int) - samples.smooth()).mean() < 2
    with Image.open(io.BytesIO(encode(decoded))) as image:
        assert np.abs(np.asarray(image).astype(int) - samples.smooth()).mean() < 2


def test_metadata_is_carried_byte_for_byte(tmp_path):
    decoded = decode(samples.rich_jpeg(tmp_path / "a.jpg", orientation=6))
    data = encode(decoded)
    exif, _ = jpeg.open_block(samples.exif_block(6))
    for block in (exif, samples.XMP, samples.srgb_profile(), samples.IPTC, b"a comment"):
        assert block in data
    assert samples.THUMBNAIL not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["dpi"] == (300, 300)
        assert image.getexif()[274] == 6
    assert decoded.container.orientation == 6
    assert decoded.notices == ()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(tmp_path, share, progressive):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.ramp(), progressive=progressive)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 4}, {"subsampling": "4:2:0"}])
def test_a_cut_file_that_was_closed_again_is_refused(tmp_path, options):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.ramp(), **options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 500] + b"\xff\xd9")
    with pytest.raises(RefusedError, match="do not decode"):
        decode(path)


# The end of the last scan holds bits that a reduced decode does not show.
@pytest.mark.parametrize(
    ("share", "long_side"), [(0.05, None), (0.3, None), (0.6, None), (0.99, None), (0.05, 12), (0.6, 12)]
)
@pytest.mark.parametrize("tail", ["none", "zeros"])
def test_a_progressive_file_that_was_cut_and_closed_again_is_refused(tmp_path, share, tail, long_side):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.ramp(), progressive=True)
    data = path.read_bytes()
    kept = int(len(data) * share)
    path.write_bytes(data[:kept] + (bytes(len(data) - kept) if tail == "zeros" else b"") + b"\xff\xd9")
    with pytest.raises(RefusedError, match="damaged"):
        decode(path, long_side)


def test_a_cut_file_with_a_trailer_is_refused(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.ramp())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + data)
    with pytest.raises(RefusedError, match="damaged"):
        decode(path)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (8, 8), (17, 9)])
@pytest.mark.parametrize("grey", [False, True])
def test_small_and_thin_photos_are_whole(tmp_path, size, grey):
    pixels = samples.ramp(shape=(*size, 3))
    path = samples.write_jpeg(tmp_path / "a.jpg", pixels[..., 0] if grey else pixels, subsampling="4:2:0")
    assert decode(path).codes.shape == (*size, 1 if grey else 3)


@pytest.mark.parametrize(("long_side", "scale"), [(131, 1), (130, 1), (65, 2), (33, 2), (32, 4), (16, 8), (1, 8)])
def test_a_reduced_decode_has_no_fewer_pixels_than_will_do(tmp_path, long_side, scale):
    decoded = decode(samples.rich_jpeg(tmp_path / "a.jpg", orientation=6), long_side)
    whole = decode(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        image.draft("RGB", (image.width // scale, image.height // scale))
        assert np.array_equal(decoded.codes, np.asarray(image))
    assert decoded.codes.shape[:2] == tuple(-(-side // scale) for side in whole.codes.shape[:2])
    assert (decoded.container, decoded.notices) == (whole.container, whole.notices)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"keep_rgb": True, "subsampling": 0}])
def test_a_reduced_decode_has_the_colours_of_the_whole(tmp_path, options):
    Image.fromarray(samples.smooth((96, 128))).save(tmp_path / "a.jpg", quality=98, **options)
    mean = decode(tmp_path / "a.jpg").codes.mean((0, 1))
    assert np.abs(decode(tmp_path / "a.jpg", 16).codes.mean((0, 1)) - mean).max() < 1
    assert np.abs(decode(tmp_path / "a.jpg", 60).codes.mean((0, 1)) - mean).max() < 0.5


def test_grey_reduced_has_one_channel_and_ink_is_not_reduced(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth()[..., 0])
    assert decode(path, 60).codes.shape == (48, 65, 1)
    Image.fromarray(samples.ramp(shape=(96, 130, 4)), "CMYK").save(tmp_path / "b.jpg")
    assert decode(tmp_path / "b.jpg", 60).codes.shape == (96, 130, 4)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 4}])
def test_a_cut_file_is_refused_reduced_too(tmp_path, options):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.ramp(), **options)
    data = path.read_bytes()
    closed = [] if "progressive" in options else [data[: len(data) - 500] + b"\xff\xd9"]
    for cut in (data[: len(data) * 9 // 10], *closed):
        path.write_bytes(cut)
        with pytest.raises(RefusedError, match="damaged"):
            decode(path, 60)


@pytest.mark.parametrize("transform", [0, 2])
def test_cmyk_is_decoded_as_amounts_of_ink(tmp_path, transform):
    """Plain, or with its first three inks turned to YCC (Adobe's transform 2); against Pillow."""
    Image.fromarray(samples.ramp(shape=(96, 130, 4)), "CMYK").save(tmp_path / "a.jpg", quality=95)
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    data[data.index(b"Adobe") + 11] = transform
    (tmp_path / "a.jpg").write_bytes(data)
    decoded = decode(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        assert np.abs(decoded.codes.astype(int) - np.asarray(image)).max() <= 1
    assert decoded.meaning == "inks"


def test_a_cut_cmyk_photo_is_refused(tmp_path):
    Image.fromarray(samples.ramp(shape=(96, 130, 4)), "CMYK").save(tmp_path / "a.jpg", quality=95)
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[: len(data) * 2 // 3] + b"\xff\xd9")
    with pytest.raises(RefusedError, match="damaged"):
        decode(tmp_path / "a.jpg")


def test_a_header_without_photo_is_refused_before_allocation(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth())
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 20000, 20000)
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="its header claims 1200 MB"):
        decode(path)
    data[at : at + 4] = struct.pack(">HH", 65000, 65000)
    path.write_bytes(data)
    with pytest.raises(RefusedError, match="500 megapixels"):
        decode(path)


def test_damaged_exif_is_copied_and_what_follows_the_photo_is_not(tmp_path):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), ((0xE1, b"Exif\0\0broken"),))
    path.write_bytes(path.read_bytes() + b"\xff\xd8 a gain map")
    decoded = decode(path)
    assert [word in " ".join(decoded.notices) for word in ("EXIF block is damaged", "gain map")] == [True, True]
    data = encode(decoded)
    assert b"Exif\0\0broken" in data and b"a gain map" not in data


@pytest.mark.parametrize(
    "segment",
    [(0xE1, b"Exif\0\0"), (0xED, b"Photoshop 3.0\x008BIM\4\4\xff"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")],
)
def test_broken_metadata_does_not_stop_a_photo(tmp_path, segment):
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), (segment,))
    assert decode(path).codes.shape == (96, 130, 3)


def test_header_of_what_was_written(tmp_path):
    data = encode(decode(samples.rich_jpeg(tmp_path / "a.jpg")))
    assert jpeg.read_header(io.BytesIO(data)) == Header(130, 96, 8, 3)
    with pytest.raises(RefusedError):
        jpeg.read_header(io.BytesIO(data[:-3]))


def test_a_gain_map_is_dropped_with_a_notice_and_nothing_points_to_it(tmp_path):
    """As Ultra HDR has it: an index, ISO 21496-1's version, and a second JPEG after the photo's end."""
    xmp = b'http://ns.adobe.com/xap/1.0/\0<rdf:Description hdrgm:Version="1.0" xmp:Rating="5"/>'
    segments = ((0xE1, xmp), (0xE2, b"MPF\0II*\0 index"), (0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"))
    path = samples.write_jpeg(tmp_path / "a.jpg", samples.smooth(), segments)
    gain_map = samples.write_jpeg(tmp_path / "map.jpg", samples.smooth()[..., 0]).read_bytes()
    for data in (path.read_bytes() + gain_map, path.read_bytes()):
        path.write_bytes(data)
        decoded = decode(path)
        assert decoded.notices == (
            "what is stored after the photo (gain map, preview or clip) no longer fits it and is left out",
        )
        written = encode(decoded)
        assert not any(mark in written for mark in (b"MPF\0", b"21496", b"hdrgm", gain_map[-40:]))
        assert b'xmp:Rating="5"' in written
