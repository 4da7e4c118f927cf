"""`lutbridge lut blend`: a LUT at part of its strength, or between two LUTs."""

from pathlib import Path

import click

from lutbridge.cli.luts import Wish, begin, output_options, save
from lutbridge.cli.options import FILE, SHARE


def blend(file: Path, base: Path | None, strength: float, wish: Wish) -> int:
    """Writes base + strength · (LUT − base); returns the exit code."""
    from lutbridge.lut import operations

    luts = begin(wish, file, *filter(None, [base]))
    lut, other = luts[0], luts[1] if base else None

    def exact(rgb):
        before = other.apply(rgb) if other else rgb
        return before + strength * (lut.apply(rgb) - before)

    save(operations.blend(lut, strength, other), exact, wish)
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--strength", type=SHARE, required=True, metavar="0..1", help="How much of FILE; 1 is all.")
@click.option("--base", type=FILE, metavar="FILE", help="Another LUT for the rest; nothing is done there without one.")
@output_options
def command(file: Path, base: Path | None, strength: float, **wish) -> int:
    """Write a LUT at part of its strength, as a host's opacity or amount slider does it."""
    return blend(file, base, strength, Wish(**wish))
