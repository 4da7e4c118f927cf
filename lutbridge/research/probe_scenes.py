"""A frozen probe of local context, in PPR10K's layout: `python -m lutbridge.research.probe_scenes OUT [--full-size]`.

`--portraits DIR` makes the same task of real portraits (see `train.data.portraits`) instead.

In each scene a person stands before a background of the same colours, and is to become brighter and warmer while the
background is to become darker and cooler. What tells them apart is in the kind of scene, never in a pixel's own colour
(but for the first kind, the control). The group's number says the kind; sources have 16 bits, targets 8.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import tifffile
import torch
from PIL import Image

from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.train.data.degrade import soften
from lutbridge.train.data.portraits import LICENCES, load_portraits

HEIGHT, WIDTH = 360, 540  # px at scale 1
FULL_SCALE = 8  # 2880 × 4320 px
COUNTS = {"train": 8, "val": 4}  # scenes of each kind
PALETTE = ((0.22, 0.16, 0.15), (0.52, 0.38, 0.32), (0.66, 0.62, 0.58))  # dark, middle, light; sRGB-encoded
PERSON = (1.45, 1.22, 1.05)  # gains in linear light
BACKGROUND = (0.62, 0.76, 0.88)
NOISE = 0.05  # standard deviation, sRGB-encoded
SHARP, DEFOCUSED, FAR_SHARP, FAR_DEFOCUSED = (
    (2, 4, 8, 16, 32),
    (16, 32),
    (12, 24, 48),
    (48,),
)  # periods in px at scale 1


@dataclass(frozen=True)
class Scene:
    """One photo of the probe: source (H, W, 3) codes and target (H, W, 3) uint8, sRGB-encoded; mask (H, W) bool."""

    source: np.ndarray
    target: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class Kind:
    """A kind of scene.

    Attributes:
        tells: what parts person and background, in words.
        fields: from a random state and a scale, the person's and the background's fields (H, W), any range.
        noise: of the source.
        control: person and background have colours of their own, so that one LUT can part them.
        flat: the fields hold a few values in [0, 1], which are places on the palette as they are; and the person is
            edged by a darker line.
    """

    tells: str
    fields: Callable[[np.random.RandomState, int], tuple[np.ndarray, np.ndarray]]
    noise: float = 0.0
    control: bool = False
    flat: bool = False


def _textures(person, background):
    return lambda random, scale: (texture(random, scale, person), texture(random, scale, background))


def _stripes(random, scale):
    return tuple(texture(random, scale, (3,), stretch) for stretch in ((8, 1), (1, 8)))


def _patches(random, scale):
    """Flat patches, of five colours, over both alike."""
    field = 0.1 + 0.2 * np.digitize(uniform(texture(random, scale, (40,))), (0.2, 0.4, 0.6, 0.8))
    return field, field


KINDS = {
    "colour": Kind("control: the person is lighter", _textures(SHARP, SHARP), control=True),
    "focus": Kind("a sharp person, a defocused background", _textures(SHARP, DEFOCUSED)),
    "focus-noisy": Kind("the same under noise, which is as fine as what is sharp", _textures(SHARP, DEFOCUSED), NOISE),
    "focus-far": Kind("the same, six times as coarse", _textures(FAR_SHARP, FAR_DEFOCUSED), NOISE / 3),
    "stripes": Kind("stripes across the person, and along the background", _stripes),
    "flat": Kind("flat patches over both alike; a line around the person", _patches, flat=True),
}


PORTRAITS = "portraits"  # the kind that comes after KINDS
PORTRAIT_SIDE = 250  # px, the smallest portraits' own


def scene(kind: str, index: int, scale: int = 1) -> Scene:
    """Draw one scene; the same on every machine, except for rounding.

    Args:
        kind: one of KINDS.
        index: of the scene among its kind.
        scale: 360 × scale by 540 × scale px. A larger scene has the same person and coarse structure, and where it is
            sharp, finer detail.
    """
    found = KINDS[kind]
    random = np.random.RandomState([list(KINDS).index(kind), index])  # its streams are frozen by numpy's promise
    mask, edge = person(random, scale)
    fields = found.fields(random, scale)
    t = np.empty(mask.shape)
    for part, field in zip((mask, ~mask), fields, strict=True):
        t[part] = field[part] if found.flat else uniform(field[part])  # both have the same colours, equally often
    if found.control:
        t = np.where(mask, 0.55 + 0.45 * t, 0.45 * t)
    colours = np.stack([np.interp(t, (0, 0.5, 1), channel) for channel in zip(*PALETTE, strict=True)], -1)
    if found.flat:
        colours[edge] *= 0.5
    target = edited(colours, mask[..., None].astype(float))
    if found.noise:
        colours = colours + found.noise * random.standard_normal(colours.shape)
    return Scene(to_codes(colours.clip(0, 1), np.uint16), target, mask)


def person(random: np.random.RandomState, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """A head over shoulders: where it is (H, W) bool, and a line of two px at scale 1 around it, within."""
    x, y, size = random.uniform(0.35, 0.65), random.uniform(0.3, 0.42), random.uniform(0.13, 0.19)
    rows = (np.arange(HEIGHT * scale)[:, None] + 0.5) / (HEIGHT * scale)
    columns = ((np.arange(WIDTH * scale)[None] + 0.5) / (WIDTH * scale) - x) * WIDTH / HEIGHT + x

    def silhouette(shrink):
        head = ((columns - x) / (size * 0.8 - shrink)) ** 2 + ((rows - y) / (size - shrink)) ** 2 < 1
        top = y + size * 1.15
        shoulders = ((columns - x) / (size * 2.3 - shrink)) ** 4 + ((rows - 1.2) / (1.2 - top - shrink)) ** 4 < 1
        return head | shoulders

    mask = silhouette(0)
    return mask, mask & ~silhouette(2 / HEIGHT)


def texture(
    random: np.random.RandomState, scale: int, periods: tuple[int, ...], stretch: tuple[int, int] = (1, 1)
) -> np.ndarray:
    """Value noise (H, W): octaves of the given periods, in px at scale 1, the finest going on to 2 px where it is 2.

    Args:
        stretch: factors of the period along rows and columns.
    """
    random = np.random.RandomState(random.randint(2**31))  # so that finer octaves shift nothing that is drawn later
    finer = [2 / 2**octave for octave in range(1, scale.bit_length())] if min(periods) == 2 else []
    field = np.zeros((HEIGHT * scale, WIDTH * scale), np.float32)
    for period in (*sorted(periods, reverse=True), *finer):  # coarse first, so that they are the same at every scale
        across, along = (period * factor * scale for factor in stretch)
        weights = _weights(len(field), across), _weights(field.shape[1], along)
        lattice = random.uniform(-1, 1, [part.shape[1] for part in weights]).astype(np.float32)
        field += period**0.5 * (weights[0] @ lattice @ weights[1].T)
    return field


def uniform(field: np.ndarray) -> np.ndarray:
    """Values replaced by their rank, evenly over [0, 1]; of equal values the earlier comes first."""
    ranks = np.empty(field.size)
    ranks[field.argsort(axis=None, kind="stable")] = np.arange(field.size)
    return ((ranks + 0.5) / field.size).reshape(field.shape)


def _weights(length, period):
    """(length, cells): how each pixel reads a lattice of a period in px, smoothly."""
    place = (np.arange(length) + 0.5) / period
    first = place.astype(int)
    share = place - first
    share = share * share * (3 - 2 * share)
    weights = np.zeros((length, int(length / period) + 3), np.float32)
    weights[np.arange(length), first] = 1 - share
    weights[np.arange(length), first + 1] = share
    return weights


def portraits(folder: Path, split: str) -> Iterator[Scene]:
    """Real portraits of a split, cut to squares of PORTRAIT_SIDE; the source is the finished photo."""
    for photo in load_portraits(folder, split, LICENCES, 10**6):
        if not photo.mask.any() or min(photo.mask.shape) < PORTRAIT_SIDE:
            continue
        codes, mask = _square(photo.rgb), _square(photo.mask.astype(np.uint8) * 255) > 127
        soft = soften(torch.from_numpy(mask.astype(np.float32))[None, None])[0, 0, :, :, None].numpy()
        yield Scene(codes, edited(to_float(codes), soft), mask)


def _square(codes):
    """The middle of a picture, reduced to PORTRAIT_SIDE by averaging."""
    side = min(codes.shape[:2])
    top, left = ((length - side) // 2 for length in codes.shape[:2])
    middle = Image.fromarray(codes[top : top + side, left : left + side])
    return np.asarray(middle.resize((PORTRAIT_SIDE, PORTRAIT_SIDE), Image.Resampling.BOX))


def edited(colours: np.ndarray, person: np.ndarray) -> np.ndarray:
    """What a photo (H, W, 3), sRGB-encoded, is to become, as 8-bit codes; person (H, W, 1) in [0, 1]."""
    gains = person * PERSON + (1 - person) * BACKGROUND
    return to_codes(inverse_eotf_srgb((eotf_srgb(colours) * gains).clip(0, 1)), np.uint8)


def write(found: Scene, folder: Path, name: str) -> None:
    """Put a scene's three files into a split's folder; zlib and PNG keep every code."""
    for kind in ("source", "target_a", "masks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(folder / "source" / f"{name}.tif", found.source, photometric="rgb", compression="zlib")
    tifffile.imwrite(folder / "target_a" / f"{name}.tif", found.target, photometric="rgb", compression="zlib")
    Image.fromarray(found.mask.astype(np.uint8) * 255).save(folder / "masks" / f"{name}.png")


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--full-size", is_flag=True, help="The first val scene of each kind alone, at 2880 × 4320 px.")
@click.option("--portraits", "real", type=click.Path(path_type=Path), help="Real portraits in the scenes' place.")
def main(out: Path, full_size: bool, real: Path | None) -> None:
    """Write the probe of local context into OUT, in PPR10K's layout, expert a."""
    if real:
        for split in COUNTS:
            for index, found in enumerate(portraits(real, split)):
                write(found, out / split, f"{len(KINDS)}_{index}")
            click.echo(f"{out}: {index + 1} portraits to {'train on' if split == 'train' else 'measure'}")
        return
    counts, scale = ({"val": 1}, FULL_SCALE) if full_size else (COUNTS, 1)
    for split, count in counts.items():
        first = 0 if split == "train" else COUNTS["train"]
        for number, kind in enumerate(KINDS):
            for index in range(first, first + count):
                write(scene(kind, index, scale), out / split, f"{number}_{index}")
    click.echo(f"{out}: {sum(counts.values()) * len(KINDS)} scenes of {len(KINDS)} kinds")


if __name__ == "__main__":
    main()
