"""The models that ship with lutbridge. Imports nothing heavy: `lutbridge models` answers at once."""

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

DEFAULT_MODEL = "portrait-v1"


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
