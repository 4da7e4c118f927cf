"""Checks for optional packages and says how to install them; imports none of them."""

import sys
from functools import cache
from importlib.util import find_spec

from lutbridge.errors import SetupError

# Modules of each extra of pyproject.toml; if they are there, the extra is installed.
MODULES = {
    "raw": ("rawpy",),
    "heif": ("pillow_heif",),
    "plot": ("matplotlib",),
    "watch": ("watchfiles",),
    "ray": ("ray",),
    "gpu": ("torch",),
    "train": ("torch", "scipy", "skimage", "matplotlib"),  # tensorboard can be done without
}


@cache
def has(extra: str) -> bool:
    """Whether an extra, one of `MODULES`, is installed."""
    return not _missing(extra)


def remedy(extra: str) -> str:
    """How the user installs an extra."""
    install = f'pip install "lutbridge[{extra}]"'
    if getattr(sys, "frozen", False):  # the bundle, which nothing can be added to
        return f"not part of the bundle; install lutbridge with Python as well: {install}"
    return f"install with: {install}"


def require(extra: str, what: str) -> None:
    """Refuses to continue if an extra is missing.

    Args:
        what: needs it, as a user knows it, such as "lutbridge train".
    Raises:
        SetupError: it is not.
    """
    if not has(extra):
        raise SetupError(f"{what} needs {', '.join(_missing(extra))}; {remedy(extra)}")


def _missing(extra):
    return [name for name in MODULES[extra] if find_spec(name) is None]
