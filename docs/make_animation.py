"""Makes the README's animation of the helper's page: a real Chromium in front of a real helper, with the demo's photos.

    python docs/make_animation.py

Needs the extra `hosts` and Chromium (`make test-hosts` installs both), and no helper running.
"""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from lutbridge_server.client import new_ticket
from lutbridge_server.state import read_state, state_folder

DOCS = Path(__file__).parent
SHOOT = DOCS.parent / "examples" / "shoot"
PORTRAITS = [SHOOT / "portraits" / f"{name}.jpg" for name in ("against-the-light", "too-warm", "too-dark")]
HEADSHOTS = sorted((SHOOT / "headshots").glob("*.jpg"))
TARGET = DOCS / "pictures" / "page.webp"
WINDOW = {"width": 1120, "height": 700}  # px
FRAME = (896, 560)  # px
STEP, REST = 80, 1000  # ms that a moving and a resting frame are shown
PATIENCE = 120_000  # ms for what the helper computes
HELPER = [sys.executable, "-m", "lutbridge", "serve"]


@contextmanager
def helper_page() -> Iterator[Callable[..., Page]]:
    """Starts a helper and a browser; what it gives opens the page, with options as of `Browser.new_page`."""
    helper = subprocess.Popen(HELPER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = helper.stdout.readline().strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

            def start(**options: object) -> Page:
                page = browser.new_page(**options)
                page.set_default_timeout(PATIENCE)
                page.goto(address + new_ticket(read_state(state_folder())).path)
                page.wait_for_selector("#model option", state="attached")
                return page

            yield start
            browser.close()
    finally:
        subprocess.run([*HELPER, "--stop"], check=True, stderr=subprocess.DEVNULL)
        helper.wait(60)


def main() -> None:
    frames = []
    with helper_page() as start:
        for scene in (compare, match):
            page = start(viewport=WINDOW, color_scheme="dark")
            frames += scene(page)
            page.close()
    (first, *rest), durations = zip(*frames, strict=True)
    first.save(TARGET, save_all=True, append_images=rest, duration=durations, loop=0, quality=72, method=6)


def compare(page: Page) -> Iterator[tuple[Image.Image, int]]:
    """The divider goes over each portrait. Frames, and for how many ms each is shown."""
    page.set_input_files("#files", PORTRAITS)
    for number in range(len(PORTRAITS)):
        if number:
            page.locator("#filmstrip button").nth(number).click()
        page.wait_for_selector("#photo-view[aria-busy=false]")
        for percent in (100, *range(96, 0, -8), 0):
            page.locator("#split").fill(str(percent))
            yield shot(page), REST if percent in (100, 0) else STEP


def match(page: Page) -> Iterator[tuple[Image.Image, int]]:
    """The head shots, untouched and matched."""
    page.set_input_files("#files", HEADSHOTS)
    page.click("button[data-view=shoot]")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    page.click("#match")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    page.locator("#shoot-state", has_text="takes match").wait_for()
    for show in ("untouched", "consistent"):
        page.click(f"button[data-show={show}]")
        yield shot(page), 2 * REST


def shot(page: Page) -> Image.Image:
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return picture.resize(FRAME, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
