"""How long the report of a whole shoot takes to open in Chromium.

    python benchmarks/report_opening.py --photos 100 1000 10000 --runs 5 [--group-size 25]

Reports of made photos, matched in groups if asked, are written and opened from the disk; printed are their size and,
from the start of the navigation, the time until the first photos are painted, until a click has enlarged one, and until
all of the page is there: the medians of several runs.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.filmstrip import STAGES, Filmstrip
from lutbridge.batch.report import Report, ReportSettings
from lutbridge.batch.run import PhotoFigures, PhotoResult
from lutbridge.group.take import PICTURE_SIDE
from lutbridge.strength import FULL

SIDES = (160, 240)  # px of a preview of thousands
DIFFERENT = 50  # photos; the page has them again and again
TIMES = """() => {
  const [load] = performance.getEntriesByType("navigation");
  return [performance.getEntriesByName("first-contentful-paint")[0].startTime, load.domContentLoadedEventEnd];
}"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--photos", type=int, nargs="+", default=[100, 1000, 10000])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--group-size", type=int, default=0, help="photos of a matched group; 0: no groups")
    options = options.parse_args()
    print("photos | MB | painted, s | enlarged, s | all there, s")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for count in options.photos:
            path = Path(folder, f"{count}.html")
            write_report(path, count, options.group_size)
            opened = [open_report(browser, path) for _ in range(options.runs)]
            times = " | ".join(f"{median(each):.2f}" for each in zip(*opened, strict=True))
            print(f"{count} | {path.stat().st_size / 1e6:.0f} | {times}", flush=True)


def write_report(path: Path, count: int, group_size: int) -> None:
    random, figures = np.random.default_rng(0), []
    for _ in range(min(count, DIFFERENT)):
        rough = random.integers(0, 256, (20, 30, 3), np.uint8)  # as detailed as previews are
        before = np.asarray(Image.fromarray(rough).resize(SIDES[::-1], Image.Resampling.BICUBIC))
        weights = tuple(random.normal(0, 0.3, 8))
        figures.append(PhotoFigures(weights, 0.01, compare(before, 255 - before, preview_size(count))))
    with Report(ReportSettings("portrait-v2", FULL, "cpu", "0")) as report:
        for number in range(count):
            source = Path(f"wedding/IMG_{number:05}.jpg")
            report.add(PhotoResult(source, source, "done", 1.0, figures=figures[number % DIFFERENT]))
        picture = np.float32(Image.fromarray(before).resize((107, PICTURE_SIDE))) / 255
        for start in range(0, count if group_size else 0, group_size or 1):
            takes = [f"IMG_{number:05}.jpg" for number in range(start, min(start + group_size, count))]
            stages = [[picture] * len(takes)] * len(STAGES)
            report.add_group(Filmstrip(f"{start // group_size + 1}", "taken within 10 s", "", True, takes, stages))
        report.write(path, skipped=0)


def open_report(browser, path: Path) -> list[float]:
    """Seconds, see above."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    start = time.monotonic()
    page.goto(path.as_uri(), wait_until="commit")
    page.locator(".stage").first.click()
    assert page.evaluate("viewer.open")
    enlarged = time.monotonic() - start
    page.wait_for_load_state()
    painted, there = (milliseconds / 1000 for milliseconds in page.evaluate(TIMES))
    page.close()
    return [painted, enlarged, there]


if __name__ == "__main__":
    main()
