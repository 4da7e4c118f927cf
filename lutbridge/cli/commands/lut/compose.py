"""`lutbridge lut compose`: several LUTs, one after another, in one."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import click

from lutbridge.cli.luts import PROTECT_SKIN, SIZE, Wish, begin, output_options, save_protecting
from lutbridge.cli.options import FILE


def compose(files: Sequence[Path], size: int | None, wish: Wish, protect_skin: float | None = None) -> int:
    """Writes one LUT for several, the first one applied first; returns the exit code."""
    from lutbridge.lut import lut3d

    luts = begin(wish, *files)

    def exact(rgb):
        return reduce(lambda colours, lut: lut.apply(colours), luts, rgb)

    save_protecting(lut3d.compose(luts, size), exact, wish, protect_skin, size)
    return 0


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--size", **SIZE)
@PROTECT_SKIN
@output_options
def command(files: tuple[Path, ...], size: int | None, protect_skin: float | None, **wish) -> int:
    """Write one LUT that does what several do one after another, the first FILE first.

    It has the largest of their grid sizes unless --size says otherwise, and 65 at least where one has curves or a
    domain; between its lattice points it is off by as much as is said.
    """
    return compose(files, size, Wish(**wish), protect_skin)
