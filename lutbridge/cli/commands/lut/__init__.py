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
    """Inspect, check, convert, combine and apply LUT files.

    Reads and writes .cube, Lightroom profiles (.xmp), HaldCLUT (.png), .3dl, .spi3d, .clf and .csp. Also reads .ctf,
    .spi1d, .vf, .m3d, .cc, .ccc, .cdl and others.
    """
