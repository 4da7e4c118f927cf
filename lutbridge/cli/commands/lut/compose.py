"""`lutbridge lut compose`: several LUTs, one after another, in one."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import click

from lutbridge.cli.luts import SIZE, Wish, begin, output_options, save
from lutbridge.cli.options import FILE


def compose(files: Sequence[Path], size: int | None, wish: Wish) -> int:
    """Writes one LUT for several, the first one applied first; returns the exit code."""
    from lutbridge.lut import lut3d

    luts = begin(wish, *files)
    save(lut3d.compose(luts, size), lambda rgb: reduce(lambda colours, lut: lut.apply(colours), luts, rgb), wish, size)
    return 0


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--size", **SIZE)
@output_options
def command(files: tuple[Path, ...], size: int | None, **wish) -> int:
    """Write one LUT that does what several do one after another, the first FILE first.

    It has the largest of their grid sizes unless --size says otherwise, and 65 at least where one has curves or a
    domain; between its lattice points it is off by as much as is said.
    """
    return compose(files, size, Wish(**wish))
