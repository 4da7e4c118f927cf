"""`lutbridge lut resize`: the same LUT with another grid size."""

from pathlib import Path

import click

from lutbridge.cli.luts import SIZE, Wish, begin, output_options, save
from lutbridge.cli.options import FILE


def resize(file: Path, size: int, wish: Wish) -> int:
    """Writes the resized LUT; returns the exit code."""
    (lut,) = begin(wish, file)
    save(lut, lut.apply, wish, size)
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--size", required=True, **SIZE)
@output_options
def command(file: Path, size: int, **wish) -> int:
    """Change the grid size of a LUT, and report the error this adds."""
    return resize(file, size, Wish(**wish))
