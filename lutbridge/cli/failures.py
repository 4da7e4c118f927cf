"""Turns every error that ends a command into one sentence and an exit code."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from lutbridge import __version__
from lutbridge.cli.output import warn
from lutbridge.errors import LutbridgeError

EXIT_USAGE = 2
EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count it

LIBRARIES = (
    "numpy",
    "numba",
    "llvmlite",
    "pillow",
    "tifffile",
    "imagecodecs",
    "safetensors",
    "opencolorio",
    "click",
    "rich",
    "platformdirs",
    "flask",
    "waitress",
    "filelock",
)
OPTIONAL = ("torch",)  # what extras bring and a report of a bug should name


def guarded(command: Callable[[], int | None]) -> int:
    """Runs `command` and returns its exit code; no exception gets past, and only a bug leaves a log."""
    try:
        return command() or 0
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except LutbridgeError as error:
        warn(f"lutbridge: {error}")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        warn("lutbridge: aborted")
        return EXIT_INTERRUPTED
    except Exception as error:
        import traceback

        log = write_bug_log(traceback.format_exc(), sys.argv)
        warn(
            f"lutbridge: a bug stopped this command ({type(error).__name__}); please report it and attach the log {log}"
        )
        return EXIT_BUG


class BugLog:
    """One log per command: the same bug on every photo is still one bug."""

    def __init__(self):
        self._path: Path | None = None

    def named(self, sentence: str, trace: str) -> str:
        """The sentence for a failure; for a bug, with the log to report.

        Args:
            trace: its traceback, or "".
        """
        if not trace:
            return sentence
        self._path = self._path or write_bug_log(trace, sys.argv)
        return f"{sentence}; please report it and attach the log {self._path}"


def write_bug_log(trace: str, command_line: Sequence[str]) -> Path:
    """Writes a log in the form of an issue report, and returns its path."""
    import tempfile
    from datetime import datetime

    import platformdirs

    text = issue_report(trace, command_line)
    name = f"bug-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.md"
    folder = Path(platformdirs.user_log_path("lutbridge", appauthor=False))
    for place in (folder, Path(tempfile.gettempdir())):
        try:
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8", errors="backslashreplace")
            return place / name
        except OSError:
            continue
    warn(text)  # nowhere to write: the terminal is better than nothing
    return Path(name)


def installed_versions(libraries: Sequence[str] = LIBRARIES) -> dict[str, str | None]:
    """The libraries that rendering needs, or others; None for one that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    return {name: installed(name) for name in libraries}


def issue_report(trace: str, command_line: Sequence[str]) -> str:
    """Versions, platform, command line and traceback, in Markdown."""
    import platform
    import shlex

    summary = trace.strip().splitlines()[-1]
    libraries = installed_versions() | installed_versions(OPTIONAL)
    versions = "\n".join(f"- {name} {version or 'not installed'}" for name, version in libraries.items())
    return f"""# {summary}

(Please describe here what you did. Remove anything private below, such as file names.)

## Versions

- lutbridge {__version__}
{versions}
- Python {platform.python_version()} ({platform.python_implementation()})
- {platform.platform()}

## Command line

    {shlex.join(command_line)}

## Traceback

```
{trace.rstrip()}
```
"""
