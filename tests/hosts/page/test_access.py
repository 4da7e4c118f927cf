"""Keyboard, screen reader, narrow and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SERIOUS = ("serious", "critical")


def faults(page):
    """What axe-core finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found if fault["impact"] in SERIOUS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_serious_fault(tools, open_page, shoot, scheme, width):
    page = open_page(width=width, color_scheme=scheme)
    assert faults(page) == []
    tools.add(page, shoot[:3])
    page.click("#clipping")
    assert faults(page) == []
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("3 takes match")
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 390, 760, 1920])
def test_nothing_sticks_out_sideways(tools, open_page, shoot, width):
    page = open_page(width=width)
    tools.add(page, shoot[:5])
    for view in ("photo", "shoot"):
        page.click(f"button[data-view={view}]")
        tools.settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_photo_stays_in_sight_while_the_sliders_of_a_phone_are_moved(tools, open_page, shoot):
    page = open_page(width=390, height=844)
    tools.add(page, shoot[4])
    page.locator("#strength").scroll_into_view_if_needed()
    page.mouse.wheel(0, 400)
    tools.settle(page)
    box = page.locator("#right").bounding_box()
    assert box["y"] >= -1 and box["y"] + box["height"] <= 844


def test_everything_greyed_or_coloured_by_the_page_is_neutral(tools, open_page, shoot):
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        tools.add(page, shoot[0])
        colours = page.evaluate("""() => [...document.querySelectorAll("body, main, .view, .stage, .panel, .tools")]
          .map((element) => getComputedStyle(element).backgroundColor)""")
        for colour in set(colours) - {"rgba(0, 0, 0, 0)"}:
            red, green, blue = colour.removeprefix("rgb(").rstrip(")").split(", ")
            assert red == green == blue


def test_the_surround_can_be_chosen_and_is_kept(open_page):
    page = open_page(color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.select_option("#surround", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    page.wait_for_selector("#empty")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_keyboard_is_enough(tools, page, shoot):
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.dataset.view"))
    assert {"photo", "shoot", "files", "folder", "surround"} <= set(reached)
    tools.add(page, shoot[:3])
    page.locator("#filmstrip button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")
    page.keyboard.press("Delete")
    expect(page.locator("#filmstrip button")).to_have_count(2)
    expect(page.locator("#name")).to_have_text("DSC_0003.JPG")
    page.locator("#strength").focus()
    page.keyboard.press("Home")
    expect(page.locator("#strength-value")).to_have_text("0 %")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#strength-value")).to_have_text("1 %")
    page.locator("#split").focus()
    page.keyboard.down("o")
    expect(page.locator("#right-tag")).to_have_text("original")
    page.keyboard.up("o")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    page.keyboard.press("c")
    expect(page.locator("#clipping")).to_have_attribute("aria-pressed", "true")
    page.locator("button[data-view=shoot]").focus()
    page.keyboard.press("Enter")
    page.locator("#sheet button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#photo-view")).to_be_visible()
    expect(page.locator("#name")).to_have_text("DSC_0003.JPG")


def test_a_key_that_comes_up_elsewhere_does_not_leave_the_original(tools, page, shoot):
    tools.add(page, shoot[0])
    page.locator("#split").focus()
    page.keyboard.down("o")
    expect(page.locator("#right-tag")).to_have_text("original")
    page.locator("#strength").focus()
    page.keyboard.up("o")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    expect(page.locator("#original")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("button", ["#remove", "#clear", "#filmstrip button"])
def test_the_focus_stays_on_the_page_when_the_last_photo_leaves(tools, page, shoot, button):
    tools.add(page, shoot[0])
    page.locator(button).focus()
    page.keyboard.press("Delete" if "filmstrip" in button else "Enter")
    if button == "#clear":
        page.click("#clear-yes")
    expect(page.locator("#choose")).to_be_focused()


def test_what_happens_is_said(tools, page, shoot):
    tools.add(page, shoot[0])
    expect(page.locator("#right")).to_have_attribute("aria-label", "DSC_0001.JPG, retouched")
    assert page.locator("#split").get_attribute("aria-valuetext") == "50 % original"
    tools.save(page, "#save-lut")
    expect(page.locator("#news")).to_have_text("DSC_0001.JPG: saved")
