from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from lutbridge.group.capture import file_time, read_facts

NINE = datetime(2026, 5, 1, 9)


def write(path, main=None, camera=None, xmp=None):
    exif = Image.Exif()
    for name, value in (main or {}).items():
        exif[ExifTags.Base[name]] = value
    for name, value in (camera or {}).items():
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base[name]] = value
    Image.new("RGB", (8, 8)).save(path, exif=exif, **({"xmp": xmp} if xmp else {}))
    return path


@pytest.mark.parametrize(
    ("camera", "time"),
    [
        ({"DateTimeOriginal": "2026:05:01 09:00:00"}, NINE),
        ({"DateTimeOriginal": "2026:05:01 09:00:00", "SubsecTimeOriginal": "25"}, NINE + timedelta(milliseconds=250)),
        ({"DateTimeOriginal": "2026:05:01 09:00:00", "SubsecTimeOriginal": "  "}, NINE),
        (
            {"DateTimeOriginal": "2026:05:01 09:00:00", "OffsetTimeOriginal": "-03:30"},
            NINE.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30))),
        ),
        ({"DateTimeOriginal": "    :  :     :  :  ", "DateTimeDigitized": "2026:05:01 09:00:00"}, NINE),
        ({"DateTimeOriginal": "0000:00:00 00:00:00"}, None),
        ({"DateTimeOriginal": "2026:13:01 09:00:00"}, None),
        ({"DateTimeOriginal": "2026:05:01 09:00:00", "OffsetTimeOriginal": "+99:00"}, None),
        ({"SubsecTimeOriginal": "25"}, None),
    ],
)
def test_the_time_of_the_exposure(tmp_path, camera, time):
    facts = read_facts(write(tmp_path / "a.jpg", camera=camera))
    assert (facts.time, facts.time_from) == (time, "EXIF" if time else "")
    assert time is None or facts.time.tzinfo == time.tzinfo


@pytest.mark.parametrize(
    "xmp",
    [
        b'<rdf:Description exif:DateTimeOriginal="2026-05-01T09:00:00.5Z" tiff:Model="Phone 3"/>',
        b"<rdf:Description><photoshop:DateCreated>2026-05-01T09:00:00.5Z</photoshop:DateCreated>"
        b"<tiff:Model>Phone 3</tiff:Model></rdf:Description>",
    ],
)
def test_xmp_where_exif_is_silent(tmp_path, xmp):
    facts = read_facts(write(tmp_path / "a.jpg", xmp=xmp))
    assert facts.time == NINE.replace(microsecond=500_000, tzinfo=UTC)
    assert (facts.time_from, facts.camera) == ("XMP", "Phone 3")
    with_exif = read_facts(write(tmp_path / "b.jpg", camera={"DateTimeOriginal": "2026:05:01 10:00:00"}, xmp=xmp))
    assert (with_exif.time.hour, with_exif.time_from) == (10, "EXIF")


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("NIKON CORPORATION", "NIKON Z 9", "NIKON Z 9"),
        ("SONY", "ILCE-7M4", "SONY ILCE-7M4"),
        ("", "X100V", "X100V"),
        ("", "", ""),
    ],
)
def test_the_camera_has_one_name(tmp_path, make, model, camera):
    assert read_facts(write(tmp_path / "a.jpg", {"Make": make, "Model": model})).camera == camera


def test_two_bodies_of_one_model_are_two(tmp_path):
    bodies = [
        read_facts(write(tmp_path / "a.jpg", {"Model": "R5"}, {"BodySerialNumber": serial})).body for serial in "12"
    ]
    assert bodies == [("R5", "1"), ("R5", "2")]


def test_exposure_in_stops(tmp_path):
    settings = {"ExposureTime": IFDRational(1, 100), "FNumber": IFDRational(2), "ISOSpeedRatings": 400}
    facts = read_facts(write(tmp_path / "a.jpg", camera=settings | {"ExposureMode": 2}))
    assert facts.exposure == pytest.approx(0.0, abs=0.01) and facts.bracketed
    brighter = read_facts(write(tmp_path / "b.jpg", camera=settings | {"ExposureTime": IFDRational(1, 25)}))
    assert brighter.exposure - facts.exposure == pytest.approx(2, abs=0.02) and not brighter.bracketed
    del settings["FNumber"]
    assert read_facts(write(tmp_path / "c.jpg", camera=settings)).exposure is None


def test_the_time_of_a_file_is_another_thing(tmp_path):
    path = write(tmp_path / "a.jpg")
    assert read_facts(path).time is None
    assert abs(file_time(path) - datetime.now(UTC)) < timedelta(minutes=5)
    assert file_time(tmp_path / "none.jpg") is None
