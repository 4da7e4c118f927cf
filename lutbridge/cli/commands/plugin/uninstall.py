"""`lutbridge plugin uninstall`: removes a plug-in from its host."""

from pathlib import Path

import click

from lutbridge.cli import darktables, plugins
from lutbridge.cli.commands.plugin import host_and_settings
from lutbridge.cli.output import say


def uninstall(name: str, settings: Path | None) -> int:
    """Removes the plug-in for a host; returns the exit code."""
    host = plugins.HOSTS[name]
    places = [settings]
    if settings is None and name == "darktable":
        usual = host.settings()
        places = [usual, *(place for place in darktables.find(usual) if place != usual)]
    for place in places:
        _uninstall(name, host, place)
    return 0


def _uninstall(name: str, host: plugins.PluginHost, settings: Path | None) -> None:
    folder = host.folder(settings)
    if plugins.uninstall(host, settings):
        say(f"lutbridge: removed {folder}; looks already on photos stay")
    else:
        say(f"lutbridge: no plug-in found in {folder}")
    if name == "lightroom" and plugins.profiles_folder(folder).is_dir():
        say(f"lutbridge: delete {plugins.profiles_folder(folder)} once no photo uses its profiles")


@click.command()
@host_and_settings
def command(**arguments) -> int:
    """Remove the plug-in; looks already on photos stay."""
    return uninstall(**arguments)
