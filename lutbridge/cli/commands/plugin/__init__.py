"""`lutbridge plugin`: the plug-ins for darktable and Lightroom Classic."""

from collections.abc import Callable
from pathlib import Path

import click

from lutbridge.cli.lazy import LazyGroup

COMMANDS = ("install", "uninstall")
HOSTS = ("darktable", "lightroom")


@click.group(cls=LazyGroup, package=__name__, names=COMMANDS)
def command() -> None:
    """Install or remove the darktable and Lightroom plug-ins."""


def host_and_settings(command: Callable) -> Callable:
    """The arguments of both commands: `name` of the host, and `settings`, its folder."""
    settings = click.option(
        "--settings",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="The program's settings folder, such as darktable's --configdir. Default: the usual place.",
    )
    return click.argument("name", type=click.Choice(HOSTS), metavar="|".join(HOSTS))(settings(command))
