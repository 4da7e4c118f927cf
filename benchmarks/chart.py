"""Draws docs/performance.svg from what the other benchmarks wrote beside this file."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).parent
TARGET = FOLDER.parent / "docs" / "performance.svg"
AXES = {
    "n_luts": "basis LUTs N",
    "grid_size": "grid size M",
    "context": "context k",
    "context_channels": "context channels",
    "megapixels": "megapixels",
    "threads": "threads, 12 MP by the clock",
}


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    growth, render, training = load("growth"), load("render"), load("training")
    figure = plt.figure(figsize=(13, 6.5), layout="constrained")
    above, below = figure.subfigures(2, 1)
    series = growth["ns_per_pixel"] | {"threads": {n: 1e3 / rate for n, rate in growth["mp_per_s"].items()}}
    all_axes = below.subplots(1, len(AXES))
    for axes, (name, label) in zip(all_axes, AXES.items(), strict=True):
        values = series[name]
        axes.plot([float(value) for value in values], list(values.values()), marker="o")
        axes.set(xlabel=label, ylim=(0, 1.15 * max(values.values())))
    all_axes[0].set_ylabel("ns a pixel")
    ratios = {f"{name}, plain torch": found["kernel_over"]["reference"] for name, found in render["networks"].items()}
    for pixels, found in training["pixels"].items():
        times = found["over_grid_sample"]["compiled, trilinear"]
        ratios[f"training, {int(pixels):,} pixels, grid_sample"] = times
    bars = above.subplots()
    middles = [found["median"] for found in ratios.values()]
    errors = [[abs(found["median"] - found["quartiles"][side]) for found in ratios.values()] for side in (0, 1)]
    bars.barh(list(ratios), middles, xerr=errors, color="tab:blue", ecolor="grey")
    bars.invert_yaxis()
    bars.set(xlabel="times as fast as the peer, median and quartiles of turns")
    figure.savefig(TARGET, metadata={"Date": None})


if __name__ == "__main__":
    main()
