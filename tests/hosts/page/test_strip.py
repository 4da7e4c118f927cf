"""The row of small photos, and the line that says how one was taken."""

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from playwright.sync_api import expect

STRIP = "#filmstrip li:nth-child(2) canvas"


def test_the_strip_shows_results_and_names(tools, page, shoot):
    tools.add(page, shoot[:3])
    expect(page.locator("#filmstrip .file")).to_have_text(["DSC_0001.JPG", "DSC_0002.JPG", "DSC_0003.JPG"])
    tools.slide(page, "#strength", 0)
    original = tools.pixels(page, STRIP).astype(int)
    tools.slide(page, "#strength", 100)
    for _ in range(100):
        shown = tools.pixels(page, STRIP).astype(int)
        if np.abs(shown - original).mean() > 3:
            break
        page.wait_for_timeout(200)
    assert np.abs(shown - original).mean() > 3, "it is retouched as the large photo is"
    tools.slide(page, "#strength", 0)
    assert np.abs(tools.pixels(page, STRIP) - original).max() <= 1


@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".png", ".webp"])
def test_a_line_says_how_the_photo_was_taken(tools, page, tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0110] = "Model 5"
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x829D] = IFDRational(1, 200), IFDRational(14, 10)
    details[0x8827], details[0x920A] = 400, IFDRational(85, 1)
    details[0x9003], details[0xA434] = "2026:09:12 14:03:07", "85 mm Prime"
    Image.new("RGB", (96, 64), (120, 90, 70)).save(tmp_path / f"a{suffix}", exif=exif)
    tools.add(page, tmp_path / f"a{suffix}")
    line = "Model 5 · 85 mm Prime · 85 mm · f/1.4 · 1/200 s · ISO 400 · 2026-09-12 14:03"
    expect(page.locator("#exif")).to_have_text("Model 5" if suffix == ".tif" else line)  # all that Pillow writes there


def test_a_photo_without_exif_has_no_line(tools, page, make_photo, tmp_path):
    tools.add(page, make_photo(tmp_path / "plain.jpg", (90, 60)))
    expect(page.locator("#exif")).to_be_empty()
