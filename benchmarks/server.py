"""What the helper adds to the work it does: LUTs of small JPEGs, and renders of large TIFFs, with and without HTTP.

Large TIFFs are also sent there and back through a bare socket.

    OMP_NUM_THREADS=1 python benchmarks/server.py [--threads 2] [--runs 15] [--json FILE]

The helper runs as a process of its own, with its own folders. The same work is done in this process in turns with it,
so that other load on the machine hits both. Times are medians, quartiles in brackets.
"""

import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from skimage.data import astronaut
from turns import finish, machine, parser, rates, show, spread, use_threads

from lutbridge.image.read import read
from lutbridge.image.write import write
from lutbridge.lut.formats import FORMATS
from lutbridge.retouch import Retoucher
from lutbridge_server import client
from lutbridge_server.state import read_state

DARK = np.float32(0.5)  # so that there is something to retouch: a LUT that changes nothing is not fitted


@contextmanager
def helper(folder: Path):
    """The state of a running helper of the default model on the CPU."""
    variables = {"XDG_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"}
    for name in variables.values():
        (folder / name).mkdir()
    environment = os.environ | {variable: str(folder / name) for variable, name in variables.items()}
    command = [sys.executable, "-m", "lutbridge_server", "--device", "cpu"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not (state := read_state(folder / "run" / "lutbridge")) or not client.answers(state):
                time.sleep(0.1)
            yield state
        finally:
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


def milliseconds(competitors: dict, runs: int) -> dict[str, np.ndarray]:
    """Of each competitor in each turn."""
    found = rates(competitors, dict.fromkeys(competitors, 1), runs)
    return {name: 1000 / np.array(values) for name, values in found.items()}


def lut_of_a_small_jpeg(state: dict, retoucher: Retoucher, folder: Path, runs: int) -> dict[str, np.ndarray]:
    path = folder / "small.jpg"
    dark = (portrait(1024, 683, 8) * DARK).astype(np.uint8)
    Image.fromarray(dark).save(path, quality=92)
    data, photo = path.read_bytes(), read(path)

    def alone(view):
        return lambda: FORMATS["cube"].to_bytes(retoucher.lut(read(path), view))

    return milliseconds(
        {
            "predictor": lambda: retoucher.look(replace(photo)),  # a photo that it has not seen
            "fused, in process": alone("fused"),
            "fused, helper": lambda: post(state, "/v1/lut?view=fused", data),
            "fitted, in process": alone("fitted"),
            "fitted, helper": lambda: post(state, "/v1/lut", data),
        },
        runs,
    )


def render_of_a_large_tiff(
    state: dict, retoucher: Retoucher, folder: Path, size: tuple[int, int], runs: int
) -> dict[str, np.ndarray]:
    path, out = folder / "large.tif", folder / "out.tif"
    tifffile.imwrite(path, portrait(*size, 16), photometric="rgb")
    data = path.read_bytes()

    def alone():
        photo = read(path)
        write(out, photo, retoucher.render(photo).pixels)

    with bare_server(folder) as port:
        competitors = {
            "in process": alone,
            "helper": lambda: post(state, "/v1/render", data),
            "sockets alone": lambda: there_and_back(port, data),
        }
        return milliseconds(competitors, runs)


@contextmanager
def bare_server(folder: Path):
    """The port of a process that keeps what it is sent in a file, and sends it back: the least that a helper can do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.Process(target=keep_and_return, args=(listener, folder / "kept"), daemon=True)
        process.start()
        try:
            yield listener.getsockname()[1]
        finally:
            process.kill()


def keep_and_return(listener: socket.socket, path: Path) -> None:
    piece = memoryview(bytearray(2**18))
    while True:
        connection, _ = listener.accept()
        with connection:
            with path.open("wb") as file:
                while count := connection.recv_into(piece):
                    file.write(piece[:count])
            with path.open("rb") as file:
                connection.sendfile(file)
            path.unlink()


def there_and_back(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as file:
            assert len(file.read()) == len(data)


def main() -> None:
    options = parser(__doc__, 15)
    options.add_argument("--size", type=int, nargs=2, default=(6000, 4000), help="of the TIFF, px")
    options = options.parse_args()
    use_threads(options.threads)
    with tempfile.TemporaryDirectory() as name, helper(Path(name)) as state:
        retoucher = Retoucher.load(device="cpu")
        small = lut_of_a_small_jpeg(state, retoucher, Path(name), options.runs)
        large = render_of_a_large_tiff(state, retoucher, Path(name), options.size, options.runs)
    results = {
        "machine": machine(options, ("numba", "numpy", "flask", "waitress")),
        "lut_ms": {competitor: spread(times) for competitor, times in small.items()},
        "above_the_predictor_ms": {
            view: spread(small[f"{view}, helper"] - small["predictor"]) for view in ("fused", "fitted")
        },
        "render_ms": {competitor: spread(times) for competitor, times in large.items()},
        "helper_adds_percent": spread(100 * (large["helper"] / large["in process"] - 1)),
    }
    report(results)
    finish(results, options)


def report(results: dict) -> None:
    print("A LUT of a JPEG of 1024 x 683, ms:")
    for competitor, times in results["lut_ms"].items():
        print(f"  {competitor:20} {show(times, 0)}")
    for view, times in results["above_the_predictor_ms"].items():
        print(f"  {view}: above the predictor {show(times, 0)}")
    print("A render of a 16-bit TIFF, ms:")
    for competitor, times in results["render_ms"].items():
        print(f"  {competitor:20} {show(times, 0)}")
    print(f"  the helper adds {show(results['helper_adds_percent'], 0)} %")


if __name__ == "__main__":
    main()
