"""`lutbridge lut plot`: a picture of a LUT's effect."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.options import EXISTING_FILE, FILE, INPUT_ENCODING

MOST_PHOTOS = 4  # more would be too small to judge


def plot(file: Path, photos: Sequence[Path], output: Path, input_encoding: str | None, existing: str) -> int:
    """Writes the picture; returns the exit code."""
    from lutbridge.cli.luts import STDIO, load, refuse_stdin_twice, refuse_taken, write
    from lutbridge.cli.output import put
    from lutbridge.cli.streams import all_spooled
    from lutbridge.errors import UsageError
    from lutbridge.image.read import read
    from lutbridge.looks.plot import plot

    if output != STDIO and output.suffix.lower() != ".png":
        raise UsageError(f"{output}: the plot is a PNG; give it a name that ends in .png")
    refuse_stdin_twice([file, *photos])
    if len(photos) > MOST_PHOTOS:
        raise UsageError(f"{len(photos)} photos are too many for one picture; name {MOST_PHOTOS} or fewer")
    if output != STDIO:
        refuse_taken(output, existing, [file, *photos])
    with all_spooled(photos) as pictures:
        png = plot(load(file).lut, [read(picture, input_encoding) for picture in pictures])
    write(output, png, existing)
    if output != STDIO:
        put(str(output))
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.argument("photos", metavar="[PHOTO]...", type=FILE, nargs=-1)
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.png", help="Output picture; - is stdout.")
@INPUT_ENCODING
@EXISTING_FILE
def command(**arguments) -> int:
    """Draw what a LUT does to colours, tones and photos.

    Shows the colour cube, tone curves, hue and chroma, and up to four photos before and after. Needs matplotlib:
    pip install "lutbridge[plot]".
    """
    return plot(**arguments)
