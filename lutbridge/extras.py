"""What works only where optional packages are installed, and what to type for them; imports none of them."""

from functools import cache
from importlib.util import find_spec

from lutbridge.errors import SetupError

# Modules that each extra of pyproject.toml brings, which tell whether it is installed.
MODULES = {
    "raw": ("rawpy",),
    "heif": ("pillow_heif",),
    "plot": ("matplotlib",),
    "watch": ("watchfiles",),
    "gpu": ("torch",),
    "train": ("torch", "scipy", "skimage", "matplotlib"),  # tensorboard can be done without
}


@cache
def has(extra: str) -> bool:
    """Whether an extra, one of `MODULES`, is installed."""
    return not _missing(extra)


def remedy(extra: str) -> str:
    """What a user does who wants an extra."""
    return f'install the extra with: pip install "lutbridge[{extra}]"'


def require(extra: str, what: str) -> None:
    """Does nothing where an extra is installed.

    Args:
        what: needs it, as a user knows it, such as "lutbridge train".
    Raises:
        SetupError: it is not.
    """
    if not has(extra):
        raise SetupError(f"{what} needs {', '.join(_missing(extra))}; {remedy(extra)}")


def _missing(extra):
    return [name for name in MODULES[extra] if find_spec(name) is None]
