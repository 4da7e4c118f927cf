"""`lutbridge plugin install`: copies a plug-in to where its host finds it."""

from pathlib import Path

import click

from lutbridge.cli import darktables, plugins
from lutbridge.cli.commands.plugin import host_and_settings
from lutbridge.cli.compiling import compile_kernels
from lutbridge.cli.output import put, say
from lutbridge.errors import SetupError

NEXT = {
    "darktable": "Start darktable again: Auto Retouch is a panel on the right of the lighttable.",
    "script_manager": "In darktable's panel “scripts”, start “lutbridge” of the folder “lutbridge”.",
    "lightroom": "Start Lightroom Classic again: Auto Retouch is under File and Library > Plug-in Extras.",
}


FLATPAK = (
    "This darktable is a Flatpak; to let it reach the helper, type once: {permission}",
    "A Flatpak cannot start the helper: type `lutbridge serve` before you use Auto Retouch.",
)
NO_DARKTABLE = (
    "no darktable was found on this computer. If you install it later, it will find the plug-in here; if yours "
    "keeps its settings elsewhere, add --settings FOLDER"
)
SNAP = (
    "darktable from the Snap store cannot use the plug-in, because its sandbox hides the helper from it: install "
    "darktable as your system's package, as an AppImage or as a Flatpak"
)


def install(name: str, settings: Path | None) -> int:
    """Installs the plug-in for a host and says what to do next; returns the exit code."""
    for place in _places(name, settings):
        _install(name, place)
    return 0


def _places(name: str, settings: Path | None) -> list[Path | None]:
    """The settings folders to install it in; None for the host's usual one.

    Raises:
        SetupError: there is nothing but a darktable that could not use it.
    """
    if settings is not None or name != "darktable":
        return [settings]
    found = darktables.find(plugins.HOSTS[name].settings())
    if darktables.has_snap():
        if not found:
            raise SetupError(SNAP)
        say(f"lutbridge: {SNAP}")
    elif not found:
        say(f"lutbridge: {NO_DARKTABLE}")
    return found or [None]


def _install(name: str, settings: Path | None) -> None:
    folder = plugins.install(plugins.HOSTS[name], settings)
    starts = name != "darktable" or plugins.start_with_darktable(folder)
    put(str(folder))
    compile_kernels()
    say(f"lutbridge: {NEXT[name if starts else 'script_manager']}")
    if darktables.is_flatpak(folder):
        for sentence in FLATPAK:
            say(f"lutbridge: {sentence.format(permission=darktables.FLATPAK_PERMISSION)}")


@click.command()
@host_and_settings
def command(**arguments) -> int:
    """Install or update the plug-in for darktable or Lightroom.

    Close darktable or Lightroom Classic first. Run this again after every update of lutbridge. The first time takes
    half a minute, because it compiles what the helper needs.
    """
    return install(**arguments)
