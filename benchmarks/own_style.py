"""How a style grows with its pairs: 0, 5, 10, 20, 50 and 100, on clean photos and on photos that need correcting.

    python benchmarks/own_style.py PORTRAITS MINI OUT [--json FILE] [--plot FILE]

PORTRAITS holds finished portraits (see `train.data.portraits`), whose train split makes the pairs: each photo as it is,
and in a made style: warm, low contrast, lifted blacks. MINI is ppr10k-mini, whose val split is measured on, one take of
each group, and never learned from: its finished photos as they are (clean), and its degraded sources (degraded), both
against the finished photos in the style. Runs that OUT holds already are not repeated.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from PIL import Image

from lutbridge.color.codes import to_8_bit, to_codes, to_float
from lutbridge.research.systems import load_models, model
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.portraits import LICENCES, Portrait, load_portraits
from lutbridge.train.data.ppr10k import find_pairs

COUNTS = (5, 10, 20, 50, 100)
MODES = {"keeping the correction": (), "look only": ("--look-only",)}
START = "portrait-v2"


def style(codes: np.ndarray) -> np.ndarray:
    """Warm, low contrast, lifted blacks: (H, W, 3) codes to uint8."""
    soft = 0.09 + 0.82 * to_float(codes)
    soft = soft + 0.05 * (np.clip(soft, 0.3, 0.7) - 0.5)
    return to_codes(soft * np.float32([1.03, 1.0, 0.9]) + np.float32([0.005, 0, 0.01]), np.uint8)


def make_pairs(portraits: list[Portrait], count: int, folder: Path) -> None:
    """Write before/ and after/ of `count` portraits, spread over all; each is a shoot of its own."""
    for index in np.linspace(0, len(portraits) - 1, count).astype(int):
        portrait = portraits[index]
        for kind, pixels in (("before", portrait.rgb), ("after", style(portrait.rgb))):
            path = folder / kind / f"{portrait.name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)


def measure(name: str | Path, pairs: list[Pair], after: bool = False) -> dict[str, float]:
    """Mean PSNR and ΔE of a model's renders against the styled targets; with `after`, in the style itself."""
    (network,) = load_models([str(name)]).values()
    system, figures = model(network), {}
    for kind in ("clean", "degraded"):
        found = []
        for pair in pairs:
            source, target, _ = pair.load()
            output = to_8_bit(system(target if kind == "clean" else source))
            output, styled = style(output) if after else output, style(target)
            found.append((min(metrics.psnr(output, styled), 58.9), metrics.delta_e_mean(output, styled)))
        psnr, delta_e = np.mean(found, axis=0)
        figures |= {f"{kind} psnr": round(float(psnr), 2), f"{kind} delta_e": round(float(delta_e), 2)}
    return figures


def draw(lines: list[dict], path: Path) -> None:
    """PSNR over the number of pairs."""
    from matplotlib.figure import Figure

    figure = Figure((7, 3.4), layout="constrained")
    for ax, kind in zip(figure.subplots(1, 2), ("clean", "degraded"), strict=True):
        for mode, mark in zip(MODES, ("o-", "s--"), strict=True):
            points = [(line["pairs"], line[f"{kind} psnr"]) for line in lines if line["mode"] in (mode, START)]
            ax.plot(*zip(*points, strict=True), mark, color="0.2", label=mode)
        best = next(line for line in lines if line["mode"] == "the style itself")
        ax.axhline(best[f"{kind} psnr"], color="0.6", lw=1)
        ax.set(title=f"{kind} photos", xlabel="pairs", ylabel="PSNR, dB", xscale="symlog")
        ax.set_xticks([0, *COUNTS], [str(count) for count in (0, *COUNTS)])
        ax.grid(color="0.9")
        ax.legend(frameon=False)
    figure.savefig(path, dpi=110)


def runs(
    train: list[Portrait], val: list[Pair], out: Path, counts: tuple[int, ...], modes: list[str]
) -> Iterator[dict]:
    """Trains what is missing; a line of figures for each run."""
    yield {"mode": START, "pairs": 0} | measure(START, val)
    yield {"mode": "the style itself", "pairs": 0} | measure(START, val, after=True)
    for count in counts:
        folder = out / str(count)
        if not folder.is_dir():
            make_pairs(train, count, folder)
        for mode in modes:
            run = out / f"{count}-{mode.replace(' ', '-')}"
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            if not (run / "model.safetensors").is_file():
                command = [
                    "train",
                    "--pairs",
                    folder / "before",
                    folder / "after",
                    *MODES[mode],
                    "-o",
                    run,
                    "--workers",
                    1,
                ]
                called = [sys.executable, "-m", "lutbridge", *map(str, command)]
                with (out / f"{run.name}.txt").open("w") as told:
                    subprocess.run(called, check=True, stdout=subprocess.DEVNULL, stderr=told)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
            yield {"mode": mode, "pairs": count, "processor seconds": round(seconds)} | measure(run, val)


@click.command()
@click.argument("portraits", type=click.Path(path_type=Path, exists=True))
@click.argument("mini", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--counts", default=",".join(map(str, COUNTS)), show_default=True, help="Numbers of pairs.")
@click.option(
    "--mode", "modes", type=click.Choice(list(MODES)), multiple=True, default=list(MODES), help="What is tried."
)
@click.option("--json", "as_json", type=click.Path(path_type=Path), help="Keep the figures in this file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw them in this file.")
def main(portraits: Path, mini: Path, out: Path, counts: str, modes: list[str], as_json: Path, plot: Path) -> None:
    """Train and measure; prints one JSON object a line."""
    val = find_pairs(mini, "val", "a")[::3]
    train, lines = load_portraits(portraits, "train", LICENCES, 540), []
    for line in runs(train, val, out, tuple(map(int, counts.split(","))), list(modes)):
        print(json.dumps(line), flush=True)
        lines.append(line)
    if as_json:
        as_json.write_text("".join(json.dumps(line) + "\n" for line in lines))
    if plot:
        draw(lines, plot)


if __name__ == "__main__":
    main()
