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

    def keep(route):  # on its way: what a page takes as a blob cannot be asked for afterwards
        response = route.fetch()
        lut = decode(response.body()).lut
        luts[lut.grid_size] = lut
        route.fulfill(response=response)

    page.route("**/v1/lut*", keep)
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


@pytest.mark.parametrize("has_pixels", [True, False])
def test_the_loupe_covers_nothing_beside_the_photo(tools, page, shoot, has_pixels):
    tools.add(page, shoot[0])
    if not has_pixels:  # as while a large photo is decoded
        page.evaluate("() => (window.createImageBitmap = () => new Promise(() => {}))")
    page.click("#loupe-button")
    stage, frame = page.locator("#stage").bounding_box(), page.locator("#frame").bounding_box()
    for x, y in ((2, 2), (frame["width"] - 2, frame["height"] - 2)):
        page.mouse.move(frame["x"] + x, frame["y"] + y)
        tools.settle(page)
        loupe = page.locator("#loupe").bounding_box()
        assert loupe["x"] >= stage["x"] - 1 and loupe["x"] + loupe["width"] <= stage["x"] + stage["width"] + 1
        assert loupe["y"] >= stage["y"] - 1 and loupe["y"] + loupe["height"] <= stage["y"] + stage["height"] + 1
    expect(page.locator("button[data-view=shoot]")).to_be_visible()
    page.click("button[data-view=shoot]", timeout=5000)


def test_clipping_is_counted_and_marked(tools, page, tmp_path):
    codes = np.full((200, 300, 3), 128, np.uint8)
    codes[:, :30], codes[:, 30:45] = 255, 0
    Image.fromarray(codes).save(tmp_path / "ends.png")
    tools.add(page, tmp_path / "ends.png")
    tools.slide(page, "#strength", 0)
    expect(page.locator("#clipped-high")).to_have_text("Clipped highlights 10.0 % (was 10.0 %)")
    expect(page.locator("#clipped-low")).to_have_text("Clipped shadows 5.0 % (was 5.0 %)")
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


def test_what_the_result_does_not_have_in_common_is_said_when_it_is_saved(tools, page, tmp_path):
    Image.fromarray(np.tile(np.arange(96, dtype=np.uint8) + 80, (64, 1))).save(tmp_path / "grey.png")
    tools.add(page, tmp_path / "grey.png")
    page.select_option("#image-format", "webp")
    tools.save(page, "#save-photo")
    expect(page.locator("#work")).to_contain_text("grey.png saved: grey photo, written as RGB")
    page.click("#work button")
    expect(page.locator("#work")).to_be_empty()
    expect(page.locator("#work")).to_be_focused()


def test_a_tiff_is_shown_and_saved_as_one(tools, page, shoot, tmp_path):
    tools.add(page, shoot[-1])
    photo = read(shoot[-1])
    assert photo.pixels.dtype == np.uint16
    assert np.abs(tools.pixels(page, "#left") - photo.pixels / 257).mean() < 1.5
    name, data = tools.save(page, "#save-photo")
    (tmp_path / name).write_bytes(data)
    saved = read(tmp_path / name)
    assert saved.pixels.dtype == np.uint16 and saved.pixels.shape == photo.pixels.shape


def test_a_full_render_can_be_given_up(tools, page, shoot):
    tools.add(page, shoot[2])
    jobs = tools.hold(page, "**/v1/jobs/*")
    page.click("#full")
    expect(page.locator("#full")).to_have_text("Cancel")
    page.click("#full")
    expect(page.locator("#full")).to_have_text("Full render")
    page.click("#full")
    page.select_option("#model", "toy")
    expect(page.locator("#full")).to_have_text("Full render")
    jobs.release()
    page.wait_for_selector("#photo-view[aria-busy=false]")
    page.wait_for_timeout(1500)  # were it not given up, it would come within this time, and of the wrong model
    expect(page.locator("#right-tag")).to_have_text("retouched")


def test_models_can_be_compared_where_there_are_two(tools, open_page, shoot):
    page = open_page()
    tools.add(page, shoot[4])
    expect(page.locator("#against-field")).to_be_visible()
    models = page.locator("#model option").all_text_contents()
    assert {"toy", "portrait-v1"} < set(models)
    for chosen in ("portrait-v1", "toy"):
        page.select_option("#model", chosen)
        others = [model for model in models if model != chosen]
        assert page.locator("#against option").all_text_contents() == ["the original", *others]
    page.select_option("#against", "portrait-v1")
    expect(page.locator("#left-tag")).to_have_text("portrait-v1")
    page.select_option("#model", "portrait-v1")
    expect(page.locator("#left-tag")).to_have_text("original")

    def with_one_model(route):
        info = route.fetch().json()
        route.fulfill(json=info | {"models": [m for m in info["models"] if m["name"] == info["default_model"]]})

    page.route("**/v1/info", with_one_model)
    page.reload()
    page.wait_for_selector("#model option", state="attached")
    tools.add(page, shoot[4], model=None)
    expect(page.locator("#against-field")).to_be_hidden()
    page.unroute_all()


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
