"""What a pixel costs, one thread without the machine's other work, and how that grows with N, M, k and widths.

    python benchmarks/growth.py [--json FILE]

Each figure is the least of many renders that are shorter than a time slice, so that other work falls between them.
Beside it stand what bare multiply-adds and one LUT in OpenColorIO take in the same way, and the plain C++ form of the
kernel (kernel.cpp, where g++ is installed). Whole photos of 1 to 24 megapixels are timed by the processor's clock on
one thread, and by the clock on the wall on 1 and 2 threads, least of a few; the last asks for an idle machine.
"""

import ctypes
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
from render import ARITHMETIC, NETWORKS, bare_arithmetic, codes, flops, network_of, opencolorio
from turns import finish, machine, make_photo, parser, use_threads

from lutbridge.render.cpu import Renderer

PORTRAIT = NETWORKS["portrait"]  # whose widths and context can be varied; portrait-v2 has neither
PIECE = (16, 512)  # pixels of a short render, some 0.2 ms
SERIES = {
    "n_luts": (1, 2, 4, 8, 12, 16),
    "grid_size": (9, 17, 33, 65),
    "context": (1, 3, 5, 7),
    "context_channels": (8, 16, 32, 64),
}
SIZES, THREADS = (1, 3, 6, 12, 24), (1, 2)


def least(work, runs, clock=time.perf_counter):
    """Seconds of the shortest run."""
    times = []
    for _ in range(runs + 1):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times[1:])


def nanoseconds(piece, runs=600, **config):
    """Of one pixel."""
    renderer = Renderer(*network_of(**config))
    return 1e9 * least(lambda: codes(renderer, piece), runs) / piece[..., 0].size


def rooflines(piece):
    ceiling = ARITHMETIC / least(lambda: bare_arithmetic(1), 20, time.process_time) / 1e9
    one_lut = least(opencolorio(piece, 1)["OpenColorIO, one LUT, float"], 600) * 1e9 / piece[..., 0].size
    found = {"bare GFLOP/s": ceiling, "OpenColorIO, one LUT, float, ns": one_lut, "networks": {}}
    for name, config in NETWORKS.items():
        took, operations = nanoseconds(piece, **config), flops(network_of(**config)[0])
        share = operations / took / ceiling
        found["networks"][name] = {"ns": took, "flop": operations, "GFLOP/s": operations / took, "share": share}
        found["networks"][name]["in C++, ns"] = in_cpp(piece, **config)
    return found


def in_cpp(piece, **config):
    """Of one pixel, by kernel.cpp, which knows local context only; None of others, and where there is no g++."""
    network, look = network_of(**config)
    if network.has_mask or not shutil.which("g++"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "kernel.so"
        source = Path(__file__).with_name("kernel.cpp")
        flags = ["-O3", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC"]
        subprocess.run(["g++", *flags, str(source), "-o", str(library)], check=True)
        render = ctypes.CDLL(str(library)).render
    module, (N, M) = network.local_context, network.luts.shape[:2]
    points = np.ascontiguousarray(network.luts.reshape(N, M**3, 3).swapaxes(0, 1))  # (M³, N, 3)
    layers = (module.context, module.attention, module.voxel, module.weights)
    weights, biases = zip(*((weight.copy(), bias.copy()) for weight, bias in layers), strict=True)
    weights[3][:] *= look.w_image[:, None]
    biases[3][:] *= look.w_image
    edge = network.edge
    padded = np.pad(piece, [(edge, edge), (edge, edge), (0, 0)], "edge")
    out = np.empty_like(piece)
    arrays = (padded, out, points, *(array for pair in zip(weights, biases, strict=True) for array in pair))
    numbers = (*piece.shape[:2], module.k, N, M, len(biases[0]), len(biases[2]))
    tetrahedral = int(network.interpolation == "tetrahedral")
    arguments = [array.ctypes.data_as(ctypes.c_void_p) for array in arrays], [ctypes.c_int(n) for n in numbers]

    def run():
        render(*arguments[0], *arguments[1], tetrahedral)

    took = least(run, 60)
    expected = codes(Renderer(network, look), piece)
    assert np.abs(out.astype(int) - expected).max() <= 1, "the two kernels disagree"
    return 1e9 * took / piece[..., 0].size


def main() -> None:
    options = parser(__doc__, 3).parse_args()
    use_threads(1)
    photo = make_photo(max(SIZES))
    piece = np.ascontiguousarray(photo[1000 : 1000 + PIECE[0], 1000 : 1000 + PIECE[1]])
    results = {"machine": machine(options, ("numba", "numpy", "torch")), "roofline": rooflines(piece)}
    results["ns_per_pixel"] = {
        name: {value: nanoseconds(piece, 300, **(PORTRAIT | {name: value})) for value in values}
        for name, values in SERIES.items()
    }
    renderer = Renderer(*network_of(**PORTRAIT))
    parts = {size: photo[: int(len(photo) * size / max(SIZES))] for size in SIZES}
    results["ns_per_pixel"]["megapixels"] = {
        size: 1e9 * least(lambda part=part: codes(renderer, part), options.runs, time.process_time) / part[..., 0].size
        for size, part in parts.items()
    }
    results["mp_per_s"] = {}
    for threads in THREADS:
        numba.config.NUMBA_NUM_THREADS = threads
        took = least(lambda: codes(renderer, parts[12]), options.runs)
        results["mp_per_s"][threads] = parts[12][..., 0].size / 1e6 / took
    report(results)
    finish(results, options)


def report(results):
    found = results["roofline"]
    print(f"bare arithmetic {found['bare GFLOP/s']:.0f} GFLOP/s a thread; OpenColorIO, one LUT, float,", end=" ")
    print(f"{found['OpenColorIO, one LUT, float, ns']:.1f} ns a pixel\n")
    print("| network | ns a pixel | FLOP a pixel | GFLOP/s | share of bare arithmetic | in C++, ns |")
    print("|---|---|---|---|---|---|")
    for name, row in found["networks"].items():
        in_cpp = f"{row['in C++, ns']:.1f}" if row["in C++, ns"] else ""
        print(f"| {name} | {row['ns']:.1f} | {row['flop']} | {row['GFLOP/s']:.0f} | {row['share']:.0%} | {in_cpp} |")
    for name, row in results["ns_per_pixel"].items():
        print(f"{name}: " + ", ".join(f"{value}: {took:.1f} ns" for value, took in row.items()))
    for threads, rate in results["mp_per_s"].items():
        print(f"{threads} thread(s): {rate:.0f} MP/s")


if __name__ == "__main__":
    main()
