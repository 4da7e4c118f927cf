"""`lutbridge plugin uninstall`: removes a plug-in from its host."""

from pathlib import Path

import click

from lutbridge.cli import plugins
from lutbridge.cli.commands.plugin import host_and_settings
from lutbridge.cli.output import say


def uninstall(name: str, settings: Path | None) -> int:
    """Removes the plug-in for a host; returns the exit code."""
    host = plugins.HOSTS[name]
    folder = host.folder(settings)
    if plugins.uninstall(host, settings):
        say(f"lutbridge: removed {folder}; looks that are on photos stay there")
    else:
        say(f"lutbridge: there is no plug-in in {folder}")
    if name == "lightroom" and plugins.profiles_folder(folder).is_dir():
        say(f"lutbridge: delete {plugins.profiles_folder(folder)} once no photo uses its profiles")
    return 0


@click.command()
@host_and_settings
def command(**arguments) -> int:
    """Remove the plug-in; the looks that are on photos stay."""
    return uninstall(**arguments)
