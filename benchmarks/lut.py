"""How fast one LUT is applied to a photo, and read from a .cube: beside what else applies LUTs.

    python benchmarks/lut.py [--threads 2] [--runs 7] [--megapixels 12] [--json FILE]

The competitors take turns, run after run in one process and on equal threads, so that whatever else the machine does
falls on all of them; a ratio is taken within each turn. All look up tetrahedrally in a grid of 33, but for Pillow,
which is trilinear. colour-science, in double precision and on one thread, gets a tenth of the photo; FFmpeg, a program
that has to start and to read, the photo twenty times. Before anything is timed, all have to agree: Pillow, which
calculates in integers, and FFmpeg, which cuts off what is less than a code, to a code.
"""

import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import colour
import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import torch
from PIL import Image, ImageFilter
from turns import finish, machine, make_photo, parser, rates, show, spread, use_threads

from lutbridge.color.codes import to_float
from lutbridge.lut.formats import read, to_bytes
from lutbridge.lut.lut3d import Lut3D
from lutbridge.train.lookup import interpolate_in_torch

M = 33
COLOUR_SCIENCE_SHARE = 10  # of the photo's rows, one in this many
BAND = 64  # rows a thread gives OpenColorIO at once
AGREE = 1e-5
A_CODE = 0.6 / 255  # beside half a code, which every rounding is off
FRAMES = 20  # that FFmpeg gets
READ_GRIDS = (33, 65)


def main() -> None:
    options = parser(__doc__, 7)
    options.add_argument("--megapixels", type=float, default=12)
    options = options.parse_args()
    use_threads(options.threads)
    lut = Lut3D(Lut3D.identity(M).lattice ** np.float32([0.9, 1.0, 1.1]))
    photo = make_photo(options.megapixels)
    results = {
        "machine": machine(options, ("numba", "numpy", "opencolorio", "pillow", "colour-science", "torch")),
        "apply": compare(*appliers(lut, photo, options.threads), options.runs, "lutbridge, 8 bits"),
        "read": {str(grid): compare(*readers(grid), options.runs, "lutbridge") for grid in READ_GRIDS},
    }
    report(results)
    finish(results, options)


def appliers(lut, photo, threads):
    """Functions that apply the LUT, and the units of work (megapixels) each does; raises where one disagrees."""
    deep, floats = photo.astype(np.uint16) * 257, to_float(photo)
    share = floats[::COLOUR_SCIENCE_SHARE]
    lattice = torch.tensor(lut.lattice).movedim(-1, 0)
    by_ocio = opencolorio(lut, threads)
    look_up = colour.algebra.table_interpolation_tetrahedral
    functions = {
        "lutbridge, 8 bits": lambda: lut.apply_to_codes(photo)[0],
        "lutbridge, 16 bits": lambda: lut.apply_to_codes(deep)[0],
        "lutbridge, float": lambda: lut.apply(floats),
        "OpenColorIO, 8 bits": by_ocio(photo),
        "OpenColorIO, 16 bits": by_ocio(deep),
        "OpenColorIO, float": by_ocio(floats),
        "torch, float": lambda: interpolate_in_torch(lattice, torch.from_numpy(share).reshape(-1, 3)),
        "colour-science, double": lambda: look_up(share.astype(np.float64), lut.lattice.astype(np.float64)),
        "Pillow, 8 bits": pillow(lut, photo, threads),
    }
    if shutil.which("ffmpeg"):
        functions["FFmpeg, 8 bits"] = ffmpeg(lut, photo, threads)
    exact = lut.apply(floats)
    for name, apply in functions.items():
        result = np.asarray(apply()).reshape(-1, 3)
        expected = (exact if len(result) == photo[..., 0].size else exact[::COLOUR_SCIENCE_SHARE]).reshape(-1, 3)
        if result.dtype.kind == "u":
            white = np.iinfo(result.dtype).max
            off = np.abs(result / white - expected).max() - 0.5 / white
        else:
            off = np.abs(result - expected).max()
        in_codes = AGREE if result.dtype.kind == "f" else 10 * AGREE
        if off > (A_CODE if name.startswith(("Pillow", "FFmpeg")) else in_codes):
            raise SystemExit(f"{name} disagrees by {off:.1e}")
    megapixels = photo[..., 0].size / 1e6
    work = dict.fromkeys(functions, megapixels) | dict.fromkeys(("FFmpeg, 8 bits",), FRAMES * megapixels)
    work |= dict.fromkeys(("torch, float", "colour-science, double"), share[..., 0].size / 1e6)
    return functions, work


