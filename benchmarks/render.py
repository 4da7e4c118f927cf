"""How fast photos are rendered: the fused CPU kernel, its plain-torch reference, and one LUT in OpenColorIO.

    python benchmarks/render.py [--threads 2] [--runs 7] [--megapixels 12] [--torch-compile] [--json FILE]

The competitors take turns, run after run in one process and on equal threads, so that whatever else the machine does
falls on all of them; a ratio is taken within each turn. Rates are of whole renders from 8-bit codes to 8-bit codes, but
for OpenColorIO in float, and for bare arithmetic: multiply-adds between registers, as many per pixel as the render's.
The reference renders 512 rows of the photo, four of its strips, which take long enough; so does, with --torch-compile,
what that makes of it by a C++ compiler, in the turn that warms up.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np
import torch
import torch.nn.functional as F
from turns import finish, machine, make_photo, parser, rates, ratio, show, spread, use_threads

from lutbridge.color.codes import to_codes, to_float
from lutbridge.model.config import ModelConfig
from lutbridge.model.network import Look
from lutbridge.model.regions import SoftMask
from lutbridge.render import plain_torch
from lutbridge.render.cpu import Renderer
from lutbridge.strength import FULL
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import in_numpy

STRIP = 128  # rows the reference renders at once
REFERENCE_ROWS = 4 * STRIP
CHAIN, STEPS, ROUNDS = 64, 8, 500_000  # of four chains of values, multiply-adds to each value in a round, rounds
ARITHMETIC = 2 * 4 * CHAIN * STEPS * ROUNDS  # operations of one thread
NETWORKS = {
    "portrait-v2": {"n_luts": 10, "interpolation": "tetrahedral", "predictor": "regions", "pixel_weights": "regions"},
    "portrait": {"n_luts": 8, "interpolation": "tetrahedral"},
    "paper": {},
    "released widths": {"context_channels": 64, "voxel_channels": 128},
}
FIRST_CALL = """
import time, numpy as np, lutbridge.retouch
from lutbridge.model.checkpoint import load_network
from lutbridge.model.network import Look
from lutbridge.model.registry import DEFAULT_MODEL, find_model
from lutbridge.strength import FULL
network, start = load_network(find_model(DEFAULT_MODEL)), time.perf_counter()
from lutbridge.render.cpu import Renderer
imported = time.perf_counter()
look = network.look(np.full((network.thumbnail_size, network.thumbnail_size, 3), 0.5, np.float32))
rows = np.zeros((8, 8, 3), np.uint8)
Renderer(network, look).codes(rows, 0, np.empty_like(rows), 0, 8, FULL)
print(imported - start, time.perf_counter() - imported)
"""


def main() -> None:
    options = parser(__doc__, 7)
    options.add_argument("--megapixels", type=float, default=12)
    options.add_argument("--torch-compile", action="store_true", help="time torch.compile of the reference too")
    options = options.parse_args()
    use_threads(options.threads)
    photo = make_photo(options.megapixels)
    results = {
        "machine": machine(options, ("torch", "numba", "numpy")),
        "seconds": first_call(),
        "networks": {name: compare(photo, config, options) for name, config in NETWORKS.items()},
    }
    report(results)
    finish(results, options)


def compare(photo, config, options):
    """Medians and quartiles of every competitor's rate (MP/s), and of the kernel's multiple of it."""
    network, look = network_of(**config)
    renderer, reference = Renderer(network, look), plain_torch.Kernel(network, look, "cpu")
    competitors = {
        "kernel": lambda: codes(renderer, photo),
        "reference": lambda: render_reference(reference, network.edge, photo),
        **opencolorio(photo, options.threads),
        "bare arithmetic": lambda: bare_arithmetic(options.threads),
    }
    if options.torch_compile:
        compiled = torch.compile(reference)
        competitors["torch.compile"] = lambda: render_reference(compiled, network.edge, photo)
    megapixels = dict.fromkeys(competitors, photo.shape[0] * photo.shape[1] / 1e6)
    for name in megapixels.keys() & {"reference", "torch.compile"}:
        megapixels[name] *= min(1, REFERENCE_ROWS / len(photo))
    operations = flops(network)
    megapixels["bare arithmetic"] = ARITHMETIC * options.threads / operations / 1e6
    found = rates(competitors, megapixels, options.runs)
    return {
        "mp_per_s": {name: spread(values) for name, values in found.items()},
        "kernel_over": {name: ratio(found, "kernel", name) for name in found if name != "kernel"},
        "flop_per_pixel": operations,
        "bytes_per_pixel": 6,  # 8-bit codes in and out; weights and LUTs stay in the caches
        "kernel_gflops": statistics.median(found["kernel"]) * operations / 1e3,
    }


def network_of(**config):
    """An untrained network in numpy, and a look whose weights are all the same."""
    torch.manual_seed(0)
    network = in_numpy(build(ModelConfig(thumbnail_size=32, **config)).eval())
    N, S = len(network.luts), network.thumbnail_size
    if not network.has_mask:
        return network, Look(np.full(N, 1 / N, np.float32))
    weights, lines = np.random.default_rng(0).random((2, N), np.float32), np.zeros((4, S, S), np.float32)
    lines[0], lines[3] = 1, np.linspace(-0.5, 0.5, S)  # a mask that follows colours and goes over down the photo
    return network, Look((weights / weights.sum(1, keepdims=True)).ravel(), SoftMask(lines))


def codes(renderer, photo):
    """A whole photo by the CPU kernel."""
    out = np.empty_like(photo)
    renderer.codes(photo, 0, out, 0, len(photo), FULL)
    return out


@torch.inference_mode()
def render_reference(render, edge, photo):
    """The photo's first rows, in strips, as plain torch renders them."""
    out = np.empty_like(photo[:REFERENCE_ROWS])
    for top in range(0, len(out), STRIP):
        first, last = max(0, top - edge), min(len(photo), top + STRIP + edge)
        rgb = torch.from_numpy(to_float(photo[first:last])).movedim(2, 0)
        border = [edge, edge, edge - (top - first), edge - (last - min(len(photo), top + STRIP))]
        result = render(F.pad(rgb, border, mode="replicate"), top, len(photo))
        strip = to_codes(result.movedim(0, 2).numpy(), np.uint8)
        out[top : top + STRIP] = strip[: len(out) - top]
    return out


