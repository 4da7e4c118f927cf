"""The models a client may name: the one the helper was started with, and the shipped ones. Never a path."""

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from lutbridge.errors import SetupError
from lutbridge.model.checkpoint import read
from lutbridge.model.config import ModelConfig
from lutbridge.model.registry import BuiltinModel, builtin_models
from lutbridge_server.errors import ApiError


class Models:
    """Loaded retouchers by name; the default one stays, of the others the ones used last.

    Args:
        default: loaded already.
        load: makes the retoucher of a shipped model.
        most: loaded at once.
    """

    def __init__(self, default: Any, load: Callable[[str], Any], most: int):
        self.default, self._load, self._most = default, load, most
        self._others: OrderedDict[str, Any] = OrderedDict()

    def check(self, name: str | None) -> str:
        """The name of the model that is meant; None means the default.

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
        """Name, summary, digest, and whether it treats person and background apart, of each, the default first."""
        shipped = [
            {"name": m.name, "summary": m.summary, "sha256": m.sha256, "has_mask": self._has_mask(m)}
            for m in builtin_models()
        ]
        if self.default.name in [model["name"] for model in shipped]:
            return sorted(shipped, key=lambda model: model["name"] != self.default.name)
        own = {"name": self.default.name, "summary": "the file this helper was started with", "sha256": None}
        return [own | {"has_mask": self.default.has_mask}, *shipped]

    def _has_mask(self, model: BuiltinModel) -> bool:
        return self.default.has_mask if model.name == self.default.name else _has_mask(model.path)

    def check_mask(self, name: str, what: str, hint: str) -> None:
        """Raises ApiError where the model of a checked name does not treat person and background apart."""
        if not next(model["has_mask"] for model in self.listed() if model["name"] == name):
            raise ApiError("bad_option", f"{what}: {name} does not treat person and background apart", hint)


@cache
def _has_mask(path: Path) -> bool:
    """Whether a shipped model treats person and background apart; a file that cannot be read does nothing."""
    try:
        config = read(path).config
    except SetupError:
        return False
    return isinstance(config, ModelConfig) and config.has_mask


def under_its_own_name(retoucher: Any, asked: str) -> Any:
    """The retoucher of `--model`; a file that is called like a shipped model gets another name.

    Args:
        asked: the model's name or its file, as the user gave it.
    """
    shipped = [model.name for model in builtin_models()]
    if asked not in shipped and retoucher.name in shipped:
        retoucher.name += ".safetensors"
    return retoucher
