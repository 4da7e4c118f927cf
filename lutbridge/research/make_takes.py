"""A training set in PPR10K's layout from finished portraits: `python -m lutbridge.research.make_takes PORTRAITS OUT`.

PORTRAITS holds manifest.csv, photos and masks (see `train.data.portraits`); only its train split is used. Each photo
becomes a group of takes with a framing of their own; each take is written finished, as target, and with errors drawn
from `train.data.degrade`, as source: once as it was, and in five versions with other errors. The files are 8-bit TIFFs.

It stands in for PPR10K's train split if only a val split made in the same way is at hand, as with ppr10k-mini.
"""

from pathlib import Path

import click
import numpy as np
import tifffile
import torch
from PIL import Image

from lutbridge.color.codes import to_codes, to_float
from lutbridge.train.data.degrade import DegradeConfig, degrade, soften
from lutbridge.train.data.pairs import SMALL_SIDE
from lutbridge.train.data.portraits import LICENCES, Portrait, load_portraits

VERSIONS = 5  # besides the unchanged source
LEAST_FRAME = 0.8  # of each side, that a take shows


@click.command()
@click.argument("portraits", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--takes", type=click.IntRange(1, 9), default=2, show_default=True, help="Takes of each photo.")
@click.option(
    "--groups",
    type=click.IntRange(1),
    metavar="N",
    help="Take N photos with a person, evenly spaced in the manifest, so that each collection keeps its share. "
    "Default: all photos, with and without a person.",
)
@click.option("--seed", type=int, default=1, show_default=True)
def main(portraits: Path, out: Path, takes: int, groups: int | None, seed: int) -> None:
    """Make a training set in PPR10K's layout from the train split of PORTRAITS."""
    photos = load_portraits(portraits, "train", LICENCES, SMALL_SIDE)
    if groups:
        people = [photo for photo in photos if photo.mask.any()]
        if len(people) < groups:
            raise click.BadParameter(
                f"only {len(people)} photos of the train split show a person", param_hint="--groups"
            )
        photos = [people[index * len(people) // groups] for index in range(groups)]
    for kind in ("source_aug", "target_a", "masks"):
        (out / "train" / kind).mkdir(parents=True, exist_ok=True)
    for group, photo in enumerate(photos):
        for index in range(takes):
            random = np.random.default_rng([seed, group, index])
            write_take(_framed(photo, random), out / "train", f"{group}_{index}", int(random.integers(2**31)))
    click.echo(f"{out}: {len(photos)} groups of {takes} takes with {1 + VERSIONS} sources each")


def write_take(photo: Portrait, folder: Path, name: str, seed: int) -> None:
    """Write a finished photo as target, its mask, and its sources with errors drawn from a seed."""
    finished = torch.from_numpy(to_float(photo.rgb)).movedim(2, 0)[None]
    mask = torch.from_numpy(photo.mask.astype(np.float32))[None, None]
    soft = soften(mask)
    random = torch.Generator().manual_seed(seed)
    tifffile.imwrite(folder / "target_a" / f"{name}.tif", np.ascontiguousarray(photo.rgb), photometric="rgb")
    Image.fromarray(photo.mask.astype(np.uint8) * 255).save(folder / "masks" / f"{name}.png")
    for version in ("", *(f"_{number}" for number in range(VERSIONS))):
        source = degrade(finished, soft, DegradeConfig(), random)[0].movedim(0, 2).numpy()
        codes = to_codes(source, np.uint8)
        tifffile.imwrite(folder / "source_aug" / f"{name}{version}.tif", codes, photometric="rgb")


def _framed(photo, random):
    """A part of the photo with its aspect ratio."""
    scale = random.uniform(LEAST_FRAME, 1)
    height, width = (round(side * scale) for side in photo.mask.shape)
    top, left = (random.integers(side - part + 1) for side, part in zip(photo.mask.shape, (height, width), strict=True))
    part = np.s_[top : top + height, left : left + width]
    return Portrait(photo.name, photo.rgb[part], photo.mask[part])


if __name__ == "__main__":
    main()
