"""`lutbridge lut`: one file for each of its commands."""

import click

from lutbridge.cli.lazy import LazyGroup

COMMANDS = (
    "info",
    "check",
    "convert",
    "resize",
    "compose",
    "invert",
    "blend",
    "hald",
    "apply",
    "plot",
    "parity",
    "verify",
)


@click.group(cls=LazyGroup, package=__name__, names=COMMANDS)
def command() -> None:
    """Look at LUT files, check, convert, combine and try them.

    Reads and writes .cube, Lightroom profiles (.xmp), HaldCLUT (.png), .3dl, .spi3d, .clf and .csp. Reads .ctf, .spi1d,
    .vf, .m3d, .cc, .ccc, .cdl and others too.
    """
