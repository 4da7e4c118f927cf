"""Names of the settings file beside photos, and of results: from the photo, from a pattern, or as given."""

import string
from collections.abc import Callable
from pathlib import Path

from lutbridge.errors import UsageError

CONFIG = "lutbridge.toml"  # settings beside the photos
# Field of a pattern → its value for a photo.
FIELDS: dict[str, Callable[[Path], str]] = {
    "stem": lambda source: source.stem,
    "folder": lambda source: source.absolute().parent.name,
}
_NOT_IN_NAMES = '<>:"/\\|?*'  # path separators, and characters that Windows forbids in names


def check_pattern(pattern: str) -> None:
    """Checks a pattern for names such as "{stem}-retouched".

    Raises:
        UsageError: an unknown field, no {stem}, a forbidden character, a dot at the start, or a malformed pattern.
    """
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise UsageError(
            f"--name {pattern}: {error}; write each field in braces, such as {{stem}}-retouched"
        ) from error
    fields = [name for _, name, _, _ in parts if name is not None]
    for _, name, form, conversion in parts:
        if name is not None and (name not in FIELDS or form or conversion):
            wrong = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            raise UsageError(f"--name {pattern}: unknown field {{{wrong}}}; choose from {known}")
    text = "".join(literal for literal, *_ in parts)
    if found := [character for character in text if character in _NOT_IN_NAMES or not character.isprintable()]:
        raise UsageError(f"--name {pattern}: {found[0]!r} is not allowed in file names; name folders with -o")
    if pattern.startswith("."):
        raise UsageError(f"--name {pattern}: results would be hidden; do not start with a dot")
    if "stem" not in fields:
        raise UsageError(f"--name {pattern}: without {{stem}}, all results would have the same name; add it")


def named(name_for: Callable[[Path], str], pattern: str | None, file: str | None) -> Callable[[Path], str]:
    """A function from a photo to its result's name, as the user wants it.

    Args:
        name_for: the default name; its suffix is kept.
        pattern: one that `check_pattern` accepts, or None.
        file: the name for the result of a single photo, or None.
    """
    if file is not None:
        return lambda source: file
    if pattern is None:
        return name_for

    def name(source: Path) -> str:
        fields = {field: value(source) for field, value in FIELDS.items()}
        return pattern.format_map(fields) + Path(name_for(source)).suffix

    return name
