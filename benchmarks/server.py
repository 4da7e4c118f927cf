"""What the helper adds to the work it does: LUTs of small JPEGs, and renders of large TIFFs, with and without HTTP.

    python benchmarks/server.py [--turns 15] [--json FILE]

The helper runs as a process of its own, with its own folders. The same work is done in this process in turns with it,
so that other load on the machine hits both. Times are medians, quartiles in brackets.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from skimage.data import astronaut

from lutbridge.image.read import read
from lutbridge.image.write import write
from lutbridge.lut.formats import FORMATS
from lutbridge.retouch import Retoucher
from lutbridge_server import client
from lutbridge_server.state import read_state

WARM_UP = 2  # turns that are not counted


@contextmanager
def helper(folder: Path):
    """The state of a running helper of the default model on the CPU."""
    variables = {"XDG_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"}
    for name in variables.values():
        (folder / name).mkdir()
    environment = os.environ | {variable: str(folder / name) for variable, name in variables.items()}
    command = [sys.executable, "-m", "lutbridge_server", "--device", "cpu"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (state := read_state(folder / "run" / "lutbridge")) or not client.answers(state):
            time.sleep(0.1)
        yield state
        process.terminate()


def post(state: dict, path: str, body: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", state["port"])
    headers = {"Authorization": f"Bearer {state['token']}", "Lutbridge-Protocol": "1"}
    connection.request("POST", path, body, headers | {"Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, content
    return content


def portrait(width: int, height: int, bits: int) -> np.ndarray:
    """scikit-image's astronaut at another size, with grain."""
    enlarged = Image.fromarray(astronaut()).resize((width, height), Image.Resampling.BICUBIC)
    pixels = np.asarray(enlarged, float) / 255
    noise = np.random.default_rng(0).normal(0, 0.01, pixels.shape)
    top = 2**bits - 1
    return (np.clip(pixels + noise, 0, 1) * top).round().astype(np.uint8 if bits == 8 else np.uint16)


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def take_turns(competitors: dict, turns: int) -> dict[str, list[float]]:
    """Milliseconds of each competitor in each turn."""
    times = {name: [] for name in competitors}
    for turn in range(WARM_UP + turns):
        for name, work in competitors.items():
            milliseconds = timed(work)
            if turn >= WARM_UP:
                times[name].append(milliseconds)
    return times


def lut_of_a_small_jpeg(state: dict, retoucher: Retoucher, folder: Path, turns: int) -> dict[str, list[float]]:
    path = folder / "small.jpg"
    Image.fromarray(portrait(1024, 683, 8)).save(path, quality=92)
    data, photo = path.read_bytes(), read(path)

    def alone(view):
        return lambda: FORMATS["cube"].to_bytes(retoucher.lut(read(path), view))

    return take_turns(
        {
            "predictor": lambda: retoucher.predict(photo),
            "fused, in process": alone("fused"),
            "fused, helper": lambda: post(state, "/v1/lut?view=fused", data),
            "fitted, in process": alone("fitted"),
            "fitted, helper": lambda: post(state, "/v1/lut", data),
        },
        turns,
    )


def render_of_a_large_tiff(state: dict, retoucher: Retoucher, folder: Path, turns: int) -> dict[str, list[float]]:
    path, out = folder / "large.tif", folder / "out.tif"
    tifffile.imwrite(path, portrait(6000, 4000, 16), photometric="rgb")
    data = path.read_bytes()

    def alone():
        photo = read(path)
        write(out, photo, retoucher.render(photo).pixels)

    return take_turns({"in process": alone, "helper": lambda: post(state, "/v1/render", data)}, turns)


def shown(milliseconds: list[float]) -> str:
    low, middle, high = statistics.quantiles(milliseconds, n=4)
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def above(times: list[float], base: list[float]) -> list[float]:
    return [a - b for a, b in zip(times, base, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, helper(Path(name)) as state:
        retoucher = Retoucher.load(device="cpu")
        small = lut_of_a_small_jpeg(state, retoucher, Path(name), arguments.turns)
        large = render_of_a_large_tiff(state, retoucher, Path(name), max(4, arguments.turns // 3))
    print("A LUT of a JPEG of 1024 x 683, ms:")
    for competitor, times in small.items():
        print(f"  {competitor:20} {shown(times)}")
    for view in ("fused", "fitted"):
        print(f"  {view}: above the same work {shown(above(small[f'{view}, helper'], small[f'{view}, in process']))}")
        print(f"  {view}: above the predictor {shown(above(small[f'{view}, helper'], small['predictor']))}")
    print("A render of a 16-bit TIFF of 24 MP, ms:")
    for competitor, times in large.items():
        print(f"  {competitor:20} {shown(times)}")
    shares = [100 * (a / b - 1) for a, b in zip(large["helper"], large["in process"], strict=True)]
    print(f"  the helper adds {shown(shares)} %")
    if arguments.json:
        arguments.json.write_text(json.dumps({"lut": small, "render": large}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
