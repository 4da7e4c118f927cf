"""What can be read only where an optional package is installed, told from a file's name; imports nothing heavy."""

from functools import cache
from importlib.util import find_spec

RAW_SUFFIXES = frozenset(
    ".3fr .arw .cr2 .cr3 .crw .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 .rwl .srw .x3f"
    "".split()
)
HEIF_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
AVIF_SUFFIXES = frozenset({".avif"})  # read without an extra
# Extra of the package, and what has to be installed for it.
EXTRAS = {"raw": "rawpy", "heif": "pillow_heif"}


@cache
def has(extra: str) -> bool:
    """Whether the extra "raw" or "heif" is installed."""
    return find_spec(EXTRAS[extra]) is not None


def remedy(extra: str) -> str:
    """What a user does who wants an extra."""
    return f'install the extra with: pip install "lutbridge[{extra}]"'
