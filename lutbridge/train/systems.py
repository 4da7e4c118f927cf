"""Named systems: network, losses and training; all in systems.toml, or in your own TOML file.

A system holds `summary`, and the tables [model] (fields of a `ModelConfig`, or of another architecture's config),
[losses] (fields of `LossConfig`) and [training] (fields of the training loop's own config). What they leave out is as
in the system that `base` names; without one it keeps its default, which is the paper's.
"""

import tomllib
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path

from lutbridge.errors import UsageError
from lutbridge.files import read_ordinary
from lutbridge.model.config import ARCHITECTURES, AnyConfig, ModelConfig

SUPERVISIONS = ("none", "edge", "full")
_KEYS = {"base": str, "summary": str, "model": dict, "losses": dict, "training": dict}


@dataclass(frozen=True)
class LossConfig:
    """The share of each loss (eq. 5 to 7). The defaults are those of eq. 5.

    Raises ValueError, naming the field, for a value that makes no sense.
    """

    person_weight: float = 1.0  # human-region priority (Liang et al. 2021 take 5); 1 switches it off
    smooth: float = 1e-4  # λ_s
    monotone: float = 10.0  # λ_m
    supervision: str = "none"  # of the attention: one of SUPERVISIONS
    edge: float = 1.0  # share of that supervision, edge or full; eq. 7 has none
    gam: float = 0.0  # λ_GAM; the paper takes 1e-3
    glc: float = 0.0  # share of Liang's group-level consistency; their code has 1
    delta_e: float = 0.0  # share of the mean ΔE*ab, ours
    harm: float = 0.0  # weight of the mean ΔE*ab that photos end farther from their targets than they began, ours
    person_mask: float = 0.0  # share of the cross entropy of the person mask that a network answers, ours
    weigh_squares: bool = False  # whether person_weight is the weight of the squared error, and not of the error
    released: bool = False  # supervision and GAM as the authors' code has them, with its faults

    def __post_init__(self):
        for name in ("person_weight", "smooth", "monotone", "edge", "gam", "glc", "delta_e", "harm", "person_mask"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} = {getattr(self, name)!r} is no share")
        if self.supervision not in SUPERVISIONS:
            raise ValueError(f"supervision = {self.supervision!r} is none of {', '.join(SUPERVISIONS)}")


@dataclass(frozen=True)
class SystemConfig:
    """One system of the tables.

    Attributes:
        name: in systems.toml, or the file's, without its suffix.
        summary: one line for people.
        model, losses: the network, and its losses.
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
        if self.losses.person_mask and getattr(self.model, "pixel_weights", "") != "regions":
            raise ValueError(f"person_mask = {self.losses.person_mask:g} needs a person mask, and this model has none")


def names() -> list[str]:
    """The systems that come with lutbridge, in alphabetical order."""
    return sorted(_shipped())


def load(config: str | Path) -> SystemConfig:
    """Read a system.

    Args:
        config: a name of `names`, with or without .toml, or the path of a .toml file, which goes before.
    Raises:
        UsageError: no such system, or one with an unknown key, a value of the wrong type, one that cannot be built, or
            bases that lead back to itself.
    """
    return _load(str(config), Path(), ())


def _load(config, folder, derived):
    """A system.

    Args:
        folder: that a path starts from.
        derived: the systems, each the base of the one before, that led here.
    """
    path, name = folder / config, config.removesuffix(".toml")
    if path.suffix == ".toml" and (path.is_file() or name not in _shipped()):
        where, content = path, _read(path)
    elif name in _shipped():
        where, content = Path(name), _shipped()[name]
    else:
        at = f"{derived[-1]}: base: " if derived else ""
        hint = _near(name, names())
        raise UsageError(f"{at}no config is called {name} (a file of your own would end in .toml){hint}")
    if where.resolve() in (other.resolve() for other in derived):
        circle = " → ".join(str(other) for other in (*derived, where))
        raise UsageError(f"{derived[0]}: its bases lead back to one of them ({circle}); take one base out")
    try:
        _check_kinds(content)
        base = _load(content["base"], where.parent, (*derived, where)) if "base" in content else None
        return _system(where.stem, content, base)
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from error


def _read(path):
    try:
        return tomllib.loads(read_ordinary(path).decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the config's path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is no TOML ({error}); mend it there") from error


def _check_kinds(content):
    for key, kind in _KEYS.items():
        if not isinstance(content.get(key, kind()), kind):
            raise ValueError(f"{key} must be a {'text' if kind is str else 'table'}")
    for key in set(content) - set(_KEYS):
        raise ValueError(f"{key} is unknown{_near(key, _KEYS)}")


def _system(name, content, base):
    base = base or SystemConfig("", "", ModelConfig(), LossConfig())
    model = dict(content.get("model", {}))
    architecture = model.pop("architecture", base.model.architecture)
    if architecture not in ARCHITECTURES:
        raise ValueError(f"[model] architecture = {architecture!r} is unknown{_near(str(architecture), ARCHITECTURES)}")
    start = base.model if architecture == base.model.architecture else ARCHITECTURES[architecture]()
    return SystemConfig(
        name,
        content.get("summary", ""),
        filled(start, model, "model"),
        filled(base.losses, content.get("losses", {}), "losses"),
        base.training | content.get("training", {}),
    )


def filled(config, values: dict, table: str):
    """A dataclass with what a table of a TOML file changes in it, every value checked for its type.

    Args:
        config: an instance; its fields are integers, floats, strings or booleans.
    Raises:
        ValueError: a key is unknown, or a value of the wrong type or refused by the dataclass.
    """
    kinds = {f.name: type(getattr(config, f.name)) for f in fields(config)}
    for key, value in values.items():
        if key not in kinds:
            raise ValueError(f"[{table}] {key} is unknown{_near(key, kinds)}")
        expected = kinds[key]
        if type(value) is not expected and (expected, type(value)) != (float, int):
            raise ValueError(f"[{table}] {key} = {value!r} should be {_KINDS[expected]}")
    try:
        return replace(config, **{key: kinds[key](value) for key, value in values.items()})
    except ValueError as error:
        raise ValueError(f"[{table}] {error}") from error


_KINDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def _near(word, known):
    near = get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


@cache
def _shipped():
    """Name → what systems.toml says of it."""
    return tomllib.loads(resources.files("lutbridge.train").joinpath("systems.toml").read_text(encoding="utf-8"))
