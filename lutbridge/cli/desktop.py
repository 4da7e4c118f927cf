"""Opens a page in the user's browser, if there is a desktop."""

import os
import sys
import webbrowser
from pathlib import Path

from lutbridge.cli.output import say


def open_page(path: Path) -> None:
    """Opens an HTML file in the default browser, or names it."""
    if not (_has_desktop() and webbrowser.open(path.resolve().as_uri())):
        say(f"could not open a browser; open {path} yourself")


def _has_desktop() -> bool:
    """False on a Linux machine without a display: `webbrowser` would start a text browser in the terminal there."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
