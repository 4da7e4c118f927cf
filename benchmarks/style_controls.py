"""The controls of a style, on made styles and on exports of a darktable style.

    python benchmarks/style_controls.py PORTRAITS… OUT [--dtstyle FILE]

PORTRAITS are folders of finished portraits (see `train.data.portraits`); COUNT CC0 photos of people of their train
splits, evenly spaced, are the photos before. Each style is made of them in OUT, learned by a whole `lutbridge train
--pairs`, and judged by the controls that it prints. The made styles: *warm*, *cool*, *film* (an S-curve, cool shadows,
warm highlights) and *random*, which is a gamma of its own for each channel of each photo, and teaches nothing. The
darktable style goes through the installed darktable, photo by photo, to JPEGs. Runs in OUT are not repeated.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from own_style import spread, style
from PIL import Image

from lutbridge.color.codes import to_codes, to_float
from lutbridge.looks.darktable_style import export, read_style
from lutbridge.train.data.portraits import Portrait, load_portraits

COUNT = 40
CONTROL = re.compile(r"  over (?P<name>.+?): (?P<gain>\S+ dB \(.+?\))(  beaten|  NOT beaten)?$", re.MULTILINE)
Style = Callable[[np.ndarray], np.ndarray]  # (H, W, 3) uint8 to uint8


def cool(codes: np.ndarray) -> np.ndarray:
    """Cool, more contrast, less saturation."""
    rgb = to_float(codes)
    grey = rgb.mean(-1, keepdims=True)
    contrast = np.clip(0.5 + 1.15 * (grey + 0.75 * (rgb - grey) - 0.5), 0, 1)
    return to_codes(np.clip(contrast * np.float32([0.95, 1.0, 1.06]), 0, 1), np.uint8)


def film(codes: np.ndarray) -> np.ndarray:
    """An S-curve, cool shadows, warm highlights."""
    rgb = to_float(codes)
    curved = 0.4 * rgb + 0.6 * (3 * rgb**2 - 2 * rgb**3)
    tint = np.float32([0.05, 0.01, -0.05]) * (2 * rgb.mean(-1, keepdims=True) - 0.9)
    return to_codes(np.clip(curved + tint, 0, 1), np.uint8)


def random(codes: np.ndarray) -> np.ndarray:
    """A gamma for each channel, drawn anew for each photo, within 0.7 EV."""
    gammas = 2 ** np.random.default_rng(int(codes.sum())).uniform(-0.7, 0.7, 3)
    return to_codes(to_float(codes) ** gammas.astype(np.float32), np.uint8)


STYLES: dict[str, Style] = {"warm": style, "cool": cool, "film": film, "random": random}


def make_pairs(portraits: list[Portrait], folder: Path, made: Style | Path) -> None:
    """Write before/ and after/; a path is a darktable style."""
    dtstyle = read_style(made) if isinstance(made, Path) else None
    for kind in ("before", "after"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for portrait in portraits:
        before = folder / "before" / f"{portrait.name}.png"
        Image.fromarray(portrait.rgb).save(before)
        if dtstyle:
            export(dtstyle, before, folder / "after" / f"{portrait.name}.jpg")
        else:
            Image.fromarray(made(portrait.rgb)).save(folder / "after" / before.name)


def learned(portraits: list[Portrait], folder: Path, made: Style | Path) -> str:
    """What `lutbridge train` says of one style."""
    told = folder / "told.txt"
    if not told.is_file():
        make_pairs(portraits, folder, made)
        command = ["train", "--pairs", folder / "before", folder / "after", "-o", folder / "run", "--workers", 1]
        ran = subprocess.run(
            [sys.executable, "-m", "lutbridge", *map(str, command)], check=True, capture_output=True, text=True
        )
        told.write_text(ran.stderr)
    return told.read_text()


def table(told: dict[str, str]) -> str:
    """Control by style: the gain, as printed, as Markdown."""
    rows = {}
    for name, text in told.items():
        found = {match["name"]: match["gain"].replace(" dB", "") for match in CONTROL.finditer(text)}
        found['"These pairs …"'] = "do not teach a style" if "do not teach a style" in text else "teach a style"
        for control, gain in found.items():
            rows.setdefault(control, {})[name] = gain
    lines = ["| gain over | " + " | ".join(told) + " |", "|---|" + "---:|" * len(told)]
    return "\n".join(lines + [f"| {name} | " + " | ".join(row[of] for of in told) + " |" for name, row in rows.items()])


@click.command()
@click.argument("portraits", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--dtstyle", type=click.Path(path_type=Path, exists=True), help="A darktable style to export through.")
def main(portraits: tuple[Path, ...], out: Path, dtstyle: Path | None) -> None:
    """Make, learn and judge each style; prints a Markdown table."""
    people = [photo for folder in portraits for photo in load_portraits(folder, "train", ("CC0-1.0",), 540)]
    chosen = spread([photo for photo in people if photo.mask.any()], COUNT)
    styles = STYLES | ({dtstyle.stem: dtstyle} if dtstyle else {})
    told = {name: learned(chosen, out / name, made) for name, made in styles.items()}
    click.echo(table(told))


if __name__ == "__main__":
    main()
