"""What exiftool finds in a result, field by field, against what it finds in the photo.

These tests run under `make test-hosts`, which installs exiftool; without it they fail.
"""

import json
import subprocess
import zlib

import numpy as np
import pytest

from lutbridge.image.read import read
from lutbridge.image.target import Target, retarget
from lutbridge.image.write import extension_for, write

from ..image import samples

# What has to differ: the thumbnail, how the pixels are laid out, and the file itself.
LAYOUT = {
    f"IFD0:{name}"
    for name in ("StripOffsets", "StripByteCounts", "RowsPerStrip", "Predictor", "PhotometricInterpretation")
}
GONE = ("IFD1:", "Photoshop:PhotoshopThumbnail")
OF_THE_FILE = ("System:", "ExifTool:", "SourceFile")

FIELDS = """
-Make=Canon -Model=Canon-EOS-5D -Artist=Ann -Copyright=Ann -DateTimeOriginal=2024:01:02+03:04:05 -FNumber=2.8 -ISO=400
-LensModel=EF85mm -UserComment=hello -GPSLatitude=52.5 -GPSLatitudeRef=N -GPSLongitude=13.4 -GPSLongitudeRef=E
-XMP:Title=title -XMP:Rating=4 -XMP-dc:Subject=face -XMP-dc:Subject=studio -IPTC:Keywords=one -IPTC:Keywords=two
-IPTC:Caption-Abstract=caption -Orientation#=6
""".split()


def exiftool(*arguments):
    return subprocess.run(["exiftool", *map(str, arguments)], capture_output=True, check=True).stdout


def fields(path):
    found = json.loads(exiftool("-j", "-G1", "-a", "-b", "-n", "-U", path))[0]
    return {name: value for name, value in found.items() if not name.startswith(OF_THE_FILE)}


def remarks(path):
    """What exiftool finds wrong with a file."""
    return set(exiftool("-validate", "-warning", "-a", "-G1", path).decode().splitlines()[1:])


# Of a photo that moves to another format: what describes the old file's pixels, and the blocks' framing.
FRAMING = ("File:", "JFIF:", "PNG:", "PNG-pHYs:", "RIFF:", "IFD1:", "Photoshop:", "Composite:", "Adobe:")
MOVED = {f"IFD0:{name}" for name in ("ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "SamplesPerPixel")}
MOVED |= {f"IFD0:{name}" for name in ("PlanarConfiguration", "SubfileType", "YCbCrPositioning", "ApplicationNotes")}


def compare(source):
    """Writes a result with other pixels and compares its fields with the photo's."""
    photo = read(source)
    result = source.with_name("result" + extension_for(photo))
    write(result, photo, np.iinfo(photo.pixels.dtype).max - photo.pixels)
    before, after = fields(source), fields(result)
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in differing if name not in LAYOUT and not name.startswith(GONE)} == set()
    assert not any(name.startswith(GONE) for name in after)
    assert remarks(result) <= remarks(source)
    return before


def made_by_camera(tmp_path):
    yield samples.rich_jpeg(tmp_path / "a.jpg", 6)
    yield samples.rich_png(tmp_path / "8.png", samples.ramp(), 6)
    yield samples.rich_png(tmp_path / "16.png", samples.ramp(np.uint16), 3)
    yield samples.rich_webp(tmp_path / "a.webp", samples.ramp(), 6)
    yield samples.rich_tiff(tmp_path / "8.tif", samples.ramp(), 5, ">")
    yield samples.rich_tiff(tmp_path / "16.tif", samples.ramp(np.uint16), 6, compression="lzw", predictor=True)
    yield samples.rich_tiff(tmp_path / "alpha.tif", samples.ramp(np.uint16, (96, 130, 4)), 8, extrasamples=[2])


def test_a_camera_s_fields_and_its_maker_note_survive(tmp_path):
    for source in made_by_camera(tmp_path):
        before = compare(source)
        assert before["Canon:OwnerName"].startswith("the owner, found by an offset")
        assert {"GPS:GPSLatitude", "IFD0:Artist", "InteropIFD:InteropIndex"} <= before.keys()


@pytest.mark.parametrize("name", ["a.jpg", "8.png", "16.png", "a.webp", "8.tif", "16.tif"])
def test_what_exiftool_wrote_survives(tmp_path, name):
    path = tmp_path / name
    pixels = samples.ramp(np.uint16 if "16" in name else np.uint8)
    profile = samples.srgb_profile()
    if name.endswith("jpg"):
        samples.write_jpeg(path, samples.smooth(), icc_profile=profile, dpi=(300, 300))
    elif name.endswith("png"):
        samples.write_png(path, pixels)
    elif name.endswith("webp"):
        samples.write_webp(path, pixels, icc_profile=profile)
    else:
        samples.write_tiff(path, pixels, compression="lzw", predictor=True, iccprofile=profile, resolution=(300, 300))
    thumbnail = samples.write_jpeg(tmp_path / "thumbnail", samples.smooth((24, 32)))
    pictures = [f"-ThumbnailImage<={thumbnail}"] * (not name.endswith("tif"))
    exiftool("-q", "-overwrite_original", *FIELDS, *pictures, path)
    before = compare(path)
    expected = {"IFD0:Make", "ExifIFD:FNumber", "GPS:GPSLongitude", "XMP-dc:Title", "XMP-xmp:Rating"}
    expected |= {"IPTC:Keywords"} if not name.endswith("webp") else set()  # WebP has no place for it
    assert expected <= before.keys()


@pytest.mark.parametrize("name", ["a.jpg", "8.png", "8.tif"])
@pytest.mark.parametrize("format_", ["jpeg", "png", "tiff"])
def test_fields_move_to_another_format(tmp_path, name, format_):
    path = tmp_path / name
    profile = samples.srgb_profile()
    if name.endswith("jpg"):
        samples.write_jpeg(path, samples.smooth(), icc_profile=profile)
    elif name.endswith("png"):
        samples.write_png(path, samples.ramp(), (b"iCCP", b"x\0\0" + zlib.compress(profile)))
    else:
        samples.write_tiff(path, samples.ramp(), iccprofile=profile)
    exiftool("-q", "-overwrite_original", *FIELDS, path)
    photo = retarget(read(path), Target(format=format_))
    result = path.with_name("result" + extension_for(photo))
    write(result, photo, photo.pixels)
    before, after = fields(path), fields(result)
    kept = {n for n in before if not n.startswith(FRAMING) and n not in MOVED | LAYOUT}
    expected = {"IFD0:Make", "ExifIFD:FNumber", "GPS:GPSLongitude", "XMP-dc:Title", "IPTC:Keywords"}
    assert expected <= kept and "ICC_Profile:ProfileDescription" in kept
    assert {n: (before[n], after.get(n)) for n in kept if before[n] != after.get(n)} == {}
    assert not [line for line in remarks(result) - remarks(path) if "Error" in line]


def test_a_long_xmp_block_is_found_in_a_jpeg(tmp_path):
    path = samples.write_tiff(tmp_path / "a.tif", samples.ramp())
    (tmp_path / "long").write_text("word " * 30000)
    exiftool("-q", "-overwrite_original", f"-XMP-dc:Description<={tmp_path / 'long'}", "-XMP-dc:Title=title", path)
    photo = retarget(read(path), Target(format="jpeg"))
    write(tmp_path / "b.jpg", photo, photo.pixels)
    found = fields(tmp_path / "b.jpg")
    assert len(found["XMP-dc:Description"]) >= 149_999 and found["XMP-dc:Title"] == "title"
