"""How a style grows with its pairs: 0, 5, 10, 20, 50 and 100, on clean photos and on photos that need correcting.

    python benchmarks/own_style.py PORTRAITS MINI [--runs OUT] [--counts 5,20] [--json FILE]

PORTRAITS holds finished portraits (see `train.data.portraits`), whose train split makes the pairs: each photo as it is,
and in a made style: warm, low contrast, lifted blacks. MINI is ppr10k-mini, whose val split is measured on, one take of
each group, and never learned from: its finished photos as they are (clean), and its degraded sources (degraded), both
against the finished photos in the style.

Without --runs, the style is the fitted one that a run starts from, on small pictures (128 px), which takes a minute.
With it, each count is a whole `lutbridge train` in OUT, measured on the photos as they are.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image

from lutbridge.color.codes import to_8_bit, to_codes, to_float
from lutbridge.image.thumbnail import THUMBNAILS
from lutbridge.model.registry import find_model
from lutbridge.research.measure import System
from lutbridge.research.systems import load_models, model
from lutbridge.train import metrics
from lutbridge.train.data.portraits import LICENCES, Portrait, load_portraits
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks import checkpoint
from lutbridge.train.style import Pictures, fit_style, render_pictures, with_style

COUNTS = "5,10,20,50,100"
START = "portrait-v2"
BEST_PSNR = 58.9  # dB, what rounding to 8 bit leaves; a perfect photo counts as much
Photos = list[tuple[np.ndarray, np.ndarray]]  # degraded source and finished photo, codes


def style(codes: np.ndarray) -> np.ndarray:
    """Warm, low contrast, lifted blacks: (H, W, 3) codes to uint8."""
    soft = 0.09 + 0.82 * to_float(codes)
    soft = soft + 0.05 * (np.clip(soft, 0.3, 0.7) - 0.5)
    return to_codes(soft * np.float32([1.03, 1.0, 0.9]) + np.float32([0.005, 0, 0.01]), np.uint8)


def spread(portraits: list[Portrait], count: int) -> list[Portrait]:
    """So many portraits, from all over."""
    return [portraits[i] for i in np.linspace(0, len(portraits) - 1, count).astype(int)]


def measure(system: System, photos: Photos) -> dict[str, float]:
    """Mean PSNR and ΔE of a system's results against the styled photos."""
    figures = {}
    for kind, column in (("clean", 1), ("degraded", 0)):
        found = []
        for photo in photos:
            output, styled = to_8_bit(system(photo[column])), style(photo[1])
            found.append((min(metrics.psnr(output, styled), BEST_PSNR), metrics.delta_e_mean(output, styled)))
        psnr, delta_e = np.mean(found, axis=0)
        figures |= {f"{kind} psnr": round(float(psnr), 2), f"{kind} delta_e": round(float(delta_e), 2)}
    return figures


def fitted(portraits: list[Portrait], photos: Photos, counts: list[int]) -> Iterator[dict]:
    """A line of figures for the fitted style of each count."""
    start = checkpoint.read(find_model(START)).network
    small = [tuple(_small(codes, start.thumbnail_size) for codes in photo) for photo in photos]

    def system(network):
        return lambda codes: _codes(render_pictures(network, _tensor(codes)[None])[0])

    yield from _without_pairs(system(start), small)
    for count in counts:
        chosen = [_small(portrait.rgb, start.thumbnail_size) for portrait in spread(portraits, count)]
        pictures = Pictures(*(torch.stack([_tensor(of(codes)) for codes in chosen]) for of in (np.asarray, style)))
        yield {"pairs": count} | measure(system(with_style(start, fit_style(start, pictures))), small)


def trained(portraits: list[Portrait], photos: Photos, counts: list[int], out: Path) -> Iterator[dict]:
    """A line of figures for each count's run; those that `out` holds already are not repeated."""
    yield from _without_pairs(_of(START), photos)
    for count in counts:
        folder, run = out / str(count), out / f"{count}-run"
        if not folder.is_dir():
            make_pairs(spread(portraits, count), folder)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not (run / "model.safetensors").is_file():
            command = ["train", "--pairs", folder / "before", folder / "after", "-o", run, "--workers", 1]
            subprocess.run([sys.executable, "-m", "lutbridge", *map(str, command)], check=True, stdout=sys.stderr)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        yield {"pairs": count, "processor seconds": round(seconds)} | measure(_of(str(run)), photos)


def make_pairs(portraits: list[Portrait], folder: Path) -> None:
    """Write before/ and after/; each portrait is a shoot of its own."""
    for portrait in portraits:
        for kind, pixels in (("before", portrait.rgb), ("after", style(portrait.rgb))):
            path = folder / kind / f"{portrait.name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)


def _without_pairs(start: Callable, photos: Photos) -> Iterator[dict]:
    """The start model alone, the style itself after its correction, and the style itself after none."""
    yield {"pairs": 0} | measure(start, photos)
    yield {"pairs": "the style itself"} | measure(lambda codes: style(start(codes)), photos)
    yield {"pairs": "the style itself, no correction"} | measure(style, photos)


def _of(name):
    (network,) = load_models([name]).values()
    return model(network)


def _small(codes, size):
    return to_codes(THUMBNAILS["area"](codes, size), np.uint8)


def _tensor(codes):
    return torch.from_numpy(to_float(codes)).movedim(2, 0)


def _codes(picture):
    return to_codes(picture.movedim(0, 2).numpy(), np.uint8)


@click.command()
@click.argument("portraits", type=click.Path(path_type=Path, exists=True))
@click.argument("mini", type=click.Path(path_type=Path, exists=True))
@click.option("--runs", "out", type=click.Path(path_type=Path), help="Train whole runs in this folder.")
@click.option("--counts", default=COUNTS, show_default=True, help="Numbers of pairs.")
@click.option("--json", "as_json", type=click.Path(path_type=Path), help="Keep the figures in this file.")
def main(portraits: Path, mini: Path, out: Path | None, counts: str, as_json: Path | None) -> None:
    """Fit or train, and measure; prints one JSON object a line."""
    photos = [pair.load()[:2] for pair in find_pairs(mini, "val", "a")[::3]]
    finished, numbers = load_portraits(portraits, "train", LICENCES, 540), [int(count) for count in counts.split(",")]
    lines = []
    for line in trained(finished, photos, numbers, out) if out else fitted(finished, photos, numbers):
        print(json.dumps(line), flush=True)
        lines.append(line)
    if as_json:
        as_json.write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
