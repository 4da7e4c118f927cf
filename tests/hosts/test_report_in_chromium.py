"""The before/after page in a real browser: the divider by keyboard and by mouse, the order, and no complaint."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.report import Report, ReportSettings
from lutbridge.batch.run import PhotoFigures, PhotoResult


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
    assert page.locator(".name").all_text_contents() == ["0.jpg", "1.jpg", "2.jpg"]
    page.select_option("#order", "deltaE")
    assert page.locator(".name").all_text_contents() == ["1.jpg", "2.jpg", "0.jpg"]


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