def opencolorio(lut, threads):
    """Given pixels, a function that sends them through OpenColorIO in bands, in their own depth."""
    transform = ocio.Lut3DTransform(gridSize=lut.grid_size)
    transform.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    transform.setData(lut.lattice.ravel())
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    depths = {1: ocio.BIT_DEPTH_UINT8, 2: ocio.BIT_DEPTH_UINT16, 4: ocio.BIT_DEPTH_F32}

    def for_pixels(pixels):
        depth, out = depths[pixels.itemsize], np.empty_like(pixels)
        cpu = processor.getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_DEFAULT)

        def describe(rows):
            height, width, size = *rows.shape[:2], rows.itemsize
            return ocio.PackedImageDesc(rows, width, height, 3, depth, size, 3 * size, 3 * size * width)

        def band(top):
            cpu.apply(describe(pixels[top : top + BAND]), describe(out[top : top + BAND]))

        def apply():
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(band, range(0, len(pixels), BAND)))
            return out

        return apply

    return for_pixels


def pillow(lut, photo, threads):
    """A function that sends a photo through Pillow, a band for each thread."""
    table = lut.lattice.transpose(2, 1, 0, 3).ravel()  # red fastest
    look = ImageFilter.Color3DLUT(lut.grid_size, table)
    bands = [Image.fromarray(band) for band in np.array_split(photo, threads)]

    def apply():
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate([np.asarray(band) for band in pool.map(lambda band: band.filter(look), bands)])

    return apply


def ffmpeg(lut, photo, threads):
    """A function that runs FFmpeg, a process of its own, over a photo FRAMES times; it returns one of the results."""
    folder = Path(tempfile.mkdtemp(prefix="lutbridge-bench-"))
    look, frame = folder / "look.cube", folder / "photo.raw"
    look.write_bytes(to_bytes(lut, "cube"))
    frame.write_bytes(photo.tobytes())
    height, width = photo.shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    source = [*raw, "-s", f"{width}x{height}", "-i", str(frame)]
    filters = f"loop=loop={FRAMES - 1}:size=1,lut3d=file={look}:interp=tetrahedral"
    command = ["ffmpeg", "-v", "error", "-filter_threads", str(threads), *source, "-vf", filters]
    one = subprocess.run([*command, "-frames:v", "1", *raw, "-"], check=True, capture_output=True).stdout
    result = np.frombuffer(one, np.uint8).reshape(photo.shape)

    def apply():
        subprocess.run([*command, "-f", "null", "-"], check=True)
        return result

    return apply


def readers(grid):
    """Functions that read one .cube, and how many files each reads."""
    path = Path(tempfile.mkdtemp(prefix="lutbridge-bench-")) / "look.cube"
    path.write_bytes(to_bytes(Lut3D(Lut3D.identity(grid).lattice ** np.float32(0.9)), "cube"))

    def by_ocio():
        ocio.ClearAllCaches()
        file = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
        return ocio.Config.CreateRaw().getProcessor(file)

    functions = {
        "lutbridge": lambda: read(path),
        "OpenColorIO": by_ocio,
        "colour-science": lambda: colour.io.read_LUT_IridasCube(str(path)),
    }
    return functions, dict.fromkeys(functions, 1)


def compare(functions, work, runs, reference):
    """Medians and quartiles of every competitor's rate, and of the reference's multiple of it."""
    found = rates(functions, work, runs)
    ours = {name: found[_ours(name, reference, found)] for name in found}
    return {
        "per_second": {name: spread(values) for name, values in found.items()},
        "lutbridge_over": {
            name: spread(np.divide(ours[name], found[name])) for name in found if not name.startswith("lutbridge")
        },
    }


def _ours(name, reference, rates):
    """What a competitor is compared with: lutbridge at the same depth, in float where its depth is its own."""
    same = f"lutbridge, {name.partition(', ')[2]}"
    return same if same in rates else reference if "lutbridge, float" not in rates else "lutbridge, float"


def report(results):
    print(f"{results['machine']['cpu']}; {results['machine']['threads']} threads\n")
    print(f"| one LUT of {M} applied | MP/s | lutbridge is … times as fast |\n|---|---|---|")
    rows(results["apply"], "MP/s")
    for grid, found in results["read"].items():
        print(f"\n| a .cube of {grid} read | ms | lutbridge is … times as fast |\n|---|---|---|")
        rows(found, "ms")


def rows(found, unit):
    for name, rate in found["per_second"].items():
        ratio = show(found["lutbridge_over"][name], 2) if name in found["lutbridge_over"] else ""
        figure = show(rate, 1) if unit == "MP/s" else f"{1e3 / rate['median']:.1f}"
        print(f"| {name} | {figure} | {ratio} |")


if __name__ == "__main__":
    main()
