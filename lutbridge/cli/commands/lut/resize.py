"""`lutbridge lut resize`: the same LUT with another grid size."""

from pathlib import Path

import click

from lutbridge.cli.lut_output import SIZE, LutOutput, begin, output_options, save
from lutbridge.cli.options import FILE


def resize(file: Path, size: int, output: LutOutput) -> int:
    """Writes the resized LUT; returns the exit code."""
    (lut,) = begin(output, file)
    save(lut, lut.apply, output, size)
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--size", required=True, **SIZE)
@output_options
def command(file: Path, size: int, **output) -> int:
    """Change the grid size of a LUT, and report the error this adds."""
    return resize(file, size, LutOutput.of(output))
