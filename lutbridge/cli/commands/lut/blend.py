"""`lutbridge lut blend`: a LUT at part of its strength, or between two LUTs."""

from pathlib import Path

import click

from lutbridge.cli.lut_output import PROTECT_SKIN, LutOutput, begin, output_options, save_protecting
from lutbridge.cli.options import FILE, SHARE


def blend(file: Path, base: Path | None, strength: float, output: LutOutput, protect_skin: float | None = None) -> int:
    """Writes base + strength · (LUT − base); returns the exit code."""
    from lutbridge.lut import operations

    luts = begin(output, file, *filter(None, [base]))
    lut, other = luts[0], luts[1] if base else None

    def exact(rgb):
        before = other.apply(rgb) if other else rgb
        return before + strength * (lut.apply(rgb) - before)

    save_protecting(operations.blend(lut, strength, other), exact, output, protect_skin)
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--strength", type=SHARE, required=True, metavar="0..1", help="Amount of FILE; 1 is full strength.")
@click.option("--base", type=FILE, metavar="FILE", help="Blend with this LUT. Default: with the unchanged colours.")
@PROTECT_SKIN
@output_options
def command(file: Path, base: Path | None, strength: float, protect_skin: float | None, **output) -> int:
    """Reduce a LUT's strength, or blend it with another LUT.

    Works like a program's opacity or amount slider.
    """
    return blend(file, base, strength, LutOutput.of(output), protect_skin)
