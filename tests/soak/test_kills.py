"""Batches killed at random moments (`make soak`): no file under a final name is ever broken, and no photo changes.

SOAK_KILLS says how many (20; 200 for docs/formats.md), SOAK_SEED which moments.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.batch.manifest import NAME
from lutbridge.image.read import read

KILLS = int(os.environ.get("SOAK_KILLS", "20"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
LEFTOVER = ".lutbridge-"


def shoot(folder):
    """A batch that takes a few seconds, of every format and of files of several sizes."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    for i in range(3):
        small = Image.fromarray(generator.integers(0, 256, (40, 60, 3), np.uint8))
        picture = small.resize((1500, 1000), Image.Resampling.BICUBIC)
        picture.save(folder / f"{i}.jpg", quality=92)
        picture.save(folder / f"{i}.png", compress_level=1)
        picture.resize((600, 400)).save(folder / f"{i}.webp", lossless=True)
        deep = np.asarray(picture).astype(np.uint16) * 257
        tifffile.imwrite(folder / f"{i}.tif", deep, photometric="rgb", compression="zlib")
    return folder


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("[!.]*"))}


def start(source, out, existing):
    arguments = ["render", source, "-o", out, "--existing", existing, "--device", "cpu"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "lutbridge", *map(str, arguments)], **quiet)


def wait_for_the_first(process, out):
    """Until the first file is begun."""
    while process.poll() is None and not (out.exists() and any(path.name != NAME for path in out.iterdir())):
        time.sleep(0.002)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The shoot, its results where nobody interferes, and how long they take from the first file on."""
    folder = tmp_path_factory.mktemp("undisturbed")
    source, out = shoot(folder / "shoot"), folder / "out"
    assert start(source, out, "refuse").wait() == 0
    shutil.rmtree(out)
    process = start(source, out, "refuse")
    wait_for_the_first(process, out)
    begin = time.monotonic()
    assert process.wait() == 0
    return source, digests(out), time.monotonic() - begin


def test_no_kill_breaks_a_file(undisturbed, tmp_path):
    source, expected, duration = undisturbed
    inputs, moments = digests(source), random.Random(SEED)
    left = {"a leftover": 0, "results": 0, "nothing": 0}
    for number in range(KILLS):
        out = tmp_path / "out"
        process = start(source, out, "refuse")
        wait_for_the_first(process, out)
        time.sleep(moments.uniform(0, duration))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert digests(source) == inputs, "the photos keep every byte"
        names = sorted(path.name for path in out.iterdir()) if out.exists() else []
        results = [name for name in names if not name.startswith((LEFTOVER, NAME))]
        for name in results:
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == expected[name], f"kill {number}: {name}"
        left["a leftover"] += any(name.startswith(LEFTOVER) for name in names)
        left["results"] += len(results)
        left["nothing"] += not names
        if number % 20 == 0 or number == KILLS - 1:  # the run after it goes on, and cleans up
            time.sleep(1.1)
            assert start(source, out, "skip").wait() == 0
            assert digests(out) == expected
        shutil.rmtree(out, ignore_errors=True)
    print(f"\n{KILLS} kills left {left}; whole results per kill: {left['results'] / KILLS:.1f} of {len(expected)}")


def test_results_are_photos(undisturbed, tmp_path):
    source, expected, _ = undisturbed
    assert start(source, tmp_path / "out", "refuse").wait() == 0
    assert digests(tmp_path / "out") == expected, "a batch gives the same bytes each time"
    for path in (tmp_path / "out").glob("[!.]*"):
        assert read(path).pixels.shape == read(source / path.name).pixels.shape
