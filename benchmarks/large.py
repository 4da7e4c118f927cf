"""How time and memory grow with a photo's pixels, a shoot's photos and a group's takes.

    OMP_NUM_THREADS=1 python benchmarks/large.py [--most 1] [--json FILE]

Each figure is of a process of its own: the processor's seconds and the most memory that it held. A photo is rendered
from JPEG to JPEG; a shoot is looked at and grouped, as `lutbridge groups` does it; a group agrees on its weights. numpy
calculates in one thread, as it does there. The photos are made for it (made_shoot.py). A hundredth of the sizes
(`--most 0.01`) is for trying it out.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from made_shoot import make_shoot, scene, take
from PIL import Image
from whole_shoots import measure as measure_shoot

SIZES = {
    "megapixels": (1, 4, 25, 100, 400),
    "photos": (1, 10, 100, 1000, 10_000),
    "takes": (2, 10, 30, 100, 300, 1000),
}
TILE = 1  # megapixels of the portrait that large photos repeat


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:  # in this process, which must not take memory for anything else
        kind, size, folder = sys.argv[2:]
        seconds = MEASURES[kind](int(size), Path(folder))
        print(json.dumps({"seconds": seconds, "mb": most_memory()}))
        return
    from turns import finish, machine, parser

    options = parser(__doc__, 1)
    options.add_argument("--most", type=float, default=1, help="share of the sizes")
    options = options.parse_args()
    results = {"machine": machine(options, ("numba", "numpy", "pillow", "imagecodecs"))}
    with tempfile.TemporaryDirectory() as folder:
        make_shoot(Path(folder) / "shoot", max(1, round(options.most * max(SIZES["photos"]))))
        for kind, sizes in SIZES.items():
            results[kind] = {size: measured(kind, size, folder) for size in scaled(sizes, options.most)}
    finish(results, options)


def scaled(sizes, most):
    return sorted({max(min(sizes), round(size * most)) for size in sizes})


def measured(kind, size, folder):
    """Seconds and MB, from a process of its own."""
    command = [sys.executable, __file__, "--measure", kind, str(size), folder]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"{kind} {size}: {found['seconds']:.2f} s, {found['mb']:.0f} MB", flush=True)
    return found


def render_one(megapixels, folder):
    """From file to file, without imports and the loading of kernels."""
    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.batch.run import do
    from lutbridge.batch.work import photo_writer
    from lutbridge.retouch import Retoucher
    from lutbridge.strength import FULL

    small, photo = folder / "small.jpg", folder / f"{megapixels}.jpg"
    command = [sys.executable, "-c", MAKE, str(megapixels), str(photo), str(small)]  # elsewhere: it takes memory
    subprocess.run(command, check=True, cwd=Path(__file__).parent)
    work = photo_writer(Retoucher.load(device="cpu"), FULL)
    for source in (small, photo):
        before = time.process_time()
        result = do(PlannedPhoto(source, folder / "out.jpg"), work)
        assert result.status == "done", result.error
    return time.process_time() - before


def make_large(megapixels, path, small):
    from turns import make_photo

    tile = make_photo(TILE)
    rows = columns = max(1, round((megapixels / TILE) ** 0.5))
    Image.fromarray(tile).save(small, quality=95)
    Image.fromarray(np.tile(tile, (rows, columns, 1))).save(path, quality=95)


MAKE = "import sys; from pathlib import Path; from large import make_large; "
MAKE += "make_large(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))"


def group_shoot(count, folder):
    return sum(cpu for cpu, _ in measure_shoot(folder / "shoot", count)["seconds"])


def agree_on_takes(count, folder):
    """A scene's takes that have been looked at."""
    from lutbridge.image.photo import Container, Photo
    from lutbridge.retouch import Retoucher
    from lutbridge.shoot import Matcher, Shoot

    retoucher, random = Retoucher.load(device="cpu"), np.random.default_rng(0)
    shoot, place = Shoot(retoucher), scene(0, random)  # which keeps takes as `render --group` does
    for number in range(count):
        shoot.observe(Photo(folder / f"{number}.jpg", np.array(take(place, random)), None, Container("jpeg")))
    before = time.process_time()
    Matcher(retoucher).agree(list(shoot.takes.values()))
    return time.process_time() - before


def most_memory():
    """MB that this process held at most."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


MEASURES = {"megapixels": render_one, "photos": group_shoot, "takes": agree_on_takes}


if __name__ == "__main__":
    main()
