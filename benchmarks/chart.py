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
WHOLE = {
    "megapixels": "one photo, megapixels",
    "photos": "a shoot looked at and grouped, photos",
    "takes": "a group that agrees, takes",
}


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def draw_whole(axes, found, label):
    """Seconds and memory by size, beside lines that grow as the size does."""
    sizes = sorted(found)
    for measure, unit, colour in (("seconds", "s of the processor", "tab:blue"), ("mb", "MB at most", "tab:orange")):
        values = [found[size][measure] for size in sizes]
        axes.loglog(sizes, values, marker="o", color=colour, label=unit)
        axes.loglog(sizes, [values[-1] * size / sizes[-1] for size in sizes], ":", color=colour, linewidth=1)
    axes.plot([], [], "k:", linewidth=1, label="in proportion to the size")
    axes.set(xlabel=label)
    axes.legend(fontsize="small")


def main() -> None:
    growth, render, training, large = load("growth"), load("render"), load("training"), load("large")
    figure = plt.figure(figsize=(13, 10), layout="constrained")
    above, below, lowest = figure.subfigures(3, 1)
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
    for axes, (name, label) in zip(lowest.subplots(1, len(WHOLE)), WHOLE.items(), strict=True):
        draw_whole(axes, {int(size): found for size, found in large[name].items()}, label)
    ratios["a training step, straightforward form"] = training["step"]["times_as_fast_as"]["processor"][
        "straightforward"
    ]
    bars = above.subplots()
    middles = [found["median"] for found in ratios.values()]
    errors = [[abs(found["median"] - found["quartiles"][side]) for found in ratios.values()] for side in (0, 1)]
    bars.barh(list(ratios), middles, xerr=errors, color="tab:blue", ecolor="grey")
    bars.invert_yaxis()
    bars.set(xlabel="times as fast as the peer, median and quartiles of turns")
    figure.savefig(TARGET, metadata={"Date": None})


if __name__ == "__main__":
    main()
