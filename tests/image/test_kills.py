"""A process that writes photos is killed at random moments; `make soak` does it to whole batches."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from lutbridge.files import remove_leftovers

from . import samples

KILLS = 8
# Writes the same few results over and over, and says when it begins.
WRITER = """
import sys
from pathlib import Path
from lutbridge.image.read import read
from lutbridge.image.write import write
photos = [read(path) for path in sorted(Path(sys.argv[1]).iterdir())]
print("ready", flush=True)
while True:
    for photo in photos:
        write(Path(sys.argv[2]) / photo.path.name, photo, photo.pixels)
"""


def test_no_kill_leaves_half_a_file_under_a_final_name(tmp_path):
    source, out, moments = tmp_path / "photos", tmp_path / "out", random.Random(1)
    source.mkdir()
    samples.rich_jpeg(source / "a.jpg")
    samples.rich_png(source / "b.png", samples.ramp(shape=(400, 300, 3)))
    samples.rich_tiff(source / "c.tif", samples.ramp(shape=(300, 400, 3)))
    samples.rich_webp(source / "d.webp", samples.ramp())
    inputs = {path: path.read_bytes() for path in source.iterdir()}
    out.mkdir()
    expected = {}
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(source), str(out)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
            process.stdout.readline()
            time.sleep(moments.uniform(0.05, 0.3))
            process.send_signal(signal.SIGKILL)
        assert {path: path.read_bytes() for path in source.iterdir()} == inputs
        for path in out.iterdir():
            if not path.name.startswith(".lutbridge-"):
                assert expected.setdefault(path.name, path.read_bytes()) == path.read_bytes()
    time.sleep(1.1)
    remove_leftovers(out)
    assert sorted(path.name for path in out.iterdir()) == sorted(expected) == ["a.jpg", "b.png", "c.tif", "d.webp"]
