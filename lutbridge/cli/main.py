"""Entry point: the group of lazily loaded commands, and the exit codes."""

import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

import click

from lutbridge import __version__
from lutbridge.cli.failures import guarded
from lutbridge.cli.lazy import LazyGroup

COMMANDS = (
    "render", "cube", "groups", "lut", "models", "doctor", "train", "style", "evaluate", "reproduce",
    "import-checkpoint", "serve", "plugin"
)  # fmt: skip

THREAD_PREFIX = "lutbridge-"  # of the threads of `lutbridge.batch.run`, which is too much to import here
EPILOG = """\b
Exit codes: 0 success; 1 some photos failed and the others are done, or a
check found a problem; 2 invalid request; 3 setup problem; 4 the format would
clip the LUT's values; 70 a bug in lutbridge; 130 interrupted."""


@click.group(
    cls=LazyGroup,
    package="lutbridge.cli.commands",
    names=COMMANDS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Retouch portraits with 3D LUTs: photos in, retouched photos or .cube files out."""


def main() -> None:
    """Runs the command line and leaves the process with its exit code."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # services, pythonw and launchers have none; it lives until the process ends
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))
    # A file name's odd bytes are printed as they are; characters missing from an old Windows code page are no error.
    utf_8 = sys.stdout.encoding.lower() == "utf-8"
    sys.stdout.reconfigure(errors="surrogateescape" if utf_8 else "backslashreplace")
    _leave(guarded(lambda: cli.main(prog_name="lutbridge", standalone_mode=False)))


def _leave(code: int) -> NoReturn:
    """Ends the process, at once if an abandoned decoder is still running."""
    if any(thread.name.startswith(THREAD_PREFIX) for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)
