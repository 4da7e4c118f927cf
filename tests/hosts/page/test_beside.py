"""Original and result side by side."""

import numpy as np
from playwright.sync_api import expect

from .test_access import faults


def boxes(page):
    return [page.locator(canvas).bounding_box() for canvas in ("#left", "#right")]


def test_original_and_result_stand_side_by_side_and_whole(tools, page, shoot):
    tools.add(page, shoot[1])
    split = [tools.pixels(page, canvas) for canvas in ("#left", "#right")]
    page.keyboard.press("y")
    expect(page.locator("#beside")).to_have_attribute("aria-pressed", "true")
    left, right = boxes(page)
    stage = page.locator("#stage").bounding_box()
    assert left["x"] + left["width"] < right["x"] and left["y"] == right["y"]
    assert (left["width"], left["height"]) == (right["width"], right["height"])
    assert stage["x"] <= left["x"] and right["x"] + right["width"] <= stage["x"] + stage["width"]
    assert page.locator("#left").evaluate("canvas => getComputedStyle(canvas).clipPath") == "none"
    expect(page.locator("#divider")).to_be_hidden()
    for before, canvas in zip(split, ("#left", "#right"), strict=True):
        assert np.array_equal(tools.pixels(page, canvas), before)
    page.keyboard.down("o")
    expect(page.locator("#right-tag")).to_have_text("original")
    page.keyboard.up("o")
    assert faults(page) == []
    page.click("#beside")
    expect(page.locator("#divider")).to_be_visible()


def test_both_are_zoomed_and_moved_together(tools, open_page, shoot):
    page = open_page(width=1000, height=600)
    tools.add(page, shoot[1])
    page.keyboard.press("y")
    page.click("button[data-zoom='1']")
    page.wait_for_selector("#frame[data-zoom='1']")
    tools.slide(page, "#strength", 0)  # what both show is the same photo then
    left, right = boxes(page)
    assert left["x"] + left["width"] < right["x"]
    seen = tools.pixels(page, "#left")
    assert left["width"] == seen.shape[1], "one pixel of the screen for each"
    assert np.array_equal(seen, tools.pixels(page, "#right"))
    page.mouse.move(right["x"] + 60, right["y"] + 60)
    page.mouse.down()
    page.mouse.move(right["x"] + 20, right["y"] + 30)
    page.mouse.up()
    moved = tools.pixels(page, "#left")
    assert np.array_equal(moved[:-30, :-40], seen[30:, 40:])
    assert np.array_equal(moved, tools.pixels(page, "#right"))


def test_the_loupe_shows_the_side_that_it_lies_on(tools, page, shoot):
    tools.add(page, shoot[1])
    page.keyboard.press("y")
    page.keyboard.press("l")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    seen = []
    for box in boxes(page):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.append(tools.pixels(page, "#loupe").astype(int))
    original, retouched = seen
    assert np.abs(original - retouched).mean() > 3
    tools.slide(page, "#strength", 0)
    assert np.abs(tools.pixels(page, "#loupe") - original).max() <= 1
