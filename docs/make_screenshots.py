"""Makes the pictures of the guide to the helper's page: a real Chromium, a real helper, the demo's photos.

    python docs/make_screenshots.py

Needs what `make_animation.py` needs.
"""

from pathlib import Path

from make_animation import HEADSHOTS, PORTRAITS, helper_page
from playwright.sync_api import Page

DOCS = Path(__file__).parent
QUALITY = 82  # of the JPEGs


def main() -> None:
    with helper_page() as start:
        groups(start(viewport={"width": 1440, "height": 900}, color_scheme="light"))
        side_by_side(start(viewport={"width": 1440, "height": 900}, color_scheme="dark"))
        narrow(start(viewport={"width": 390, "height": 844}, color_scheme="light"))


def groups(page: Page) -> None:
    """A shoot in two groups, each matched."""
    page.set_input_files("#files", [*HEADSHOTS, PORTRAITS[1]])
    page.wait_for_selector("#photo-view[aria-busy=false]")
    page.click("button[data-view=shoot]")
    page.locator("#sheet button").last.focus()
    page.keyboard.press("n")
    page.click("#match")
    page.locator("#shoot-state", has_text="takes match").wait_for()
    page.locator("#match").blur()
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    save(page, "helper-page.jpg")


def side_by_side(page: Page) -> None:
    page.set_input_files("#files", PORTRAITS)
    page.wait_for_selector("#photo-view[aria-busy=false]")
    page.keyboard.press("y")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    save(page, "helper-page-dark.jpg")


def narrow(page: Page) -> None:
    page.set_input_files("#files", PORTRAITS)
    page.wait_for_selector("#photo-view[aria-busy=false]")
    save(page, "helper-page-narrow.jpg")


def save(page: Page, name: str) -> None:
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.screenshot(path=DOCS / name, type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    main()
