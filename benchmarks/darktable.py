"""Times Auto Retouch in a real darktable: looks and rendered copies of JPEGs of 24 megapixels, alone and five at once.

    python -m benchmarks.darktable [--runs 3]

Needs what `make test-hosts` installs. Each photo was pressed once before, so the model is loaded and nothing is new to
darktable. Wall time from the press to the summary, median of the runs.
"""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import click

from tests.hosts.darktable import photos
from tests.hosts.darktable.host import Darktable
from tests.hosts.helper_process import PROGRAM, Helper

SIDE = 4900  # pixels: 24 megapixels
TAKES = [(0, 0), (0.5, 0.1), (-0.6, 0), (0.2, -0.3), (-0.3, 0.3)]  # exposure, warmth
CASES = {
    "look": ({"mode": "look"}, 1),
    "rendered copy": ({"mode": "copy", "copy_format": "JPEG"}, 1),
    "rendered copy, TIFF": ({"mode": "copy"}, 1),
    "five looks": ({"mode": "look"}, 5),
    "five looks that match": ({"mode": "look", "group": "match"}, 5),
}


def start(folder: Path, helper: Helper) -> Darktable:
    darktable = Darktable(folder, environment=helper.environment)
    install = [PROGRAM, "plugin", "install", "darktable", "--settings", darktable.config]
    subprocess.run(install, check=True, capture_output=True)
    return darktable


def seconds(editor: Darktable, numbers: list[int]) -> float:
    began = time.monotonic()
    said = editor.press("retouch", *numbers)
    assert f"{len(numbers)} of {len(numbers)} photos" in said[0], said
    return time.monotonic() - began


@click.command()
@click.option("--runs", default=3)
def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "runtime").mkdir()
        helper = Helper(folder / "runtime")
        helper.start()
        with start(folder / "darktable", helper) as editor:
            numbers = []
            for index, (exposure, warmth) in enumerate(TAKES):
                path = folder / f"take-{index}.jpg"
                photos.write(path, size=SIDE, exposure=exposure, warmth=warmth)
                numbers.append(editor.load(path))
            editor.settings()
            editor.press("retouch", *numbers)
            for case, (settings, count) in CASES.items():
                editor.settings(**settings)
                took = statistics.median(seconds(editor, numbers[:count]) for _ in range(runs))
                print(f"{case:24} {took:6.1f} s, {took / count:5.1f} s a photo; load {os.getloadavg()[0]:.1f}")
        helper.stop()


if __name__ == "__main__":
    main()
