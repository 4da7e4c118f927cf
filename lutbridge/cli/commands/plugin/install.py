"""`lutbridge plugin install`: copies a plug-in to where its host finds it."""

from pathlib import Path

import click

from lutbridge.cli import plugins
from lutbridge.cli.commands.plugin import host_and_settings
from lutbridge.cli.compiling import compile_kernels
from lutbridge.cli.output import put, say

NEXT = {
    "darktable": "Start darktable again: Auto Retouch is a panel on the right of the lighttable.",
    "script_manager": "In darktable's panel “scripts”, start “lutbridge” of the folder “lutbridge”.",
    "lightroom": "Start Lightroom Classic again: Auto Retouch is under File and Library > Plug-in Extras.",
}


def install(name: str, settings: Path | None) -> int:
    """Installs the plug-in for a host and says what to do next; returns the exit code."""
    host = plugins.HOSTS[name]
    folder = plugins.install(host, settings)
    starts = name != "darktable" or plugins.start_with_darktable(folder)
    put(str(folder))
    compile_kernels()
    say(f"lutbridge: {NEXT[name if starts else 'script_manager']}")
    return 0


@click.command()
@host_and_settings
def command(**arguments) -> int:
    """Install the plug-in for darktable or Lightroom Classic, or replace an older one.

    Run it again after an update of lutbridge. Close the host first. The first time, it compiles what the helper needs,
    which takes half a minute.
    """
    return install(**arguments)
