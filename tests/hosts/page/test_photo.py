"""One photo on the page: what is painted, the divider, the loupe, the histogram, and what is saved."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from lutbridge.image.read import read
from lutbridge.lut.formats import FORMATS
from lutbridge.lut.formats.cube import decode

WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")


@pytest.fixture(scope="session")
def plain_chromium(launch):
    return launch(*WITHOUT_WEBGL)


@pytest.fixture(params=["webgl", "plain"])
def watched(request, open_page):
    """A page, and the LUTs that the helper sent it, by grid size."""
    browser = {} if request.param == "webgl" else {"browser": request.getfixturevalue("plain_chromium")}
    page, luts = open_page(**browser), {}

    def keep(response):
        if "/v1/lut" in response.url:
            lut = decode(response.body()).lut
            luts[lut.grid_size] = lut

    page.on("response", keep)
    assert page.locator("#painter").is_visible() == (request.param == "plain")
    return page, luts


def test_the_strength_slider_moves_the_pixels_as_the_library_would(tools, watched, shoot):
    page, luts = watched
    tools.add(page, shoot[4])
    tools.slide(page, "#strength", 0)
    before = tools.pixels(page, "#right") / 255
    assert np.array_equal(tools.pixels(page, "#left") / 255, before)
    after = luts[33].apply(before)
    assert np.abs(after - before).mean() > 0.02
    for percent in (100, 35):
        tools.slide(page, "#strength", percent)
        expected = before + percent / 100 * (after - before)
        assert np.abs(tools.pixels(page, "#right") / 255 - expected).max() <= 0.51 / 255
    expect(page.locator("#strength-value")).to_have_text("35 %")


def test_the_original_is_seen_while_pressed(tools, page, shoot):
    tools.add(page, shoot[1])
    retouched, original = tools.pixels(page, "#right"), tools.pixels(page, "#left")
    assert not np.array_equal(retouched, original)
    box = page.locator("#frame").bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 20)
    page.mouse.down()
    assert np.array_equal(tools.pixels(page, "#right"), original)
    page.mouse.up()
    assert np.array_equal(tools.pixels(page, "#right"), retouched)
    page.locator("#original").focus()
    page.keyboard.down("Space")
    assert np.array_equal(tools.pixels(page, "#right"), original)
    page.keyboard.up("Space")
    assert np.array_equal(tools.pixels(page, "#right"), retouched)


def test_the_divider_follows_mouse_and_keys(tools, page, shoot):
    tools.add(page, shoot[0])
    box = page.locator("#frame").bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 60)
    page.mouse.up()
    page.mouse.move(middle, box["y"] + 30)
    assert float(page.locator("#split").input_value()) == pytest.approx(25, abs=1)
    page.keyboard.press("ArrowLeft")
    assert page.locator("#split").evaluate("slider => slider === document.activeElement")
    page.keyboard.press("Home")
    assert page.locator("#left").evaluate("canvas => getComputedStyle(canvas).clipPath") == "inset(0px 100% 0px 0px)"


def test_the_loupe_shows_the_photos_own_pixels(tools, page, shoot):
    tools.add(page, shoot[0])
    tools.slide(page, "#split", 100)
    page.click("#loupe-button")
    box = page.locator("#frame").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tools.settle(page)
    shown = tools.pixels(page, "#loupe").astype(int)
    photo = read(shoot[0]).pixels.astype(int)
    top, left = (np.array(photo.shape[:2]) - 280) // 2
    expected = photo[top : top + 280, left : left + 280]
    assert np.abs(shown - expected).max() <= 4, "another JPEG decoder's rounding"
    page.keyboard.press("ArrowRight")
    assert not np.array_equal(tools.pixels(page, "#loupe"), shown)
    page.keyboard.press("l")
    expect(page.locator("#loupe")).to_be_hidden()


def test_clipping_is_counted_and_marked(tools, page, tmp_path):
    codes = np.full((200, 300, 3), 128, np.uint8)
    codes[:, :30], codes[:, 30:45] = 255, 0
    Image.fromarray(codes).save(tmp_path / "ends.png")
    tools.add(page, tmp_path / "ends.png")
    tools.slide(page, "#strength", 0)
    expect(page.locator("#clipped")).to_have_text("Clipped highlights 10.0 % (was 10.0 %), shadows 5.0 % (was 5.0 %)")
    page.click("#clipping")
    marked = tools.pixels(page, "#right")
    assert marked[0, 10].tolist() == [255, 0, 0] and marked[0, 40].tolist() == [0, 51, 255]
    assert marked[0, 100].tolist() == [128, 128, 128]


def test_the_full_render_is_what_is_saved(tools, page, shoot, tmp_path):
    tools.add(page, shoot[2])
    through_lut = tools.pixels(page, "#right").astype(int)
    page.click("#full")
    expect(page.locator("#right-tag")).to_have_text("full render")
    rendered = tools.pixels(page, "#right").astype(int)
    assert 0 < np.abs(rendered - through_lut).mean() < 4
    name, data = tools.save(page, "#save-photo")
    (tmp_path / name).write_bytes(data)
    saved = read(tmp_path / name)
    assert name == "DSC_0003.jpg" and saved.pixels.shape == read(shoot[2]).pixels.shape
    assert np.abs(rendered - saved.pixels).mean() < 1, "both are JPEGs of the same render"
    page.select_option("#model", "toy")
    expect(page.locator("#right-tag")).to_have_text("retouched")


@pytest.mark.parametrize("format_", ["cube", "xmp", "hald"])
def test_a_saved_lut_can_be_read(tools, page, shoot, format_):
    tools.add(page, shoot[3])
    tools.slide(page, "#strength", 50)
    page.select_option("#lut-format", format_)
    name, data = tools.save(page, "#save-lut")
    kind = FORMATS[format_]
    assert name == f"DSC_0004{kind.suffixes[0]}"
    lut = kind.codec.decode(data).lut
    before = tools.pixels(page, "#left") / 255
    assert np.abs(lut.apply(before) - tools.pixels(page, "#right") / 255).mean() < 2 / 255


def test_a_tiff_is_shown_and_saved_as_one(tools, page, shoot, tmp_path):
    tools.add(page, shoot[-1])
    photo = read(shoot[-1])
    assert photo.pixels.dtype == np.uint16
    assert np.abs(tools.pixels(page, "#left") - photo.pixels / 257).mean() < 1.5
    name, data = tools.save(page, "#save-photo")
    (tmp_path / name).write_bytes(data)
    saved = read(tmp_path / name)
    assert saved.pixels.dtype == np.uint16 and saved.pixels.shape == photo.pixels.shape


def test_two_models_are_compared_across_the_divider(tools, page, shoot):
    tools.add(page, shoot[4])
    original, ours = tools.pixels(page, "#left"), tools.pixels(page, "#right")
    page.select_option("#against", "toy")
    expect(page.locator("#left-tag")).to_have_text("toy")
    page.wait_for_function("() => document.getElementById('photo-view').ariaBusy === 'false'", polling=100)
    other = tools.pixels(page, "#left")
    assert not np.array_equal(other, original) and not np.array_equal(other, ours)
    assert np.array_equal(tools.pixels(page, "#right"), ours)
    expect(page.locator("#right-tag")).to_have_text("portrait-v1")
    page.select_option("#against", "")
    expect(page.locator("#left-tag")).to_have_text("original")
    assert np.array_equal(tools.pixels(page, "#left"), original)


def test_a_damaged_photo_is_named_and_the_next_one_works(tools, page, shoot, tmp_path):
    (tmp_path / "cut.jpg").write_bytes(shoot[0].read_bytes()[:9000])
    (tmp_path / "notes.txt").write_text("not a photo")
    page.set_input_files("#files", [tmp_path / "cut.jpg", tmp_path / "notes.txt"])
    expect(page.locator("#notices")).to_contain_text("damaged")
    expect(page.locator("#intake")).to_contain_text("1 files left out")
    page.complaints.clear()  # the refused request
    tools.add(page, shoot[0], wait=False)
    page.click("#filmstrip li:last-child button")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    expect(page.locator("#name")).to_have_text("DSC_0001.JPG")
    expect(page.locator("#notices")).to_be_empty()
