"""Models added by the user: one file each, with name, picture, maker and number of training pairs."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from lutbridge.errors import SetupError, UsageError, as_typed
from lutbridge.files import atomic_write
from lutbridge.model.build import can_build
from lutbridge.model.checkpoint import Checkpoint, load_network, read, to_bytes
from lutbridge.model.registry import added_models, builtin_models, path_of_added

NAME, MAKER, DATE, DATA = "name", "maker", "date", "data"  # keys of a model's history
LONGEST = 200  # characters shown of a text in somebody else's file


def add(path: Path, name: str, maker: str = "", picture: bytes | None = None) -> Path:
    """Keep a model under a name of its own.

    Args:
        path: of a model that photos can be rendered by.
        maker: who made it. Default: as in the file.
        picture: a JPEG that shows its effect. Default: as in the file.
    Returns:
        The file it is kept in.
    Raises:
        UsageError: the name cannot be one, or is taken.
        SetupError: the file is no such model.
        WriteError: it cannot be kept.
    """
    to = path_of_added(name)
    if any(name.casefold() == other.casefold() for other in added_models()):
        raise UsageError(
            f"a model is called {name} already; remove it first (lutbridge models remove {as_typed(name)}), or choose "
            "another name with --name"
        )
    load_network(path)  # refuses what could not be rendered by later
    found = read(path)
    history = found.history | {NAME: name, DATE: found.history.get(DATE) or date.today().isoformat()}
    if maker:
        history[MAKER] = maker
    kept = replace(found, history=history, picture=found.picture if picture is None else picture)
    to.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(to, to_bytes(kept), replace=False)
    return to


def remove(name: str) -> Path:
    """Delete a model that was added; returns the file it was in.

    Raises:
        UsageError: none of that name was added.
    """
    path = the_added(name)
    path.unlink()
    return path


def the_added(name: str) -> Path:
    """The file of a model that was added.

    Raises:
        UsageError: there is none of that name.
    """
    added = added_models()
    if name not in added:
        why = "ships with lutbridge" if name in {m.name for m in builtin_models()} else "was not added"
        raise UsageError(f"{name} {why}; your own models: {', '.join(added) or 'none yet'}")
    return added[name]


def usable(path: Path) -> Checkpoint | None:
    """What a file holds, where photos can be rendered by it."""
    try:
        found = read(path)
    except SetupError:
        return None
    return found if can_build(found.config) else None


def summary(history: dict[str, str]) -> str:
    """One line for people: how it was made, by whom and when."""
    parts = [history.get(DATA, ""), f"by {history[MAKER]}" if history.get(MAKER) else "", history.get(DATE, "")]
    told = ", ".join(part for part in parts if part) or "a model of your own"
    return "".join(character if character.isprintable() else " " for character in told)[:LONGEST]
