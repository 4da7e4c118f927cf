"""`lutbridge lut compose`: several LUTs, one after another, in one."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import click

from lutbridge.cli.luts import SIZE, Wish, begin, output_options, save
from lutbridge.cli.options import FILE


def compose(files: Sequence[Path], size: int | None, wish: Wish) -> int:
    """Writes one LUT for several, the first one applied first; returns the exit code."""
    luts = begin(wish, *files)
    if size is not None:
        first = luts[0].resize(size)
        made = reduce(lambda chain, lut: lut @ chain, [first, *(lut.resize(size) for lut in luts[1:])])
    else:
        made = reduce(lambda chain, lut: lut @ chain, luts)
    save(made, lambda rgb: reduce(lambda colours, lut: lut.apply(colours), luts, rgb), wish)
    return 0


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--size", **SIZE)
@output_options
def command(files: tuple[Path, ...], size: int | None, **wish) -> int:
    """Write one LUT that does what several do one after another, the first FILE first.

    It has the largest of their grid sizes unless --size says otherwise; between its lattice points it is off by as much
    as is said.
    """
    return compose(files, size, Wish(**wish))
