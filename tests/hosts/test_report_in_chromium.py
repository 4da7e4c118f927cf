"""The before/after page in a real browser: dividers, the enlarged photo, the order, printing, many photos."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.filmstrip import STAGES, Filmstrip
from lutbridge.batch.report import Report, ReportSettings
from lutbridge.batch.run import PhotoFigures, PhotoResult

MANY = 3000
OPEN_SECONDS = 20  # on two busy cores


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.html"
    with Report(ReportSettings("portrait-v1", 1.0, "cpu", "0.1.0")) as report:
        for number, change in enumerate((10, 60, 30)):
            before = np.full((400, 600, 3), 100, np.uint8)
            figures = PhotoFigures((0.5, -0.2), 0.01, compare(before, before + change, preview_size(3)))
            report.add(PhotoResult(Path(f"shoot/{number}.jpg"), Path("out"), "done", 1.0, figures=figures))
        report.write(path, skipped=0)
    return path


@pytest.fixture
def page(chromium, report):
    """The report, opened; whatever it asks for or complains of fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    yield page
    page.close()
    assert {url for url in asked if not url.startswith("data:")} == {report.as_uri()}
    assert not complaints


def split(page):
    return page.locator(".stage").first.evaluate("stage => stage.style.getPropertyValue('--split')")


def test_the_divider_follows_the_keyboard(page):
    slider = page.locator(".stage input").first
    slider.focus()
    assert split(page) == "50%"
    for key, expected in (("ArrowLeft", "49%"), ("End", "100%"), ("Home", "0%")):
        page.keyboard.press(key)
        assert split(page) == expected
    assert slider.get_attribute("aria-valuetext") == "0 % before"


def test_the_divider_follows_a_drag_and_shows_before_on_its_left(page):
    box = page.locator(".stage").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 60)
    assert float(split(page).rstrip("%")) == pytest.approx(25, abs=0.5)
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + 60)
    assert float(split(page).rstrip("%")) == pytest.approx(25, abs=0.5)
    clip = page.locator(".stage .before").first.evaluate("image => getComputedStyle(image).clipPath")
    assert clip.startswith("inset(0px 7") and clip.endswith("% 0px 0px)")


def test_photos_can_be_ordered_by_how_much_they_changed(page):
    assert page.locator("#photos .name").all_text_contents() == ["0.jpg", "1.jpg", "2.jpg"]
    page.select_option("#order", "deltaE")
    assert page.locator("#photos .name").all_text_contents() == ["1.jpg", "2.jpg", "0.jpg"]


def enlarged(page):
    """The name in the viewer, or "" where it is closed."""
    return page.evaluate("viewer.open ? viewer.querySelector('.name').textContent : ''")


def viewer_split(page):
    return page.locator("#viewer .stage").evaluate("stage => stage.style.getPropertyValue('--split')")


def test_a_click_enlarges_a_photo_until_it_fills_the_window(page):
    page.locator(".stage").nth(1).click(position={"x": 100, "y": 80})
    assert enlarged(page) == "1.jpg"
    box = page.locator("#viewer .stage").bounding_box()
    assert box["width"] > 0.95 * 1280 or box["height"] > 0.85 * 800
    assert box["width"] / box["height"] == pytest.approx(1.5, rel=0.01)
    assert page.locator("#viewer .change").text_content().startswith("Brightened by")
    assert page.locator("#place").text_content() == "2 of 3"
    page.keyboard.press("Escape")
    assert enlarged(page) == ""
    page.wait_for_function("document.activeElement.getAttribute('aria-label') === 'Enlarge 1.jpg'")


def test_the_keyboard_goes_through_the_enlarged_photos_in_the_chosen_order(page):
    page.select_option("#order", "deltaE")
    page.get_by_role("button", name="Enlarge 1.jpg").press("Enter")
    seen = [enlarged(page)]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(enlarged(page))
    assert seen == ["1.jpg", "2.jpg", "0.jpg", "0.jpg", "2.jpg"]
    page.click("#next")
    assert enlarged(page) == "0.jpg"
    page.click("#close")
    assert enlarged(page) == ""


def test_the_keyboard_moves_the_divider_of_the_enlarged_photo(page):
    page.get_by_role("button", name="Enlarge 0.jpg").click()
    seen = []
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "Space", "Space"):
        page.keyboard.press(key)
        seen.append(viewer_split(page))
    page.click("#close")
    page.get_by_role("button", name="Enlarge 0.jpg").click()
    page.locator("#viewer .stage").click(position={"x": 300, "y": 200})
    page.keyboard.press("Space")
    seen.append(viewer_split(page))
    assert seen == ["55%", "50%", "45%", "0%", "100%", "0%"]


def test_a_drag_does_not_enlarge(page):
    box = page.locator(".stage").first.bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 50)
    page.mouse.up()
    assert enlarged(page) == ""


