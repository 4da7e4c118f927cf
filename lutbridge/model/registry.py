"""The models that ship with lutbridge. Imports nothing heavy: `lutbridge models` answers at once."""

import hashlib
import json
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from lutbridge.errors import SetupError, UsageError

DEFAULT_MODEL = "portrait-v2"
RUN_MODEL = "model.safetensors"  # what a training run calls its result, in its folder


@dataclass(frozen=True)
class BuiltinModel:
    """A model inside the package.

    Attributes:
        name: what `--model` takes.
        path: the .safetensors file.
        sha256: hexadecimal digest the file must have.
        summary: one line for people.
    """

    name: str
    path: Path
    sha256: str
    summary: str

    def is_intact(self) -> bool:
        """Whether the file is there and is, byte for byte, the one that was shipped."""
        return self.path.is_file() and hashlib.sha256(self.path.read_bytes()).hexdigest() == self.sha256


def builtin_models() -> list[BuiltinModel]:
    """The shipped models, the default first."""
    folder = Path(str(resources.files("lutbridge.weights")))
    index = json.loads((folder / "index.json").read_text())
    return [BuiltinModel(m["name"], folder / f"{m['name']}.safetensors", m["sha256"], m["summary"]) for m in index]


def find_model(model: str) -> Path:
    """The file of a model.

    Args:
        model: a shipped model's name, the path of a .safetensors file, which need not exist, or the folder of a
            training run.
    Raises:
        UsageError: none of these.
        SetupError: a shipped model that is not, byte for byte, what was shipped.
    """
    named = {m.name: m for m in builtin_models()}
    if model in named:
        if not named[model].is_intact():
            raise SetupError(f"{named[model].path}: the shipped model is damaged; install lutbridge again")
        return named[model].path
    path = Path(model)
    if path.suffix == ".safetensors":
        return path
    if (path / RUN_MODEL).is_file():
        return path / RUN_MODEL
    near = get_close_matches(model, named, 1)
    hint = f"did you mean {near[0]}?" if near else f"choose {', '.join(named)} or the path of a .safetensors file"
    raise UsageError(f"no model is called {model}; {hint}")
