"""All models: those that ship with lutbridge and those the user has added. Imports nothing heavy."""

import hashlib
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from lutbridge.errors import SetupError, UsageError

DEFAULT_MODEL = "portrait-v2"
RUN_MODEL = "model.safetensors"  # a training run's result, in its folder
_SUFFIX = ".safetensors"
_NAME = re.compile(r"\w[\w .+-]{0,59}")
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)


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
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return [BuiltinModel(m["name"], folder / f"{m['name']}{_SUFFIX}", m["sha256"], m["summary"]) for m in index]


def added_folder() -> Path:
    """Where the user's own models are kept; it need not exist."""
    import platformdirs

    return platformdirs.user_data_path("lutbridge", appauthor=False) / "models"


def added_models() -> dict[str, Path]:
    """The files of the models that the user has added, by name, in the order of the alphabet."""
    try:
        paths = [path for path in added_folder().iterdir() if path.suffix == _SUFFIX and path.is_file()]
    except OSError:
        return {}
    shipped = {model.name for model in builtin_models()}
    names = {path.stem: path for path in paths if _is_name(path.stem) and path.stem not in shipped}
    return dict(sorted(names.items(), key=lambda item: item[0].casefold()))


def path_of_added(name: str) -> Path:
    """Where a model of this name is kept, or would be.

    Raises:
        UsageError: the name cannot be one, or is a shipped model's.
    """
    if not _is_name(name):
        raise UsageError(
            f"{name!r} cannot be a model's name; use at most 60 letters, digits, spaces and . _ + -, and begin with a "
            "letter or a digit"
        )
    if name.casefold() in {model.name.casefold() for model in builtin_models()}:
        raise UsageError(f"{name} is the name of a model that ships with lutbridge; choose another")
    return added_folder() / f"{name}{_SUFFIX}"


def _is_name(name):
    return bool(_NAME.fullmatch(name)) and name[-1] not in " ." and name.casefold() not in _WINDOWS_DEVICES


def name_of(path: Path) -> str:
    """What a model's file is called: by its name, or by its folder where that is a training run."""
    return path.resolve().parent.name if path.name == RUN_MODEL else path.stem


def find_model(model: str) -> Path:
    """The file of a model.

    Args:
        model: the name of a shipped model or of one that was added, the path of a .safetensors file, which need not
            exist, or the folder of a training run.
    Raises:
        UsageError: none of these.
        SetupError: a shipped model's bytes have changed.
    """
    named = {m.name: m for m in builtin_models()}
    if model in named:
        if not named[model].is_intact():
            raise SetupError(f"{named[model].path}: the shipped model is damaged; install lutbridge again")
        return named[model].path
    added = added_models()
    if model in added:
        return added[model]
    path = Path(model)
    if path.suffix == _SUFFIX:
        return path
    if (path / RUN_MODEL).is_file():
        return path / RUN_MODEL
    if path.is_dir():
        raise UsageError(f"{path}: this folder holds no model; it has to be the folder of a run of lutbridge train")
    known = [*named, *added]
    near = get_close_matches(model, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"choose {', '.join(known)} or the path of a .safetensors file"
    raise UsageError(f"no model is called {model}; {hint}")
