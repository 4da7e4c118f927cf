"""What the benchmarks share: competitors that take turns in one process, ratios within each turn, and the machine."""

import argparse
import json
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import numba
import numpy as np
import torch
from PIL import Image
from skimage.data import astronaut

from lutbridge.color.codes import to_codes, to_float


def parser(text: str, runs: int) -> argparse.ArgumentParser:
    """Options that every benchmark has; `text` is its docstring."""
    options = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--runs", type=int, default=runs, help="turns of every competitor")
    options.add_argument("--json", type=Path, help="where to write the results")
    return options


def use_threads(count: int) -> None:
    """Of torch and of our kernels."""
    torch.set_num_threads(count)
    numba.config.NUMBA_NUM_THREADS = count


def rates(competitors: Mapping[str, Callable], work: Mapping[str, float], runs: int, clocks=(time.perf_counter,)):
    """Work done per second by each competitor in each turn; one turn more warms up.

    Whatever else the machine does falls on all of them, so a ratio is to be taken within a turn.

    Returns:
        a dict of lists, by competitor; of several clocks one for each.
    """
    found = [{name: [] for name in competitors} for _ in clocks]
    for turn in range(runs + 1):
        for name, run in competitors.items():
            before = [clock() for clock in clocks]
            run()
            seconds = [clock() - start for clock, start in zip(clocks, before, strict=True)]
            if turn:
                for values, took in zip(found, seconds, strict=True):
                    values[name].append(work[name] / took)
    return found if len(clocks) > 1 else found[0]


def ratio(found: Mapping[str, list[float]], ours: str, theirs: str) -> dict:
    """How many times as fast as `theirs` is `ours`."""
    return spread(np.divide(found[ours], found[theirs]))


def spread(values) -> dict:
    low, middle, high = np.percentile(values, (25, 50, 75))
    return {"median": float(middle), "quartiles": [float(low), float(high)]}


def show(values: Mapping, places: int = 2) -> str:
    low, high = values["quartiles"]
    return f"{values['median']:.{places}f} ({low:.{places}f}–{high:.{places}f})"


def machine(options: argparse.Namespace, packages: tuple[str, ...]) -> dict:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")] or [platform.processor()]
    versions = {name: version(name) for name in packages}
    return {"cpu": names[0], "threads": options.threads, "runs": options.runs, "versions": versions}


def finish(results: dict, options: argparse.Namespace) -> None:
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def make_photo(megapixels: float) -> np.ndarray:
    """A portrait enlarged, with the noise that photos have: (H, W, 3) uint8 in 3 : 2."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    portrait = Image.fromarray(astronaut()).crop((0, 0, 512, 341))
    enlarged = to_float(np.asarray(portrait.resize((height * 3 // 2, height), Image.Resampling.BICUBIC)))
    noise = np.random.default_rng(0).standard_normal(enlarged.shape, np.float32)
    return to_codes(enlarged + np.float32(0.01) * noise, np.uint8)
