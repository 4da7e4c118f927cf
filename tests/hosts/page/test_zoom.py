"""100 % and 200 % in place."""

import numpy as np
from playwright.sync_api import expect

from lutbridge.image.read import read


def frame(page):
    return page.locator("#frame").bounding_box()


def part(photo, shown, left, top):
    height, width = shown.shape[:2]
    return photo[top : top + height, left : left + width]


def test_the_photo_is_seen_pixel_by_pixel_in_place_and_moved(tools, open_page, shoot):
    page = open_page(width=900, height=600)
    tools.add(page, shoot[0])
    fitted = frame(page)
    photo = read(shoot[0]).pixels.astype(int)
    page.click("button[data-zoom='1']")
    page.wait_for_selector("#frame[data-zoom='1']")
    shown = tools.pixels(page, "#left").astype(int)
    box = frame(page)
    assert (box["width"], box["height"]) == (shown.shape[1], shown.shape[0]), "one pixel of the screen for each"
    top, left = (np.array(photo.shape[:2]) - shown.shape[:2] + 1) // 2
    assert np.abs(shown - part(photo, shown, left, top)).mean() < 1
    page.mouse.move(box["x"] + 40, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 160)
    expect(page.locator("#right-tag")).to_have_text("retouched")  # it moves the photo, and does not show the original
    page.mouse.up()
    moved = tools.pixels(page, "#left").astype(int)
    assert np.abs(moved - part(photo, moved, left - 30, top - 60)).mean() < 1
    page.keyboard.press("Shift+ArrowDown")
    assert not np.array_equal(tools.pixels(page, "#left"), moved)
    page.keyboard.press("z")
    page.wait_for_selector("#frame[data-zoom='2']")
    doubled = tools.pixels(page, "#left")
    assert abs(frame(page)["width"] - 2 * doubled.shape[1]) < 1e-3
    page.keyboard.press("z")
    expect(page.locator("button[data-zoom='0']")).to_have_attribute("aria-pressed", "true")
    tools.settle(page)
    assert frame(page) == fitted


def test_the_retouch_of_a_zoomed_photo_follows_the_slider_and_the_full_render(tools, page, shoot):
    tools.add(page, shoot[4])
    page.keyboard.press("z")
    page.wait_for_selector("#frame[data-zoom='1']")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    left, right = (tools.pixels(page, side).astype(int) for side in ("#left", "#right"))
    assert np.abs(left - right).mean() > 2
    tools.slide(page, "#strength", 0)
    assert np.array_equal(tools.pixels(page, "#right"), left)
    tools.slide(page, "#strength", 100)
    page.click("#full")
    expect(page.locator("#right-tag")).to_have_text("full render")
    assert 0 < np.abs(tools.pixels(page, "#right") - right).mean() < 4


def test_the_zoom_stays_from_photo_to_photo_and_gives_way_to_the_loupe(tools, page, shoot):
    tools.add(page, shoot[:2])
    box = frame(page)
    page.mouse.dblclick(box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"])
    page.wait_for_selector("#frame[data-zoom='1']")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")
    page.wait_for_selector("#frame[data-zoom='1']")
    page.keyboard.press("l")
    expect(page.locator("#loupe")).to_be_visible()
    expect(page.locator("#frame[data-zoom]")).to_have_count(0)
    page.click("button[data-zoom='2']")
    expect(page.locator("#loupe")).to_be_hidden()
    page.wait_for_selector("#frame[data-zoom='2']")
