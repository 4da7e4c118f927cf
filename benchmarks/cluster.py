"""What many machines would do to the driver, to its manifest and to the shared disk: measured here, then simulated.

    python benchmarks/cluster.py --folder FOLDER [--photos 1000000] [--nodes 1 2 5 10 20 50 100]

Measured are the seconds that one core takes for a photo of 24 megapixels, the bytes that it reads and writes, how many
photos a second the manifest enters in FOLDER (one transaction for each, and for several), and, where Ray is installed,
what the driver's processor spends on each photo. The simulation has each core of each node read a photo over the shared
disk, work on it, write the result, and wait until the driver has entered it and sent the next one: as `batch.ray_run`
does, with as many photos under way as there are cores. What the network itself loses is left out.
"""

import argparse
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from heapq import heapify, heapreplace
from pathlib import Path

import numpy as np

CORES = 16  # of a node
SIDES = (4000, 6000)  # px of the photo that is measured
DEMO = sorted(Path(__file__).parents[1].joinpath("examples/shoot/portraits").glob("*.jpg"))[0]
DISKS = {"1 Gbit/s": 110e6, "10 Gbit/s": 1100e6}  # bytes a second that such a network brings
TOGETHER = (1, 16, 64)  # photos in one transaction
FLIGHTS = (16, 160, 1600)  # photos under way
ENTERED, SENT = 2000, 3000  # photos by which the manifest and the driver are measured


@dataclass(frozen=True)
class Photo:
    """What one takes: seconds of a core, and bytes."""

    seconds: float
    read: float
    written: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, help="on the disk that holds the manifest")
    options.add_argument("--photos", type=int, default=1_000_000)
    options.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 5, 10, 20, 50, 100])
    options.add_argument(
        "--driver-ms",
        type=float,
        nargs=len(FLIGHTS),
        help=f"with {FLIGHTS} photos under way, where Ray is not installed",
    )
    options = options.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        photo = measure_photo(Path(folder))
        print(
            f"a photo: {photo.seconds:.2f} s of a core, {photo.read / 1e6:.1f} MB in, {photo.written / 1e6:.1f} MB out"
        )
        entering = {together: measure_manifest(Path(folder), together) for together in TOGETHER}
    for together, seconds in entering.items():
        print(f"manifest, {together} a transaction: {1e3 * seconds:.2f} ms a photo, {1 / seconds:.0f} photos/s")
    if options.driver_ms:
        driving = dict(zip(FLIGHTS, (ms / 1e3 for ms in options.driver_ms), strict=True))
    else:
        driving = {flights: measure_driver(flights) for flights in FLIGHTS}
    for flights, seconds in driving.items():
        print(f"driver, {flights} photos under way: {1e3 * seconds:.2f} ms of its processor a photo")
    print("\nnodes | disk | a transaction | photos/s | hours | cores busy | driver busy | disk busy")
    for nodes in options.nodes:
        for disk, rate in DISKS.items():
            for together in TOGETHER[:2]:
                drive = float(np.interp(nodes * CORES, list(driving), list(driving.values())))
                total, busy = simulate(options.photos, nodes * CORES, photo, drive + entering[together], rate)
                shares = " | ".join(f"{share:.0%}" for share in busy)
                print(f"{nodes} | {disk} | {together} | {options.photos / total:.0f} | {total / 3600:.1f} | {shares}")


def measure_photo(folder: Path) -> Photo:
    import numba
    from PIL import Image

    from lutbridge.image.read import read
    from lutbridge.image.write import write
    from lutbridge.retouch import Retoucher

    numba.config.NUMBA_NUM_THREADS = 1
    source, retoucher, seconds = folder / "photo.jpg", Retoucher.load(device="cpu"), []
    with Image.open(DEMO) as demo:
        large = np.asarray(demo.convert("RGB").resize(SIDES, Image.Resampling.BICUBIC), np.float32)
    grain = np.random.default_rng(0).standard_normal(large.shape, np.float32) * 3
    Image.fromarray((large + grain).clip(0, 255).astype(np.uint8)).save(source, quality=92)
    for number in range(4):
        start, result = time.process_time(), folder / f"result-{number}.jpg"
        photo = read(source)
        write(result, photo, retoucher.render(photo).pixels)
        seconds.append(time.process_time() - start)
    return Photo(min(seconds), source.stat().st_size, result.stat().st_size)


def measure_manifest(folder: Path, together: int) -> float:
    """Seconds that it takes to enter a photo, so many in one transaction."""
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.batch.record import MadeWith, Stamp, Stamps

    folder = folder / f"together-{together}"
    folder.mkdir()
    plan = [PlannedPhoto(folder / f"IMG_{n}.jpg", folder / "retouched" / f"IMG_{n}.jpg") for n in range(ENTERED)]
    stamp = Stamp(10_000_000, 1_700_000_000_000_000_000, "0" * 128)
    figures = {"image_weights": [0.123456] * 16, "clipped": 0.01, "notices": []}
    with Manifest(folder) as manifest:
        manifest.begin(plan, [], MadeWith("0" * 128, {"person": 1.0, "background": 1.0}))
        start = time.perf_counter()
        for first in range(0, ENTERED, together):
            with manifest.together():
                for planned in plan[first : first + together]:
                    stamps = Stamps(stamp, {planned.output: stamp})
                    manifest.done(planned, 1.0, figures, stamps)
        return (time.perf_counter() - start) / ENTERED


def measure_driver(flights: int) -> float:
    """Seconds of the driver's processor for a photo that takes a worker no time, so many under way."""
    import ray

    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.batch.ray_run import _Flying
    from lutbridge.batch.ray_work import Order

    if not ray.is_initialized():
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    orders = (Order(PlannedPhoto(Path(f"{n}.jpg"), Path(f"retouched/{n}.jpg"))) for n in range(SENT))
    flying = _Flying(ray, ray.remote(max_retries=0)(_nothing), ray.put(None), lambda order, outcome: None, nullcontext)
    flying._cpus = lambda cpus=flying._cpus: (cpus(), flights)[1]  # asks the cluster, as ever
    landed, start = 0, 0.0
    while landed < SENT:
        while flying.has_room() and (order := next(orders, None)):
            flying.send(order)
        landed += sum(1 for _ in flying.landed_in_order())
        if landed and not start:  # workers are up
            start, before = time.process_time(), landed
        if flying.are_up():
            flying.wait(lambda: False)
    return (time.process_time() - start) / (landed - before)


def _nothing(recipe, order):
    from lutbridge.batch.ray_work import Outcome
    from lutbridge.batch.run import PhotoFigures, PhotoResult

    planned = order.planned
    result = PhotoResult(planned.source, planned.output, "done", 0.0, figures=PhotoFigures((0.123456,) * 16, 0.01))
    return Outcome(result)


def simulate(photos: int, cores: int, photo: Photo, entering: float, disk: float) -> tuple[float, list[float]]:
    """Seconds until all photos are done, and the shares of them in which cores, driver and disk were busy.

    Driver and disk serve one after another, in the order in which they are asked.
    """
    asking = [number * 1e-3 for number in range(cores)]  # when each core gets its next photo
    heapify(asking)
    disk_free = driver_free = 0.0
    moving = (photo.read + photo.written) / disk
    for _ in range(photos):
        disk_free = max(disk_free, asking[0]) + moving
        driver_free = max(driver_free, disk_free + photo.seconds) + entering
        heapreplace(asking, driver_free)
    used = (photos * photo.seconds / cores, photos * entering, photos * moving)
    return driver_free, [each / driver_free for each in used]


if __name__ == "__main__":
    main()
