"""`lutbridge lut compose`: several LUTs, one after another, in one."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import click

from lutbridge.cli.clipping import beyond, refuse_or_say
from lutbridge.cli.lut_output import OPTIONAL_SIZE, PROTECT_SKIN, LutOutput, begin, output_options, save_protecting
from lutbridge.cli.options import FILE


def compose(files: Sequence[Path], size: int | None, output: LutOutput, protect_skin: float | None = None) -> int:
    """Writes one LUT for several, the first one applied first; returns the exit code."""
    from lutbridge.lut import lut3d

    luts = begin(output, *files)
    _refuse_lost(files, luts, output)

    def exact(rgb):
        return reduce(lambda colours, lut: lut.apply(colours), luts, rgb)

    save_protecting(lut3d.compose(luts, size), exact, output, protect_skin, size)
    return 0


def _refuse_lost(files, luts, output):
    """Raises ClippedError where a LUT gives what the next one does not take, unless that is allowed."""
    colours = luts[0].lattice
    for before, after, lut in zip(files, files[1:], luts[1:], strict=False):
        cause = f"{after} takes {lut.domain[0][0]:g} to {lut.domain[1][0]:g}; of {before} it would clip"
        remedy = "add --allow-clipping, or change the order"
        refuse_or_say(output.name, beyond(colours, lut.domain), output.allow_clipping, cause, remedy)
        colours = lut.apply(colours)


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--size", **OPTIONAL_SIZE)
@PROTECT_SKIN
@output_options
def command(files: tuple[Path, ...], size: int | None, protect_skin: float | None, **output) -> int:
    """Combine several LUTs into one, applied in the order given.

    Without --size, the result has the largest of their grid sizes, and at least 65 if one has curves or a domain.
    Reports the error between its grid points.
    """
    return compose(files, size, LutOutput.of(output), protect_skin)
