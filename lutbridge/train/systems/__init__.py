"""Named systems: one TOML file each, with what is built, what it is trained for, and how.

A file holds `summary`, and the tables [model] (fields of a `ModelConfig`, or of another architecture's config),
[losses] (fields of `LossConfig`) and [training] (fields of the training loop's own config). What a table leaves out
keeps its default, which is the paper's.
"""

import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from lutbridge.errors import UsageError
from lutbridge.model.config import ARCHITECTURES, AnyConfig

SUPERVISIONS = ("none", "edge", "full")
_TABLES = {"summary": str, "model": dict, "losses": dict, "training": dict}


@dataclass(frozen=True)
class LossConfig:
    """The share of each loss (eq. 5 to 7). The defaults are those of eq. 5.

    Raises ValueError, naming the field, where a value makes no sense.
    """

    person_weight: float = 1.0  # human-region priority (Liang et al. 2021 take 5); 1 switches it off
    smooth: float = 1e-4  # λ_s
    monotone: float = 10.0  # λ_m
    supervision: str = "none"  # what the attention is held to: one of SUPERVISIONS
    edge: float = 1.0  # share of that supervision, edge or full; eq. 7 has none
    gam: float = 0.0  # λ_GAM; the paper takes 1e-3
    glc: float = 0.0  # share of Liang's group-level consistency; their code has 1
    delta_e: float = 0.0  # share of the mean ΔE*ab, ours
    released: bool = False  # supervision and GAM as the authors' code has them, with its faults

    def __post_init__(self):
        for name in ("person_weight", "smooth", "monotone", "edge", "gam", "glc", "delta_e"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} = {getattr(self, name)!r} is no share")
        if self.supervision not in SUPERVISIONS:
            raise ValueError(f"supervision = {self.supervision!r} is none of {', '.join(SUPERVISIONS)}")


@dataclass(frozen=True)
class SystemConfig:
    """One system of the tables.

    Attributes:
        name: the file's, without its suffix.
        summary: one line for people.
        model, losses: what is built, and what it is trained for.
        training: fields of the training loop's config that differ from its defaults, not checked here.
    """

    name: str
    summary: str
    model: AnyConfig
    losses: LossConfig
    training: dict = field(default_factory=dict)

    def __post_init__(self):
        has_attention = getattr(self.model, "pixel_weights", "") in ("lam", "released", "released-scrambled")
        if self.losses.supervision != "none" and not has_attention:
            raise ValueError(f"supervision = {self.losses.supervision!r} needs an attention, and this model has none")


def names() -> list[str]:
    """The configs that come with lutbridge, in the order of the alphabet."""
    return sorted(path.name.removesuffix(".toml") for path in _folder().iterdir() if path.name.endswith(".toml"))


def load(config: str | Path) -> SystemConfig:
    """Read a config.

    Args:
        config: a name of `names`, with or without .toml, or the path of a .toml file, which goes before.
    Raises:
        UsageError: no such config, or one with an unknown key, a value of the wrong type, or one that cannot be built.
    """
    path, name = Path(config), str(config).removesuffix(".toml")
    if name in names() and not path.is_file():
        path = Path(str(_folder() / f"{name}.toml"))
    elif path.suffix != ".toml":
        hint = _near(name, names())
        raise UsageError(f"no config is called {name} (a file of your own would end in .toml){hint}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the config's path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is no TOML ({error}); mend it there") from error
    try:
        return _system(path.stem, content)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


def _system(name, content):
    for key, kind in _TABLES.items():
        if not isinstance(content.get(key, kind()), kind):
            raise ValueError(f"{key} must be a {'text' if kind is str else 'table'}")
    for key in set(content) - set(_TABLES):
        raise ValueError(f"{key} is unknown{_near(key, _TABLES)}")
    model = dict(content.get("model", {}))
    architecture = model.pop("architecture", "lut")
    if architecture not in ARCHITECTURES:
        raise ValueError(f"[model] architecture = {architecture!r} is unknown{_near(str(architecture), ARCHITECTURES)}")
    return SystemConfig(
        name,
        content.get("summary", ""),
        filled(ARCHITECTURES[architecture], model, "model"),
        filled(LossConfig, content.get("losses", {}), "losses"),
        content.get("training", {}),
    )


def filled(kind: type, values: dict, table: str):
    """A dataclass from a table of a TOML file, every value checked for its type.

    Raises:
        ValueError: a key is unknown, or a value of the wrong type or refused by the dataclass.
    """
    defaults = {f.name: f.default for f in fields(kind)}
    for key, value in values.items():
        if key not in defaults:
            raise ValueError(f"[{table}] {key} is unknown{_near(key, defaults)}")
        expected = type(defaults[key])
        if type(value) is not expected and (expected, type(value)) != (float, int):
            raise ValueError(f"[{table}] {key} = {value!r} should be {_KINDS[expected]}")
    try:
        return kind(**{key: float(v) if type(defaults[key]) is float else v for key, v in values.items()})
    except ValueError as error:
        raise ValueError(f"[{table}] {error}") from error


_KINDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def _near(word, known):
    near = get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _folder():
    return resources.files("lutbridge.train.systems")