def opencolorio(photo, threads):
    """OpenColorIO's tetrahedral lookup in one LUT of 33 points, in float and in 8 bits; none where not installed."""
    try:
        import PyOpenColorIO as ocio  # noqa: N813
    except ImportError:
        return {}
    lut = ocio.Lut3DTransform(gridSize=33)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    axis = np.linspace(0, 1, 33, dtype=np.float32) ** np.float32(0.9)
    lut.setData(np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).ravel())
    processor = ocio.Config.CreateRaw().getProcessor(lut)
    as_float = processor.getDefaultCPUProcessor()
    eight = (ocio.BIT_DEPTH_UINT8, ocio.BIT_DEPTH_UINT8)
    in_codes = processor.getOptimizedCPUProcessor(*eight, ocio.OPTIMIZATION_DEFAULT)
    floats = to_float(photo)
    out_float, out_codes = np.empty_like(floats), np.empty_like(photo)

    def describe(rows, depth):
        height, width, size = *rows.shape[:2], rows.itemsize
        return ocio.PackedImageDesc(rows, width, height, 3, depth, size, 3 * size, 3 * size * width)

    def run(cpu, source, target, depth):
        def band(top):
            rows = slice(top, top + 64)
            cpu.apply(describe(source[rows], depth), describe(target[rows], depth))

        if threads == 1:
            list(map(band, range(0, len(photo), 64)))
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(band, range(0, len(photo), 64)))

    return {
        "OpenColorIO, one LUT, float": lambda: run(as_float, floats, out_float, ocio.BIT_DEPTH_F32),
        "OpenColorIO, one LUT, 8 bits": lambda: run(in_codes, photo, out_codes, ocio.BIT_DEPTH_UINT8),
    }


def flops(network):
    """Operations per pixel: the layers, softmax (14 per exponential), footprint (40), lookup and fusion.

    Of regions: the mask (its lines between two rows, and at the colour), footprint, lookup in two LUTs, mixing, dials.
    """
    if network.has_mask:
        return 3 * 4 + 2 * 3 + 3 + 40 + 2 * 8 * 4 + 2 * 4 + 2
    context, N = network.local_context, len(network.luts)
    layers = (context.context, context.attention, context.voxel, context.weights)
    corners = 4 if network.interpolation == "tetrahedral" else 8
    area = context.k**2
    return 2 * sum(weight.size for weight, _ in layers) + (14 + 5) * area + 40 + 2 * 3 * N * (corners + 1)


def bare_arithmetic(threads):
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: _multiply_add(np.ones(4 * CHAIN, np.float32)), range(threads)))


@numba.njit(nogil=True, fastmath={"contract"})
def _multiply_add(values):
    """As many independent chains as the processor needs to be busy all the time."""
    w, bias = np.float32(0.999), np.float32(0.001)
    for _ in range(ROUNDS):
        for i in range(CHAIN):
            a, b, c, d = values[i], values[i + CHAIN], values[i + 2 * CHAIN], values[i + 3 * CHAIN]
            for _ in range(STEPS):
                a, b, c, d = a * w + bias, b * w + bias, c * w + bias, d * w + bias
            values[i], values[i + CHAIN], values[i + 2 * CHAIN], values[i + 3 * CHAIN] = a, b, c, d


def first_call():
    """Seconds that a new process spends before its first render, beside torch: Numba's import, then compiling."""
    seconds = {}
    with tempfile.TemporaryDirectory() as cache:
        for name in ("compiled", "from the cache"):
            command = [sys.executable, "-c", FIRST_CALL]
            environment = os.environ | {"NUMBA_CACHE_DIR": cache, "PYTHONPATH": str(Path(__file__).parents[1])}
            run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            imported, called = map(float, run.stdout.split())
            seconds[name] = {"import": imported, "first call": called}
    return seconds


def report(results):
    print(f"{results['machine']['cpu']}; {results['machine']['threads']} threads")
    for name, seconds in results["seconds"].items():
        print(f"first render, {name}: import {seconds['import']:.2f} s, call {seconds['first call']:.2f} s")
    print("\n| network | competitor | MP/s | kernel is … times as fast |\n|---|---|---|---|")
    for network, found in results["networks"].items():
        for name, rate in found["mp_per_s"].items():
            ratio = show(found["kernel_over"][name]) if name != "kernel" else ""
            print(f"| {network} | {name} | {show(rate)} | {ratio} |")
    print("\n| network | FLOP per pixel | bytes per pixel | GFLOP/s |\n|---|---|---|---|")
    for network, found in results["networks"].items():
        print(f"| {network} | {found['flop_per_pixel']} | {found['bytes_per_pixel']} | {found['kernel_gflops']:.0f} |")


if __name__ == "__main__":
    main()
