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
}


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    growth, render, training = load("growth"), load("render"), load("training")
    figure, (above, below) = plt.subplots(2, len(AXES), figsize=(13, 6), layout="constrained")
    for axes, (name, label) in zip(below, AXES.items(), strict=True):
        values = growth["ns_per_pixel"][name]
        axes.plot([float(value) for value in values], list(values.values()), marker="o")
        axes.set(xlabel=label, ylim=(0, None))
    below[0].set_ylabel("ns a pixel and thread")
    ratios = {f"{name}, plain torch": found["kernel_over"]["reference"] for name, found in render["networks"].items()}
    for pixels, found in training["pixels"].items():
        times = found["over_grid_sample"]["compiled, trilinear"]
        ratios[f"training, {int(pixels):,} pixels, grid_sample"] = times
    for axes in above:
        axes.remove()
    bars = figure.add_subplot(2, 1, 1)
    middles = [found["median"] for found in ratios.values()]
    errors = [[abs(found["median"] - found["quartiles"][side]) for found in ratios.values()] for side in (0, 1)]
    bars.barh(list(ratios), middles, xerr=errors, color="tab:blue", ecolor="grey")
    bars.invert_yaxis()
    bars.set(xlabel="times as fast as the peer, median and quartiles of turns")
    figure.savefig(TARGET, metadata={"Date": None})


if __name__ == "__main__":
    main()
