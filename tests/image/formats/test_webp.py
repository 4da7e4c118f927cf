import io
import struct

import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import RefusedError
from lutbridge.image.formats import webp
from lutbridge.image.formats.codec import Header

from .. import samples

RGBA = samples.ramp(shape=(97, 131, 4))


def decode(path):
    with open(path, "rb") as file:
        return webp.decode(file)


def again(decoded, codes=None):
    """What is written for a decoded file, with its own codes or others."""
    codes, written = decoded.codes if codes is None else codes, io.BytesIO()
    webp.encode(written, decoded.container, codes[..., :3], codes[..., 3] if codes.shape[2] == 4 else None)
    return written


@pytest.mark.parametrize("pixels", [RGBA, RGBA[..., :3]], ids=["alpha", "opaque"])
def test_lossless_stays_lossless(tmp_path, pixels):
    decoded = decode(samples.write_webp(tmp_path / "a.webp", pixels))
    assert np.array_equal(decoded.codes, pixels) and decoded.codes.dtype == np.uint8
    written = again(decoded)
    with Image.open(written) as image:
        assert np.array_equal(np.asarray(image), pixels)
    assert webp.read_header(written) == Header(131, 97, 8, pixels.shape[2])
    assert b"VP8L" in written.getvalue()


@pytest.mark.parametrize("alpha", [False, True])
def test_lossy_stays_lossy(tmp_path, alpha):
    pixels = np.dstack([samples.smooth(), RGBA[:96, :130, 3]]) if alpha else samples.smooth()
    decoded = decode(samples.write_webp(tmp_path / "a.webp", pixels, lossless=False, quality=90))
    written = again(decoded)
    assert b"VP8 " in written.getvalue() and b"VP8L" not in written.getvalue()
    with Image.open(written) as image:
        shown = np.asarray(image)
    assert np.abs(shown[..., :3].astype(int) - decoded.codes[..., :3])[decoded.codes[..., -1] > 0].mean() < 2
    assert shown.shape[2] == pixels.shape[2]
    assert not alpha or np.array_equal(shown[..., 3], pixels[..., 3])


def test_metadata_is_kept(tmp_path):
    path = samples.rich_webp(tmp_path / "a.webp", samples.ramp(), 6)
    data = path.read_bytes() + b"MORE" + struct.pack("<I", 3) + b"odd\0"
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    decoded = decode(path)
    container = decoded.container
    assert (container.orientation, container.icc, container.xmp) == (6, samples.srgb_profile(), samples.XMP)
    assert container.exif is not None and samples.THUMBNAIL not in container.exif
    written = again(decoded)
    assert b"MORE\3\0\0\0odd\0" in written.getvalue()
    assert webp.decode(written).container == container
    with Image.open(written) as image:
        assert image.info["icc_profile"] == samples.srgb_profile() and image.info["exif"] == container.exif


def test_a_simple_file_stays_simple(tmp_path):
    written = again(decode(samples.write_webp(tmp_path / "a.webp", samples.ramp()))).getvalue()
    assert written[12:16] == b"VP8L"


def test_alpha_that_hides_nothing_is_none(tmp_path):
    opaque = np.dstack([samples.ramp(), np.full((96, 130), 255, np.uint8)])
    data = bytearray(samples.write_webp(tmp_path / "a.webp", RGBA[:96, :130]).read_bytes())
    assert decode(tmp_path / "a.webp").codes.shape[2] == 4
    samples.write_webp(tmp_path / "a.webp", opaque)
    data = bytearray((tmp_path / "a.webp").read_bytes())
    at = data.index(b"VP8L") + 8
    data[at + 4] |= 0x10  # says that alpha is used
    (tmp_path / "a.webp").write_bytes(data)
    decoded = decode(tmp_path / "a.webp")
    assert np.array_equal(decoded.codes, samples.ramp())
    assert webp.read_header(again(decoded)).channels == 3


def test_a_damaged_exif_block_is_copied(tmp_path):
    path = samples.rich_webp(tmp_path / "a.webp", samples.ramp())
    data = path.read_bytes()
    at = data.index(b"EXIF") + 8
    path.write_bytes(data[:at] + b"??" + data[at + 2 :])
    decoded = decode(path)
    assert decoded.container.exif.startswith(b"??") and "EXIF" in decoded.notices[0]


def test_an_animation_is_refused(tmp_path):
    frames = [Image.fromarray(samples.smooth()), Image.fromarray(samples.ramp())]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    with pytest.raises(RefusedError, match="animated"):
        decode(tmp_path / "a.webp")


@pytest.mark.parametrize("lossless", [True, False])
def test_a_cut_file_is_refused(tmp_path, lossless):
    path = samples.rich_webp(tmp_path / "a.webp", samples.smooth(), lossless=lossless)
    data = path.read_bytes()
    for end in range(12, len(data), 29):
        path.write_bytes(data[:end])
        with pytest.raises(RefusedError, match="damaged"):
            decode(path)
        path.write_bytes(data[:4] + struct.pack("<I", end - 8) + data[8:end])  # the length put right again
        if end < data.index(b"EXIF"):
            with pytest.raises(RefusedError, match="damaged"):
                decode(path)


def test_bytes_gone_wrong_are_a_refusal_or_a_photo(tmp_path):
    path = samples.rich_webp(tmp_path / "a.webp", samples.smooth()[:20, :30])
    data, generator = path.read_bytes(), np.random.default_rng(0)
    for at in generator.integers(8, len(data), 300):
        path.write_bytes(data[:at] + bytes([generator.integers(256)]) + data[at + 1 :])
        try:
            assert decode(path).codes.shape[2] in (3, 4)
        except RefusedError as refused:
            assert refused.fault
