"""The keys, wherever the focus is."""

import pytest
from playwright.sync_api import expect

from .test_access import faults


@pytest.mark.parametrize("place", ["body", "#strength", "#image-format", "#save-photo", "#surround", "#split"])
def test_the_letters_work_wherever_the_focus_is(tools, page, shoot, place):
    tools.add(page, shoot[:2])
    if place != "body":
        page.locator(place).focus()
    value = page.locator("#image-format").input_value()
    page.keyboard.press("c")
    expect(page.locator("#clipping")).to_have_attribute("aria-pressed", "true")
    page.keyboard.down("o")
    expect(page.locator("#right-tag")).to_have_text("original")
    page.keyboard.up("o")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    page.keyboard.press("l")
    expect(page.locator("#loupe")).to_be_visible()
    assert page.locator("#image-format").input_value() == value
    page.keyboard.press("l")
    expect(page.locator("#loupe")).to_be_hidden()


def test_the_arrows_step_through_the_photos_even_after_a_click_on_a_slider_or_menu(tools, page, shoot):
    tools.add(page, shoot[:3])
    page.keyboard.press("ArrowRight")
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")
    page.click("#strength")
    value = page.locator("#strength").input_value()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#name")).to_have_text("DSC_0003.JPG")
    assert page.locator("#strength").input_value() == value
    page.locator("#image-format").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")
    page.locator("#strength").focus()  # as with Tab
    page.keyboard.press("ArrowLeft")
    assert float(page.locator("#strength").input_value()) == float(value) - 1
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_question_mark_shows_the_keys(tools, open_page, shoot, width):
    page = open_page(width=width)
    tools.add(page, shoot[0])
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("c")  # the page behind does not hear it
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#clipping")).to_have_attribute("aria-pressed", "false")
    page.click("#keys-button")
    expect(page.locator("#keys")).to_be_visible()


def test_the_arrows_reach_the_takes_of_a_shoot_from_anywhere(tools, page, shoot):
    tools.add(page, shoot[:3])
    page.click("button[data-view=shoot]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "DSC_0002.JPG"
    page.keyboard.press("t")
    expect(page.locator("#sheet input:checked")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_text("DSC_0002.JPG")
