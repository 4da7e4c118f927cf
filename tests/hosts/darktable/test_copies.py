"""Render mode: a retouched copy beside the original, in the library and grouped with it."""

import io
import subprocess

import numpy as np
import pytest
import tifffile

COPY = """
local original = dt.database.get_image({number})
for _, image in ipairs(original:get_group_members()) do
  if image.id ~= original.id then
    local tags = {{}}
    for _, tag in ipairs(dt.tags.get_tags(image)) do
      if not tag.name:find "^darktable|" then
        tags[#tags + 1] = tag.name
      end
    end
    return {{ number = image.id, name = image.filename, folder = image.path, leader = image.group_leader.id,
      rating = image.rating, red = image.red, blue = image.blue, title = image.title, rights = image.rights,
      maker = image.exif_maker, iso = image.exif_iso, latitude = image.latitude, tags = tags }}
  end
end
"""

DESCRIBE = """
local image = dt.database.get_image({number})
image.rating, image.red, image.title, image.rights = 4, true, "Anna \\"A.\\" Ünal", "© me"
dt.tags.attach(dt.tags.create "people|anna", image)
"""


@pytest.fixture
def copies(editor):
    editor.settings(mode="copy")
    return editor


def test_a_copy_stands_beside_its_original_with_all_that_is_known_of_it(copies, open_photo):
    photo = open_photo("anna 'a' é.jpg")
    exif = ["-Make=Canon", "-Model=EOS 5D", "-ISO=400", "-GPSLatitude=52.5", "-GPSLatitudeRef=N", "-GPSLongitude=13.4"]
    other = photo.path.with_name("with exif é.jpg")
    other.write_bytes(photo.path.read_bytes())
    subprocess.run(["exiftool", "-q", "-overwrite_original", *exif, "-GPSLongitudeRef=E", other], check=True)
    number = copies.load(other)
    copies.lua(DESCRIBE.format(number=number))
    assert copies.press("retouch", number) == ["Rendered copies: 1 of 1 photos."]
    copy = copies.lua(COPY.format(number=number))
    assert copy["name"] == "with exif é-retouched.tif"
    assert copy["folder"] == str(other.parent)
    assert copy["leader"] == number
    assert (copy["rating"], copy["red"], copy["blue"]) == (4, True, False)
    assert (copy["title"], copy["rights"], copy["tags"]) == ('Anna "A." Ünal', "© me", ["people|anna"])
    assert (copy["maker"], copy["iso"]) == ("Canon", 400)
    assert abs(copy["latitude"] - 52.5) < 1e-4
    assert {path.suffix for path in other.parent.iterdir()} == {".jpg", ".tif"}


@pytest.mark.parametrize("name", ["anna.png", "anna.dng"])
def test_a_copy_has_the_helpers_pixels(copies, open_photo, helper, name):
    photo = open_photo(name, exposure=-0.5)
    before = photo.pixels()
    photo.press()
    exported = photo.path.with_name(f"export-{photo.number}.tif").read_bytes()
    expected = tifffile.imread(io.BytesIO(helper.ask(f"/v1/render?name={name}", exported)))
    made = tifffile.imread(photo.path.with_name("anna-retouched.tif"))
    assert (made.dtype, made.shape) == (np.uint16, before.shape)
    assert photo.same(made, expected)
    assert photo.is_exported_as(before)


def test_copies_of_a_photo_with_a_look_are_made_without_it(copies, open_photo):
    photo = open_photo()
    photo.press()
    copies.settings()
    photo.press()
    looks = photo.looks()
    copies.settings(mode="copy")
    photo.press()
    assert photo.looks() == looks
    first, second = (tifffile.imread(photo.path.with_name(f"anna-retouched{n}.tif")) for n in ("", "-2"))
    assert np.array_equal(first, second)


def test_copies_may_be_jpeg_and_match(copies, open_photo):
    copies.settings(mode="copy", group="match", copy_format="JPEG")
    photos = [open_photo(f"take-{n}.png", exposure=exposure) for n, exposure in enumerate([-0.5, 0, 0.5])]
    said = copies.press("retouch", *[photo.number for photo in photos])
    assert said[0] == "Rendered copies: 3 of 3 photos."
    assert all(photo.path.with_name(f"take-{n}-retouched.jpg").exists() for n, photo in enumerate(photos))


def test_with_all_selected_the_copies_of_an_earlier_press_are_left_out(copies, open_photo):
    photo = open_photo()
    photo.press()
    copy = copies.lua(COPY.format(number=photo.number))["number"]
    said = copies.press("retouch", photo.number, copy)
    assert said[0] == "Rendered copies: 1 of 1 photos."
    assert said[1].startswith("Skipped: 1 of the selected photos are results of Auto Retouch.")
    names = sorted(path.name for path in photo.path.parent.iterdir() if path.suffix == ".tif")
    assert names == ["anna-retouched-2.tif", "anna-retouched.tif"]
    alone = copies.press("retouch", copy)
    assert alone[1] == "Already retouched: 1 of these photos are results of Auto Retouch."


def test_a_cancelled_copy_leaves_nothing(copies, open_photo):
    from .test_groups import CANCEL

    photo = open_photo()
    copies.lua(CANCEL.format(after=1))
    assert photo.press() == ["Rendered copies: 0 of 1 photos.", "Cancelled."]
    assert [path.name for path in photo.path.parent.iterdir()] == ["anna.png"]
