"""A long batch in one process (`make soak`): memory and open files stay flat, and nothing is left behind."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

from lutbridge.batch.plan import PlannedPhoto
from lutbridge.batch.run import run
from lutbridge.batch.work import cube_writer, photo_writer
from lutbridge.retouch import Retoucher
from lutbridge.strength import FULL

PHOTOS = int(os.environ.get("SOAK_PHOTOS", "240"))
WARM_UP = 60  # photos, while caches and memory pools fill
GROWTH = 32 * 2**20  # bytes; a leaked photo each would be seven times as much


def memory():
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files():
    return len(os.listdir("/proc/self/fd"))


def test_memory_and_open_files_stay_flat(tmp_path):
    random = np.random.default_rng(0)
    sources = []
    for i in range(6):
        source = tmp_path / f"{i}.jpg"
        pixels = random.integers(0, 256, (30, 40, 3), np.uint8)
        Image.fromarray(pixels).resize((800 + 40 * i, 600), Image.Resampling.BICUBIC).save(source)
        sources.append(source)
    out = tmp_path / "out"
    retoucher = Retoucher.load(device="cpu")
    works = [photo_writer(retoucher, FULL), cube_writer(retoucher, "fused", 17, FULL)]
    names = [lambda i: out / f"{i}.jpg", lambda i: out / f"{i}.cube"]
    after_warm_up = None
    for start in range(0, PHOTOS, 12):
        for work, name in zip(works, names, strict=True):
            tasks = [PlannedPhoto(sources[i % len(sources)], name(i)) for i in range(start, start + 12)]
            assert [r.status for r in run(tasks, work)] == ["done"] * 12
        if start + 12 == WARM_UP:
            after_warm_up = memory(), open_files()
    assert memory() - after_warm_up[0] < GROWTH
    assert open_files() <= after_warm_up[1]
    assert len(list(out.iterdir())) == 2 * PHOTOS, "one file each, and no temporary"
