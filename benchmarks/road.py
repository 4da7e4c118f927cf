"""The road around the kernel: whole files in, whole files out, beside what Pillow needs for the same files.

    OMP_NUM_THREADS=1 python benchmarks/road.py [--threads 2] [--runs 3] [--photos 6] [--megapixels 24] [--json FILE]

`render` is beside decoding and encoding the same JPEGs at the same quality, `cube` of photos that are too dark beside
decoding them at reduced scale, Pillow on as many threads, a photo each; `render` of 16-bit TIFFs beside tifffile's
reading and writing, plain, and compressed with a predictor as Lightroom and Photoshop do. They take turns in one
process; ratios are taken within a turn, by the clock on the wall and by processor time, of which other work on the
machine takes less away. Then, in processes of their own: what a first render takes from nothing, and the memory that a
render needs at most.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tifffile
import torch
from PIL import Image
from skimage.data import astronaut
from turns import finish, machine, make_photo, parser, rates, ratio, show, spread, use_threads

from lutbridge.batch.plan import PlannedPhoto
from lutbridge.batch.run import run
from lutbridge.batch.work import cube_writer, photo_writer
from lutbridge.image.formats.jpeg import QUALITY
from lutbridge.image.read import LOOK_SIDE, read
from lutbridge.retouch import Retoucher
from lutbridge.strength import FULL

CAST = np.array([0.7, 0.6, 0.5], np.float32)  # on photos for LUTs: a LUT that changes nothing is not fitted
TIFF_PHOTOS = 2  # of 144 MB each
TIFFS = {
    "plain": {},
    "LZW": {"compression": "lzw", "predictor": True},
    "ZIP": {"compression": "adobe_deflate", "predictor": True},
}
START = {
    "import torch": "import torch",
    "import numba": "import numba",
    "lutbridge render of a small photo": None,
}
MEMORY = """
import sys
from pathlib import Path
from lutbridge.batch.plan import PlannedPhoto
from lutbridge.batch.run import run
from lutbridge.batch.work import photo_writer
from lutbridge.retouch import Retoucher
from lutbridge.strength import FULL
def peak(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
retoucher = Retoucher.load(device="cpu")
def render(source): assert [r.status for r in run([PlannedPhoto(Path(source), Path(sys.argv[3]))], work)] == ["done"]
work = photo_writer(retoucher, FULL)
render(sys.argv[1])
before = peak()
render(sys.argv[2])
print(before / 1024, peak() / 1024)
"""


def main() -> None:
    options = parser(__doc__, 3)
    options.add_argument("--photos", type=int, default=6)
    options.add_argument("--megapixels", type=float, default=24)
    options = options.parse_args()
    use_threads(options.threads)
    results = {"machine": machine(options, ("numba", "numpy", "pillow", "imagecodecs", "tifffile"))}
    torch.set_num_threads(1)  # as the command line does, for numpy too, where the kernel brings its own
    retoucher = Retoucher.load(device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        photos = make_folder(Path(folder) / "fine", options)
        dark = make_folder(Path(folder) / "dark", options, CAST)
        results["road"] = roads(photos, dark, retoucher, options)
        results["tiff"] = tiff_roads(Path(folder), retoucher, options)
        small = Path(folder) / "astronaut.png"
        Image.fromarray(astronaut()).save(small)
        results["seconds"] = cold(small, options.runs)
        results["memory"] = memory(small, photos[0])
    report(results)
    finish(results, options)


def make_folder(folder, options, factors=1.0):
    """JPEGs of one portrait, times factors."""
    (folder / "out").mkdir(parents=True)
    pixels, photos = (make_photo(options.megapixels) * factors).astype(np.uint8), []
    for number in range(options.photos):
        photos.append(folder / f"{number}.jpg")
        Image.fromarray(pixels).save(photos[-1], quality=QUALITY)
    return photos


def ours(photos, work, suffix, long_side=None):
    """Work through photos as a batch does, into the folder `out` beside them."""
    tasks = [PlannedPhoto(photo, photo.parent / "out" / f"{photo.stem}{suffix}") for photo in photos]
    results = list(run(tasks, work, read_photo=lambda path: read(path, None, long_side)))
    assert all(result.status == "done" for result in results), results


def theirs(photos, work, options):
    with ThreadPoolExecutor(options.threads) as pool:
        list(pool.map(work, photos))


def roads(photos, dark, retoucher, options):
    def again(path):
        with Image.open(path) as image:
            image.save(path.parent / "out" / f"pillow-{path.name}", quality=QUALITY)

    def draft(path):
        with Image.open(path) as image:
            image.draft("RGB", (LOOK_SIDE, LOOK_SIDE * image.height // image.width))
            image.load()

    competitors = {
        "lutbridge render": lambda: ours(photos, photo_writer(retoucher, FULL), ".jpg"),
        "Pillow, decode and encode": lambda: theirs(photos, again, options),
        "lutbridge cube": lambda: ours(dark, cube_writer(retoucher, "fitted", 33, FULL), ".cube", LOOK_SIDE),
        "Pillow, draft decode": lambda: theirs(dark, draft, options),
    }
    found = take_turns(competitors, len(photos), options)
    for by_clock in found.values():
        by_clock["render_takes"] = ratio(by_clock["turns"], "Pillow, decode and encode", "lutbridge render")
        by_clock["cube_takes"] = ratio(by_clock["turns"], "Pillow, draft decode", "lutbridge cube")
        milliseconds = {name: 1000 / np.array(by_clock["turns"][name]) for name in competitors}
        above = milliseconds["lutbridge cube"] - 1.5 * milliseconds["Pillow, draft decode"]
        by_clock["cube_ms_above_1.5_drafts"] = spread(above)
        del by_clock["turns"]
    return found


def take_turns(competitors, photo_count, options):
    """Photos a second of each competitor by both clocks, and each turn's."""
    work = dict.fromkeys(competitors, photo_count)
    found = rates(competitors, work, options.runs, (time.perf_counter, time.process_time))
    return {
        clock: {"photos_per_s": {name: spread(values) for name, values in turns.items()}, "turns": turns}
        for clock, turns in zip(("wall", "processor"), found, strict=True)
    }


def tiff_roads(folder, retoucher, options):
    """What a 16-bit TIFF takes, by how it is stored, in turns with tifffile's reading and writing of the same."""
    noise = np.random.default_rng(0)
    pixels = (make_photo(options.megapixels) * CAST * 257).astype(np.uint16)
    pixels ^= noise.integers(0, 256, pixels.shape, np.uint16)  # the lower 8 bits of a photo are noise
    found = {}
    for name, stored in TIFFS.items():
        (folder / name / "out").mkdir(parents=True)
        photos = [folder / name / f"{number}.tif" for number in range(TIFF_PHOTOS)]
        tifffile.imwrite(photos[0], pixels, photometric="rgb", **stored)
        for photo in photos[1:]:
            photo.hardlink_to(photos[0])

        def again(path, stored=stored):
            result = path.parent / "out" / f"tifffile-{path.name}"
            tifffile.imwrite(result, tifffile.imread(path), photometric="rgb", **stored)

        competitors = {
            "lutbridge render": lambda photos=photos: ours(photos, photo_writer(retoucher, FULL), ".tif"),
            "tifffile, read and write": lambda photos=photos, again=again: theirs(photos, again, options),
        }
        found[name] = take_turns(competitors, len(photos), options)
        for by_clock in found[name].values():
            by_clock["render_takes"] = ratio(by_clock.pop("turns"), "tifffile, read and write", "lutbridge render")
        shutil.rmtree(folder / name)
    return found


def cold(photo, runs):
    """Seconds of a process of its own that renders a photo, median and quartiles, wall clock and processor."""
    seconds = {name: {"wall": [], "processor": []} for name in START}
    for turn in range(runs + 1):
        for name, program in START.items():
            out = photo.parent / f"small-{turn}"
            command = ["-m", "lutbridge", "render", str(photo), "-o", str(out), "--device", "cpu"]
            start, before = time.perf_counter(), children()
            subprocess.run(
                [sys.executable, *(["-c", program] if program else command)], check=True, capture_output=True
            )
            if turn:  # the first compiles, where nothing has before
                seconds[name]["wall"].append(time.perf_counter() - start)
                seconds[name]["processor"].append(children() - before)
    return {name: {kind: spread(values) for kind, values in found.items()} for name, found in seconds.items()}


def children():
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory(small_photo, photo):
    """MB at most of a process that has rendered a small photo, and of the same after a large one."""
    command = [sys.executable, "-c", MEMORY, str(small_photo), str(photo), str(photo.parent / "out" / "render")]
    small, large = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    with Image.open(photo) as image:
        pixels = image.width * image.height * 3 / 2**20
    return {"after a small photo": small, "after a large one": large, "its pixels": pixels}


def report(results):
    for clock, road in results["road"].items():
        print(f"| | photos a second of {clock} time |\n|---|---|")
        for name, rate in road["photos_per_s"].items():
            print(f"| {name} | {show(rate)} |")
        print(f"\nrender takes {show(road['render_takes'])} times as long as Pillow's decode and encode")
        above = show(road["cube_ms_above_1.5_drafts"], 0)
        print(f"cube takes {show(road['cube_takes'])} times Pillow's draft decode: 1.5 times it and {above} ms\n")
    for clock in ("wall", "processor"):
        print(f"| 16-bit TIFF, photos a second of {clock} time | render | tifffile | render takes … times as long |")
        print("|---|---|---|---|")
        for name, clocks in results["tiff"].items():
            rate = " | ".join(map(show, clocks[clock]["photos_per_s"].values()))
            print(f"| {name} | {rate} | {show(clocks[clock]['render_takes'])} |")
        print()
    print("\n| a process from nothing | seconds | of processor time |\n|---|---|---|")
    for name, found in results["seconds"].items():
        print(f"| {name} | {show(found['wall'])} | {show(found['processor'])} |")
    for name, megabytes in results["memory"].items():
        print(f"memory, {name}: {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
