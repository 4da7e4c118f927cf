"""How long it takes a group to agree, as the group grows.

    python benchmarks/matching.py [--takes 2 10 50 200 500] [--json FILE]

The peer, in the same process and turn, is what the same takes cost anyway: averaging a 24 MP photo down and predicting
its weights. Takes are framings of scikit-image's astronaut in different light; the first look is not counted.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numba
import numpy as np
from skimage.data import astronaut

from lutbridge.research.systems import in_memory
from lutbridge.retouch import Retoucher
from lutbridge.shoot import Matcher, observe

PHOTO = astronaut()


def take(retoucher, random):
    """One framing, in its own light."""
    top, left, side = random.integers(0, 80), random.integers(0, 80), random.integers(360, 430)
    light = np.exp(random.normal(0, [0.12, 0.06, 0.12]))
    pixels = np.clip(PHOTO[top : top + side, left : left + side] * light, 0, 255).astype(np.uint8)
    return observe(retoucher, in_memory(pixels))


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, nargs="+", default=[2, 10, 50, 200, 500])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    numba.config.NUMBA_NUM_THREADS = 1
    retoucher = Retoucher.load(device="cpu")
    matcher = Matcher(retoucher)
    random = np.random.default_rng(0)
    shoot = [take(retoucher, random) for _ in range(max(arguments.takes))]
    large = in_memory(np.tile(PHOTO, (8, 12, 1))[:4000, :6000])
    matcher.agree(shoot[:2])  # compiles
    results = []
    print("takes | ms a take, median (least … most) | share of a first look at 24 MP")
    for count in arguments.takes:
        times, shares = [], []
        for _ in range(arguments.runs):
            look = seconds(lambda: observe(retoucher, large))
            own = seconds(lambda count=count: matcher.agree(shoot[:count])) / count
            times.append(1000 * own)
            shares.append(own / look)
        results.append({"takes": count, "ms": times, "share_of_first_look": shares})
        spread = f"{statistics.median(times):.1f} ({min(times):.1f} … {max(times):.1f})"
        print(f"{count:5} | {spread} | {statistics.median(shares):.2f}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