def test_weights_and_figures_are_under_details(page):
    weights = page.locator(".weights").first
    assert not weights.is_visible()
    page.get_by_text("Details").first.click()
    assert weights.is_visible() and weights.locator("li").count() == 2


def test_a_printed_page_shows_both_pictures_of_each_photo_beside_each_other(page):
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for number in range(3):
        stage = page.locator(".photo").nth(number)
        after, before = (stage.locator(f".{kind}").bounding_box() for kind in ("after", "before"))
        assert before["x"] + before["width"] <= after["x"] and before["width"] == pytest.approx(after["width"], abs=0.5)
        for picture, name in ((before, "before"), (after, "after")):
            tag = stage.get_by_text(name, exact=True).bounding_box()
            assert picture["x"] < tag["x"] and tag["x"] + tag["width"] < picture["x"] + picture["width"]
    assert not page.locator(".bar").is_visible() and not page.locator("summary").first.is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_thousands_of_photos_open_fast(chromium, tmp_path):
    """Until the first photo can be seen and clicked; a page that decoded all of them would take minutes."""
    path = tmp_path / "many.html"
    before = np.random.default_rng(0).integers(0, 255, (160, 240, 3), np.uint8)
    figures = PhotoFigures((0.5,), 0.01, compare(before, 255 - before, preview_size(MANY)))
    with Report(ReportSettings("portrait-v1", 1.0, "cpu", "0.1.0")) as report:
        for number in range(MANY):
            report.add(PhotoResult(Path(f"shoot/{number}.jpg"), Path("out"), "done", 1.0, figures=figures))
        report.write(path, skipped=0)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    start = time.monotonic()
    page.goto(path.as_uri())
    page.locator(".stage").first.click()
    assert enlarged(page) == "0.jpg"
    assert time.monotonic() - start < OPEN_SECONDS
    page.keyboard.press("ArrowRight")
    assert enlarged(page) == "1.jpg"
    page.close()


def test_every_picture_can_be_decoded(page):
    decoded = "Promise.all([...document.images].map(image => (image.loading = 'eager', image.decode())))"
    assert page.evaluate(f"{decoded}.then(() => [...document.images].map(i => i.naturalWidth))") == [600] * 6


@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_painted_is_before_on_the_left_and_after_on_the_right(page):
    stage = page.locator(".stage").first
    painted = Image.open(io.BytesIO(stage.screenshot())).convert("RGB")
    for share, code in ((0.25, 100), (0.75, 110)):
        place = (int(share * painted.width), painted.height // 5)
        assert max(abs(channel - code) for channel in painted.getpixel(place)) <= 2


def test_photos_that_wait_are_shown_as_the_page_is_scrolled_and_take_part_in_the_order(chromium, tmp_path):
    path, before = tmp_path / "many.html", np.full((40, 60, 3), 100, np.uint8)
    with Report(ReportSettings("portrait-v1", 1.0, "cpu", "0.1.0")) as report:
        for number in range(350):
            comparison = compare(before, before + number % 100, preview_size(350))
            figures = PhotoFigures((0.5, -0.2), number / 1000, comparison)
            report.add(PhotoResult(Path(f"shoot/{number}.jpg"), Path("out"), "done", 1.0, figures=figures))
        report.write(path, skipped=0)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    assert page.locator("li.photo").count() < 350
    page.locator("#order").select_option("clipped")
    assert page.locator("li.photo .name").first.text_content() == "349.jpg"
    for _ in range(40):
        page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(50)
        if page.locator("li.photo").count() == 350:
            break
    names = page.locator("li.photo .name").all_text_contents()
    assert names == [f"{number}.jpg" for number in reversed(range(350))]
    assert page.locator("#more").is_hidden()
    slider = page.locator(".stage input").last
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0 % before"
    page.close()


@pytest.mark.parametrize(("count", "are_open"), [(2, True), (30, False)])
def test_a_group_s_pictures_appear_when_it_is_opened_and_few_groups_are(chromium, tmp_path, count, are_open):
    path, picture = tmp_path / "report.html", np.full((160, 107, 3), 0.5, np.float32)
    with Report(ReportSettings("portrait-v1", 1.0, "cpu", "0.1.0")) as report:
        for number in range(count):
            pictures = [[picture] * 3] * len(STAGES)
            report.add_group(Filmstrip(str(number), "3 takes", "They match.", True, ("a", "b", "<c>"), pictures))
        report.add_group(Filmstrip("odd", "2 photos", "Not matched.", False, ("d", "e"), ()))
        report.write(path, skipped=0)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    assert page.locator(".group").count() == count + 1
    assert page.locator(".strip img").count() == 9 * count * are_open
    for _ in range(3):  # open or close it, and again
        page.locator(".group summary h2").last.click()
    assert page.locator(".group").nth(count - 1).locator(".strip img").count() == 9
    assert page.locator("th", has_text="<c>").count() == (count if are_open else 1)
    page.close()
