"""The models a client may name: the one the helper was started with, the shipped and the added ones. Never a path."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lutbridge.errors import SetupError
from lutbridge.model.added import summary
from lutbridge.model.build import can_build
from lutbridge.model.checkpoint import read
from lutbridge.model.registry import added_models, builtin_models
from lutbridge_server.errors import ApiError


class Models:
    """Loaded retouchers by name; the default one stays, of the others the ones used last.

    Args:
        default: loaded already.
        load: makes the retoucher of a model by its name.
        most: loaded at once.
    """

    def __init__(self, default: Any, load: Callable[[str], Any], most: int):
        self.default, self._load, self._most = default, load, most
        self._others: OrderedDict[str, Any] = OrderedDict()

    def check(self, name: str | None) -> str:
        """The name of the model; None is the default.

        Raises:
            ApiError: there is none of that name.
        """
        names = [model["name"] for model in self.listed()]
        if name is None:
            return self.default.name
        if name not in names:
            raise ApiError("unknown_model", f"no model is called {ascii(name)[1:-1]}", f"choose {', '.join(names)}")
        return name

    def get(self, name: str) -> Any:
        """The retoucher of a checked name; for the worker's thread.

        Raises:
            SetupError: the model's file is damaged.
        """
        if name == self.default.name:
            return self.default
        if name not in self._others:
            self._others[name] = self._load(name)
        self._others.move_to_end(name)
        while len(self._others) > max(1, self._most - 1):
            self._others.popitem(last=False)
        return self._others[name]

    def listed(self) -> list[dict[str, Any]]:
        """Name, summary, digest, and whether it separates person and background, of each, the default first."""
        known = [(m.name, m.summary, m.sha256, m.path) for m in builtin_models()]
        known += [(name, _facts(path).summary, None, path) for name, path in added_models().items() if _facts(path)]
        listed = [
            {"name": name, "summary": summary, "sha256": digest, "has_mask": self._has_mask(name, path)}
            for name, summary, digest, path in known
        ]
        if self.default.name in [model["name"] for model in listed]:
            return sorted(listed, key=lambda model: model["name"] != self.default.name)
        own = {"name": self.default.name, "summary": "the file this helper was started with", "sha256": None}
        return [own | {"has_mask": self.default.has_mask}, *listed]

    def _has_mask(self, name: str, path: Path) -> bool:
        if name == self.default.name:
            return self.default.has_mask
        facts = _facts(path)
        return facts is not None and facts.has_mask

    def check_mask(self, name: str, what: str, hint: str) -> None:
        """Raises ApiError if the model of a checked name does not separate person and background."""
        if not next(model["has_mask"] for model in self.listed() if model["name"] == name):
            raise ApiError("bad_option", f"{what}: {name} does not treat person and background apart", hint)


@dataclass(frozen=True)
class Facts:
    """From a model's file: whether it separates person and background, and a line for people."""

    has_mask: bool
    summary: str


def _facts(path: Path) -> Facts | None:
    """Of a model that photos can be rendered by; of any other file, None."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(64)
def _read(path, modified):
    try:
        found = read(path)
    except SetupError:
        return None
    return Facts(found.config.has_mask, summary(found.history)) if can_build(found.config) else None


def under_its_own_name(retoucher: Any, asked: str) -> Any:
    """The retoucher of `--model`; a file that is called like a shipped or an added model gets another name.

    Args:
        asked: the model's name or its file, as the user gave it.
    """
    taken = {model.name for model in builtin_models()} | added_models().keys()
    if asked not in taken and retoucher.name in taken:
        retoucher.name += ".safetensors"
    return retoucher
