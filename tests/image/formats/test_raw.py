import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge import extras
from lutbridge.color import icc
from lutbridge.color.gamut import SRGB
from lutbridge.color.srgb import RGB_TO_XYZ, eotf_srgb
from lutbridge.errors import ReadError
from lutbridge.image.read import read
from lutbridge.image.write import extension_for, write

from .. import samples

TONES = (0.02, 0.1, 0.4, 0.9)  # of the four quarters, linear


def rationals(*values):
    return [part for value in values for part in (round(value * 10000), 10000)]


def make_dng(path, orientation=6, description="a studio portrait", exposure_tags=None):
    """A DNG of a sensor that sees sRGB's own colours, with four grey quarters; made of its TIFF tags (DNG 1.4).

    `exposure_tags`: by tag, a signed rational that says how much brighter it is meant.
    """
    height, width = 120, 180
    light = np.empty((height, width))
    for i, tone in enumerate(TONES):
        light[(i // 2) * 60 : (i // 2 + 1) * 60, (i % 2) * 90 : (i % 2 + 1) * 90] = tone
    balance = np.array([0.5, 1.0, 0.6])  # what the sensor makes of white
    pattern = np.array([[0, 1], [1, 2]])[np.arange(height)[:, None] % 2, np.arange(width) % 2]
    codes = np.rint(light * balance[pattern] * 65535).astype(np.uint16)
    xyz_to_camera = np.diag(balance) @ np.linalg.inv(RGB_TO_XYZ)
    tags = [
        *[(270, 2, 0, description, True), (271, 2, 0, "Maker", True), (272, 2, 0, "Model 1", True)],
        *[(274, 3, 1, orientation, True), (315, 2, 0, "Ann", True), (700, 1, len(samples.XMP), samples.XMP, True)],
        *[(33421, 3, 2, (2, 2), True), (33422, 1, 4, bytes([0, 1, 1, 2]), True)],
        *[(50706, 1, 4, bytes([1, 4, 0, 0]), True), (50707, 1, 4, bytes([1, 1, 0, 0]), True)],
        *[(50708, 2, 0, "Maker Model 1", True), (50717, 4, 1, 65535, True)],
        (50721, 10, 9, rationals(*xyz_to_camera.ravel()), True),
        *[(50728, 5, 3, rationals(*balance), True), (50778, 3, 1, 21, True)],
        *[(tag, 10, 1, value, True) for tag, value in (exposure_tags or {}).items()],
    ]
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(codes, photometric=32803, extratags=tags, metadata=None)
    return path


def test_a_raw_photo_becomes_16_bit_in_srgb_upright(tmp_path):
    photo = read(make_dng(tmp_path / "a.dng"))
    assert photo.pixels.dtype == np.uint16 and photo.pixels.shape == (180, 120, 3)
    assert photo.color is SRGB and photo.container.orientation == 1
    assert photo.notices[0].startswith("RAW photo, developed with the camera's white balance")
    quarters = photo.pixels[10:80, 70:110], photo.pixels[100:170, 70:110], photo.pixels[10:80, 10:50]
    for quarter, tone in zip(quarters, TONES, strict=False):  # turned by 90°: the first row stands at the right
        colours = quarter.reshape(-1, 3).mean(0) / 65535
        assert np.ptp(colours) < 0.01, "white balance makes greys grey"
        as_seen = SRGB.encode(np.array([tone]))[0]
        assert colours.mean() == pytest.approx(as_seen, abs=0.005), "as bright as the sensor saw it"


def linear_tones(path):
    """What the four quarters of `make_dng` are developed to, linear light."""
    pixels = eotf_srgb(read(path).pixels / 65535)
    quarters = pixels[10:80, 70:110], pixels[100:170, 70:110], pixels[10:80, 10:50], pixels[100:170, 10:50]
    return np.array([quarter.mean() for quarter in quarters])


BASELINE, OFFSET = 50730, 51109


@pytest.mark.parametrize(
    ("exposure_tags", "factor"),
    [
        ({BASELINE: (100, 100)}, 2.0),
        ({BASELINE: (1, 2), OFFSET: (1, 2)}, 2.0),
        ({BASELINE: (-1, 1)}, 0.5),
        ({BASELINE: (9, 1)}, 8.0),  # as far as LibRaw goes
        ({BASELINE: (1, 0)}, 1.0),  # no number
    ],
)
def test_it_is_as_bright_as_the_file_says_it_is_meant(tmp_path, exposure_tags, factor):
    plain = linear_tones(make_dng(tmp_path / "plain.dng"))
    meant = linear_tones(make_dng(tmp_path / "meant.dng", exposure_tags=exposure_tags))
    assert meant[0] == pytest.approx(plain[0] * factor, rel=0.01 if factor < 8 else 0.25)
    assert plain[3] == pytest.approx(TONES[3], abs=0.005)
    assert np.all(np.diff(meant) > 0) and meant[3] < 0.999, "highlights are rolled off, not cut"


def test_the_result_is_a_tiff_with_the_photo_s_fields(tmp_path):
    photo = read(make_dng(tmp_path / "a.dng"))
    assert extension_for(photo) == ".tif"
    write(tmp_path / "b.tif", photo, photo.pixels)
    again = read(tmp_path / "b.tif")
    assert again.container.xmp == samples.XMP and again.container.icc == icc.srgb() and again.notices == ()
    assert np.array_equal(again.pixels, photo.pixels)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        found = {tag.name: tag.value for tag in file.pages[0].tags}
    assert found["ImageDescription"] == "a studio portrait" and found["Model"] == "Model 1" and found["Artist"] == "Ann"
    assert "Orientation" not in found and not {name for name in found if name.startswith(("DNG", "CFA"))}


def test_a_dng_of_another_name_is_known_by_its_content(tmp_path):
    assert read(make_dng(tmp_path / "a.tif")).pixels.shape == (180, 120, 3)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_file_is_refused(tmp_path, share, capfd):
    path = make_dng(tmp_path / "a.dng")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReadError, match="damaged"):
        read(path)
    capfd.readouterr()  # LibRaw remarks on it


def test_a_camera_that_libraw_does_not_know(tmp_path):
    (tmp_path / "a.raf").write_bytes(b"FUJIFILMCCD-RAW 0201" + bytes(500))
    with pytest.raises(ReadError, match="LibRaw does not know; develop it"):
        read(tmp_path / "a.raf")


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    path = make_dng(tmp_path / "a.dng")
    monkeypatch.setattr(extras, "has", lambda extra: False)
    with pytest.raises(ReadError, match=r'needs an extra; install with: pip install "lutbridge\[raw\]"'):
        read(path)


def test_a_preview_gives_the_exif_block_where_the_file_is_no_tiff():
    from lutbridge.image.formats import raw

    class Developed:
        def __init__(self, preview):
            self.preview = preview

        def extract_thumb(self):
            return type("Preview", (), {"data": self.preview})

    exif = Image.Exif()
    exif[271] = "Maker"
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    assert raw._exif_of_preview(Developed(buffer.getvalue())) == exif.tobytes()[6:]
    assert raw._exif_of_preview(Developed(b"\xff\xd8 damaged")) is None
    assert raw._exif_of_preview(Developed(np.zeros((4, 4, 3), np.uint8))) is None


def make_nef(path):
    """As Nikon's: a small picture first, which is not marked as one, and the sensor's data in a directory below it."""
    pixels = samples.ramp(shape=(24, 32, 3))
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(pixels, photometric="rgb", subifds=1, metadata=None, extratags=[(271, 2, 0, "NIKON", True)])
        tiff.write(np.zeros((64, 64), np.uint16), photometric=32803, metadata=None)
    return path


@pytest.mark.parametrize("name", ["a.NEF", "a.tif"])
def test_a_small_picture_before_the_sensor_s_data_is_never_taken_for_the_photo(tmp_path, monkeypatch, name):
    path = make_nef(tmp_path / name)
    assert read(path).notices[0].startswith("RAW photo")
    monkeypatch.setattr(extras, "has", lambda extra: False)
    with pytest.raises(ReadError, match="needs an extra"):
        read(path)


def test_a_plain_tiff_of_a_raw_file_s_name(tmp_path, monkeypatch):
    path = samples.write_tiff(tmp_path / "a.nef", samples.ramp())
    assert np.array_equal(read(path).pixels, samples.ramp())
    monkeypatch.setattr(extras, "has", lambda extra: False)
    with pytest.raises(ReadError, match=r'needs an extra; install with: pip install "lutbridge\[raw\]"'):
        read(path)
