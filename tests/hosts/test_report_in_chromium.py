"""The before/after page in a real browser: the divider by keyboard and by mouse, the order, and no complaint."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.report import Report, ReportSettings
from lutbridge.batch.run import Outcome, PhotoResult

STAGE = 'document.querySelector(".stage")'
END, LEFT, HOME = ("End", 35), ("ArrowLeft", 37), ("Home", 36)


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.html"
    with Report(ReportSettings("portrait-v1", 1.0, "cpu", "0.1.0")) as report:
        for number, change in enumerate((10, 60, 30)):
            before = np.full((400, 600, 3), 100, np.uint8)
            outcome = Outcome((0.5, -0.2), 0.01, compare(before, before + change, preview_size(3)))
            report.add(PhotoResult(Path(f"shoot/{number}.jpg"), Path("out"), "done", 1.0, outcome=outcome))
        report.write(path, skipped=0)
    return path


def split(browser):
    return browser.evaluate(f'{STAGE}.style.getPropertyValue("--split")')


def test_the_divider_follows_the_keyboard(browser, report):
    browser.open(report.as_uri())
    browser.evaluate(f'{STAGE}.querySelector("input").focus()')
    assert split(browser) == "50%"
    for key, expected in ((LEFT, "49%"), (END, "100%"), (HOME, "0%")):
        browser.press(*key)
        assert split(browser) == expected
    assert browser.evaluate(f'{STAGE}.querySelector("input").getAttribute("aria-valuetext")') == "0 % before"


def test_the_divider_follows_a_drag_and_shows_before_on_its_left(browser, report):
    browser.open(report.as_uri())
    left, top, width = browser.evaluate(f"(box => [box.left, box.top, box.width])({STAGE}.getBoundingClientRect())")
    browser.mouse("mousePressed", left + width / 2, top + 50)
    browser.mouse("mouseMoved", left + width / 4, top + 60)
    assert float(split(browser).rstrip("%")) == pytest.approx(25, abs=0.5)
    browser.mouse("mouseReleased", left + width / 4, top + 60)
    browser.mouse("mouseMoved", left + width * 3 / 4, top + 60)
    assert float(split(browser).rstrip("%")) == pytest.approx(25, abs=0.5)
    clip = browser.evaluate(f'getComputedStyle({STAGE}.querySelector(".before")).clipPath')
    assert clip.startswith("inset(0px 7") and clip.endswith("% 0px 0px)")


def test_photos_can_be_ordered_by_how_much_they_changed(browser, report):
    browser.open(report.as_uri())
    order = '[...document.querySelectorAll(".name")].map(name => name.textContent).join(" ")'
    assert browser.evaluate(order) == "0.jpg 1.jpg 2.jpg"
    change = 'order => { order.value = "deltaE"; order.dispatchEvent(new Event("change")); }'
    browser.evaluate(f'({change})(document.getElementById("order"))')
    assert browser.evaluate(order) == "1.jpg 2.jpg 0.jpg"


def test_the_page_loads_nothing_and_complains_of_nothing(browser, report):
    browser.open(report.as_uri())
    decoded = 'Promise.all([...document.images].map(image => (image.loading = "eager", image.decode())))'
    assert browser.evaluate(f"{decoded}.then(() => [...document.images].map(i => i.naturalWidth))") == [600] * 6
    asked = [
        event["params"]["request"]["url"] for event in browser.events if "requestWillBeSent" == event["method"][8:]
    ]
    assert {url for url in asked if not url.startswith("data:")} == {report.as_uri()}
    assert not [event for event in browser.events if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]


@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out_sideways(browser, report, width):
    browser.open(report.as_uri())
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_painted_is_before_on_the_left_and_after_on_the_right(browser, report):
    browser.open(report.as_uri())
    left, top, width = browser.evaluate(f"(box => [box.left, box.top, box.width])({STAGE}.getBoundingClientRect())")
    painted = Image.open(io.BytesIO(base64.b64decode(browser.call("Page.captureScreenshot")["data"]))).convert("RGB")
    for share, code in ((0.25, 100), (0.75, 110)):
        assert max(abs(channel - code) for channel in painted.getpixel((left + share * width, top + 40))) <= 2
