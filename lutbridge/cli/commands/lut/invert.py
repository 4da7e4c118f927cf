"""`lutbridge lut invert`: the LUT that undoes a LUT."""

from pathlib import Path

import click

from lutbridge.cli.clipping import beyond, refuse_or_say
from lutbridge.cli.lut_output import OPTIONAL_SIZE, LutOutput, begin, keeps_range, output_options, save
from lutbridge.cli.luts import in_words
from lutbridge.cli.options import FILE
from lutbridge.cli.output import say


def invert(file: Path, size: int | None, output: LutOutput) -> int:
    """Writes the inverse, and says how far it is one; returns the exit code."""
    from dataclasses import asdict

    from lutbridge.lut import inversion
    from lutbridge.lut.operations import deviation

    (lut,) = begin(output, file)
    if not keeps_range(output):
        lost, cause = beyond(lut.lattice, (0, 1)), f"{output.format.name} takes 0 to 1; of {file} it would clip"
        remedy = "write a .clf or .csp, or add --shaper auto (for a .cube) or --allow-clipping"
        refuse_or_say(output.name, lost, output.allow_clipping, cause, remedy)
    found = inversion.invert(lut, size, whole_range=keeps_range(output))
    there_and_back = deviation(lambda rgb: found.lut.apply(lut.apply(rgb)), lambda rgb: rgb, lut.domain)
    say(f"{file}: {found.unreached:.1%} of all colours are out of its reach and replaced by the nearest it reaches")
    if found.ambiguous:
        share = f"{max(found.ambiguous, 1e-3):.1%}"
        say(f"{file}: {share} of all colours have more than one source; the nearest is used")
    say(f"{file}: after LUT and inverse, colours are {in_words(there_and_back)}")
    facts = {
        "unreached": found.unreached,
        "ambiguous": found.ambiguous,
        "there_and_back": asdict(there_and_back),
    }
    save(found.lut, found.lut.apply, output, size, facts)
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--size", **OPTIONAL_SIZE)
@output_options
def command(file: Path, size: int | None, **output) -> int:
    """Invert a LUT, and report how much of it can be undone."""
    return invert(file, size, LutOutput.of(output))
