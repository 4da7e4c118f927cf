"""Models on the probe of local context: `python -m lutbridge.research.probe DATA [MODEL...] [--train RUNS]`.

DATA is what `python -m lutbridge.research.probe_scenes` wrote. Prints, for each kind of scene, how near every model
comes to the opposite edits of person and background, and what local context does in it. `--train` makes them first.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
import numpy as np
from PIL import Image

from lutbridge.color.codes import to_8_bit, to_codes, to_float
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.thumbnail import area_picture
from lutbridge.research.context import context_errors, without_context
from lutbridge.research.measure import System
from lutbridge.research.probe_scenes import KINDS, PORTRAITS, edited
from lutbridge.research.reproduce import SHORT, Training, train_missing
from lutbridge.research.systems import load_models, model, untouched
from lutbridge.research.table import markdown_table
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks.network import RetouchingNetwork
from lutbridge.train.session import Talk

Rows = dict[str, dict[str, float]]
PICTURE_SIDE = 240  # px
PSNR = "PSNR in dB"
PARTED = "How far person and background were parted in L*, % of what was asked"
CONTEXT = "ΔE2000 of the render to the one without context"
FITTED = "ΔE2000 of the render to the one LUT that comes nearest"
CONFIGS = ("base", "lam", "lam-unsupervised", "lam-without-attention", "unet", "wide")
# Whole photos, so that a pixel's neighbours look the same in training and afterwards.
WHOLE = SHORT | {"batch": 4, "side": 0}


def measure_probe(
    networks: dict[str, RetouchingNetwork], pairs: Sequence[Pair], controls: dict[str, System]
) -> dict[str, Rows]:
    """Figures of each system by kind of scene, means over its scenes.

    Args:
        controls: systems that are no networks, by name.
    Returns:
        one of the four figures → system → kind → its mean.
    """
    systems = dict(controls)
    for name, network in networks.items():
        systems |= {name: model(network), f"{name}, without context": partial(without_context, network)}
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for pair in pairs:
        source, target, mask = pair.load()
        kind, before = (*KINDS, PORTRAITS)[int(pair.group)], to_8_bit(source)
        asked = parting(before, target, mask)
        for name, system in systems.items():
            output = to_8_bit(system(source))
            figures = {PSNR: metrics.psnr(output, target), PARTED: 100 * parting(before, output, mask) / asked}
            if name in networks:
                errors = context_errors(networks[name], source)
                figures |= {CONTEXT: errors["centre only"][0], FITTED: errors["fitted LUT"][0]}
            for figure, value in figures.items():
                found[figure][name][kind].append(value)
    return {figure: _means(rows) for figure, rows in found.items()}


def by_place(pairs: Sequence[Pair]) -> System:
    """The control that knows both edits, and of a photo nothing but where people are on average.

    So much a network that sees the whole photo can learn without looking at it.

    Args:
        pairs: scenes of one size, that tell the place.
    """
    place = np.mean([pair.load()[2] for pair in pairs], 0, dtype=np.float32)

    def system(pixels):
        here = Image.fromarray(place).resize(pixels.shape[1::-1], Image.Resampling.BILINEAR)
        here = np.asarray(here)[..., None]
        person, background = (edited(to_float(pixels), np.full_like(here, share)) for share in (1, 0))
        return np.rint(here * person + (1 - here) * background).astype(np.uint8)

    return system


def parting(before: np.ndarray, after: np.ndarray, mask: np.ndarray) -> float:
    """By how much more the person (mask (H, W) bool) was raised in L* than the background; codes (H, W, 3)."""
    raised = srgb_to_lab(to_float(after))[..., 0] - srgb_to_lab(to_float(before))[..., 0]
    return float(raised[mask].mean() - raised[~mask].mean())


def picture(networks: dict[str, RetouchingNetwork], pairs: Sequence[Pair]) -> Image.Image:
    """A row for the first scene of each kind: source, target, and what each network makes of it."""
    rows, first, systems = [], {}, [model(network) for network in networks.values()]
    for pair in pairs:
        first.setdefault(pair.group, pair)
    for pair in first.values():
        source, target, _ = pair.load()
        codes = [source, target, *(system(source) for system in systems)]
        rows.append(np.hstack([area_picture(to_8_bit(pixels), PICTURE_SIDE) for pixels in codes]))
    return Image.fromarray(to_codes(np.vstack(rows), np.uint8))


def _tell(config, line):
    click.echo(f"{config}: {line}", err=True)


def _means(found):
    return {name: {kind: float(np.mean(values)) for kind, values in by_kind.items()} for name, by_kind in found.items()}


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("models", nargs=-1)
@click.option("--train", "runs", type=click.Path(path_type=Path), help="Train CONFIGS on DATA in this folder first.")
@click.option("--configs", default=",".join(CONFIGS), show_default=True)
@click.option("--steps", type=click.IntRange(1), default=1000, show_default=True, help="Of 4 scenes, for each config.")
@click.option(
    "--picture", "drawn", type=click.Path(path_type=Path), help="Source, target and each model's, a scene a row."
)
def main(data: Path, models: tuple[str, ...], runs: Path | None, configs: str, steps: int, drawn: Path | None) -> None:
    """Measure models on the val scenes of the probe in DATA."""
    if runs:
        training = Training(data, "a", steps=steps, predictor="histogram-cnn", short=WHOLE)
        for config in configs.split(","):
            train_missing(config, runs / config, training, 1, Talk(tell=partial(_tell, config)))
            models += (str(runs / config),)
    controls = {"untouched": untouched}
    if (data / "train").is_dir():
        controls["by place alone"] = by_place(find_pairs(data, "train", "a"))
    networks, pairs = load_models(models), find_pairs(data, "val", "a")
    if drawn:
        picture(networks, pairs).save(drawn, quality=90)
    for figure, rows in measure_probe(networks, pairs, controls).items():
        click.echo(f"{figure}:\n\n{markdown_table(rows, 'model')}\n")


if __name__ == "__main__":
    main()
