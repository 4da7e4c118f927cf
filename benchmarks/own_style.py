"""How quality grows with the pairs of a photographer's own style: 0, 5, 20 and 100, from portrait-v1 and from scratch.

    python benchmarks/own_style.py TAKES MINI OUT [--steps 300] [--json FILE] [--plot FILE]

TAKES is what `python -m lutbridge.research.make_takes` wrote, MINI ppr10k-mini (its val split is measured on, one take
of each group). The style is made: warm, low contrast, lifted blacks, laid over the finished photos. Runs that OUT holds
already are not repeated.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from PIL import Image

from lutbridge.color.codes import to_8_bit, to_codes, to_float
from lutbridge.model.registry import find_model
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint

COUNTS = (5, 20, 100)
STARTS = {"portrait-v1": ("--start", "portrait-v1"), "scratch": ()}


def style(codes: np.ndarray) -> np.ndarray:
    """Warm, low contrast, lifted blacks: (H, W, 3) codes to uint8."""
    soft = 0.09 + 0.82 * to_float(codes)
    soft = soft + 0.05 * (np.clip(soft, 0.3, 0.7) - 0.5)
    return to_codes(soft * np.float32([1.03, 1.0, 0.9]) + np.float32([0.005, 0, 0.01]), np.uint8)


def make_pairs(pairs: list[Pair], count: int, folder: Path) -> None:
    """Write before/ and after/ of the first take of `count` groups, spread over all."""
    one = list({pair.group: pair for pair in reversed(pairs)}.values())[::-1]
    for kind in ("before", "after"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for index in np.linspace(0, len(one) - 1, count).astype(int):
        shutil.copy(one[index].sources[0], folder / "before" / f"{one[index].name}.tif")
        Image.fromarray(style(one[index].load()[1])).save(folder / "after" / f"{one[index].name}.tif")


def measure(model: str | Path, pairs: list[Pair]) -> dict[str, float]:
    """Mean PSNR and ΔE of a model's renders against the styled targets."""
    network = checkpoint.read(find_model(str(model))).network
    figures = []
    for pair in pairs:
        source, target, _ = pair.load()
        output, styled = to_8_bit(retouch_whole(network, source)), style(target)
        figures.append((metrics.psnr(output, styled), metrics.delta_e_mean(output, styled)))
    psnr, delta_e = np.mean(figures, axis=0)
    return {"psnr": round(float(psnr), 2), "delta_e": round(float(delta_e), 2)}


def draw(lines: list[dict], path: Path) -> None:
    """PSNR over the number of pairs, for both starts."""
    from matplotlib.figure import Figure

    figure = Figure((6, 3.4), layout="constrained")
    ax = figure.subplots()
    for start, mark in zip(STARTS, ("o-", "s--"), strict=True):
        points = [(line["pairs"], line["psnr"]) for line in lines if line["start"] == start]
        ax.plot(*zip(*points, strict=True), mark, color="0.2", label=f"from {start}")
    ax.set(xlabel="pairs of the new style", ylabel="PSNR to the style's own finish, dB", xscale="symlog")
    ax.set_xticks([0, *COUNTS], [str(count) for count in (0, *COUNTS)])
    ax.grid(color="0.9")
    ax.legend(frameon=False)
    figure.savefig(path, dpi=110)


def runs(train: list[Pair], val: list[Pair], out: Path, steps: int) -> Iterator[dict]:
    """Trains what is missing; a line of figures for each run."""
    yield {"start": "portrait-v1", "pairs": 0} | measure("portrait-v1", val)
    for count in COUNTS:
        folder = out / str(count)
        if not folder.is_dir():
            make_pairs(train, count, folder)
        for start, options in STARTS.items():
            run = out / f"{count}-{start}"
            if not (run / "snapshot.pt").is_file():
                command = ["train", "--pairs", folder / "before", folder / "after", *options, "-o", run]
                limits = ["--steps", steps, "--workers", 1]
                called = [sys.executable, "-m", "lutbridge", *map(str, command + limits)]
                subprocess.run(called, check=True, stdout=subprocess.DEVNULL)
            last = json.loads((run / "log.jsonl").read_text().splitlines()[-1])
            told = {"steps": last["step"], "seconds": last["seconds"]}
            yield {"start": start, "pairs": count} | measure(run, val) | told


@click.command()
@click.argument("takes", type=click.Path(path_type=Path, exists=True))
@click.argument("mini", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--steps", type=int, default=300, show_default=True, help="Of training for each run, at most.")
@click.option("--json", "as_json", type=click.Path(path_type=Path), help="Keep the figures in this file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw them in this file.")
def main(takes: Path, mini: Path, out: Path, steps: int, as_json: Path | None, plot: Path | None) -> None:
    """Train and measure; prints one JSON object a line."""
    val = find_pairs(mini, "val", "a")[::3]
    lines = []
    for line in runs(find_pairs(takes, "train", "a"), val, out, steps):
        print(json.dumps(line), flush=True)
        lines.append(line)
    if as_json:
        as_json.write_text("".join(json.dumps(line) + "\n" for line in lines))
    if plot:
        draw(lines, plot)


if __name__ == "__main__":
    main()
