"""The page in German."""

import re

import pytest
from playwright.sync_api import expect

from .test_access import faults


@pytest.mark.parametrize("locale", ["de-DE", "de-CH"])
def test_a_german_browser_gets_a_german_page(tools, open_page, shoot, locale):
    page = open_page(locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#empty h2")).to_have_text("Ziehen Sie Fotos oder einen Ordner hierher")
    tools.add(page, shoot[:3])
    expect(page.locator("#right-tag")).to_have_text("retuschiert")
    assert re.fullmatch(
        r"Beschnittene Lichter \d+,\d % \(vorher \d+,\d %\)", page.locator("#clipped-high").inner_text()
    )
    expect(page.locator("#beside")).to_have_attribute("title", "Y: Original und Ergebnis nebeneinander")
    page.keyboard.press("t")
    expect(page.locator("#zip-photos")).to_have_text("1 markiertes Foto als .zip speichern")
    page.keyboard.press("Delete")
    expect(page.locator("#removed-name")).to_have_text("DSC_0001.JPG entfernt")
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("2 Aufnahmen angeglichen")
    assert faults(page) == []


def test_what_the_helper_refuses_is_said_in_german_before_its_own_words(tools, open_page, shoot, tmp_path):
    page = open_page(locale="de-DE")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(shoot[0].read_bytes()[:3000])
    tools.add(page, broken, wait=False)
    expect(page.locator("#notices")).to_contain_text("Der Helfer kann dieses Foto nicht lesen (")
    page.complaints.clear()  # of the photo that was refused
