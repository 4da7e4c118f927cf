"""How the time and the memory of grouping a shoot grow with its photos.

    python benchmarks/whole_shoots.py --photos 250 500 1000 2000 4000 --folder FOLDER

Made photos (benchmarks/made_shoot.py) are kept in FOLDER. Each shoot is read, looked at and grouped by a process of its
own, as `lutbridge groups` does it; printed are seconds of the processor and of the clock on the wall for each step, and
the most memory that the process held.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

STEPS = ("start", "times", "looks", "grouping")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--photos", type=int, nargs="+", default=[250, 500, 1000, 2000, 4000])
    options.add_argument("--folder", type=Path, required=True, help="for the photos that are made")
    options.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = options.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    from made_shoot import make_shoot  # not before `measure`, as it imports numpy

    print(f"photos | {' | '.join(f'{step}, CPU s (wall)' for step in STEPS)} | peak MB | groups")
    for count in options.photos:
        folder = options.folder / str(count)
        make_shoot(folder, count)
        command = [sys.executable, __file__, "--folder", str(options.folder), "--measure", str(folder)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        times = " | ".join(f"{cpu:.1f} ({wall:.1f})" for cpu, wall in found["seconds"])
        print(f"{count} | {times} | {found['peak_mb']:.0f} | {found['groups']}", flush=True)


def measure(folder: Path, count: int | None = None) -> dict:
    """Seconds of each step for a folder's photos, or the first `count` of them, and what the process held at most."""
    from lutbridge.cli.threads import one_thread_each

    seconds = []

    @contextmanager
    def step():
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        seconds.append((time.process_time() - cpu, time.perf_counter() - wall))

    with step():
        one_thread_each()
        from lutbridge.group.capture import read_facts
        from lutbridge.group.find import find_groups
        from lutbridge.group.likeness import Likenesses
        from lutbridge.group.store import KeptSequence, Store
        from lutbridge.image.read import LOOK_SIDE, read
        from lutbridge.retouch import Retoucher
        from lutbridge.shoot import Matcher, observe

        retoucher, store = Retoucher.load(device="cpu"), Store()
        matcher = Matcher(retoucher)
    photos = sorted(folder.glob("*.jpg"))[:count]
    with step():
        facts = [read_facts(photo) for photo in photos]
    with step():
        looks = [store.keep(matcher.appearance(observe(retoucher, read(photo, None, LOOK_SIDE)))) for photo in photos]
    with step():
        groups = find_groups(facts, "auto", Likenesses(KeptSequence(looks)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "groups": len(groups)}


if __name__ == "__main__":
    main()
