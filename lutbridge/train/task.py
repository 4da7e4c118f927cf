"""The task of a run: what it learns, from which data and how. Its folder is enough to resume it."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from lutbridge import __version__
from lutbridge.errors import SetupError, UsageError
from lutbridge.files import atomic_write
from lutbridge.model import checkpoint as files
from lutbridge.model.config import ModelConfig, config_from_dict
from lutbridge.model.registry import find_model
from lutbridge.train import systems
from lutbridge.train.config import TrainConfig
from lutbridge.train.data.own_pairs import find_own_pairs
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.checkpoint import Checkpoint
from lutbridge.train.systems import LossConfig, SystemConfig

FILE = "run.json"
STYLE = "style"  # the config of a style on top of a model's correction
FORMAT_VERSION = 1
ENDS = ("epochs", "steps", "minutes", "patience")  # may be changed when a run is resumed


@dataclass(frozen=True)
class TrainTask:
    """A run's data and settings, all plain values.

    Attributes:
        data, expert: a folder in PPR10K's layout and whose targets; or
        before, after, masks: folders of a photographer's own pairs; masks may be "", and so may after, where one folder
            holds both.
        start: a model to start from, "" for a fresh network.
        look_only: learn a style from the pairs alone, and do not hold on to the start model's correction.
        config: name of the system's config.
        model, losses, training: its tables, complete.
    """

    config: str
    model: dict
    losses: dict
    training: dict = field(default_factory=dict)
    data: str = ""
    expert: str = "a"
    before: str = ""
    after: str = ""
    masks: str = ""
    start: str = ""
    look_only: bool = False

    @property
    def is_style(self) -> bool:
        """Whether a style is learned on top of the start model's correction (`train.style`)."""
        return bool(self.model.get("style"))

    @property
    def training_config(self) -> TrainConfig:
        """The optimisation.

        Raises:
            UsageError: a key or value of the [training] table makes no sense.
        """
        try:
            return systems.filled(TrainConfig(), self.training, "training")
        except ValueError as error:
            raise UsageError(f"{self.config}: {error}") from error

    @property
    def loss_config(self) -> LossConfig:
        """The shares of the losses."""
        return LossConfig(**self.losses)

    def pairs(self) -> tuple[list[Pair], list[str]]:
        """What to learn from, and a sentence for each file that is left out.

        Raises:
            UsageError: the data are not there, or not as they should be.
        """
        if self.data:
            return find_pairs(Path(self.data), "train", self.expert), []
        after, masks = (Path(folder) if folder else None for folder in (self.after, self.masks))
        found = find_own_pairs(Path(self.before), after, masks)
        return found.pairs, found.left_out

    def checkpoint_to_start_from(self) -> Checkpoint:
        """The model that `start` names."""
        return checkpoint.read(find_model(self.start))

    def describe_data(self, pairs: list[Pair]) -> str:
        """For the model's history, without the names of the user's folders."""
        photos, groups = len(pairs), len({pair.group for pair in pairs})
        if not self.data:
            return f"{photos} own pairs, {groups} shoot{'s' * (groups != 1)}"
        return f"{photos} photos in {groups} groups, PPR10K's layout, train split, expert {self.expert}"

    def save(self, folder: Path) -> None:
        """Write the file that `load` reads."""
        content = {"format": FORMAT_VERSION, "lutbridge": __version__, "task": asdict(self)}
        atomic_write(folder / FILE, json.dumps(content, indent=2).encode())


def new_task(system: SystemConfig, training: dict, start: str = "", **data: str | bool) -> TrainTask:
    """A task from a config and the user's changes.

    Args:
        training: fields of the [training] table that go before the config's.
        start: a model to start from, with its architecture.
        data: the attributes of `TrainTask` that name the data, and `look_only`.
    Raises:
        UsageError: no such model to start from, one that the losses do not fit, or a field that makes no sense.
        SetupError: its file is damaged.
    """
    model = system.model
    if start:
        model = _for_training(checkpoint.read(find_model(start)).config, system.name == STYLE)
    try:
        replace(system, model=model)
    except ValueError as error:
        raise UsageError(f"{start} cannot be trained as {system.name}: {error}; choose another --config") from error
    task = TrainTask(
        system.name, model.to_dict(), asdict(system.losses), system.training | training, start=start, **data
    )
    task.training_config  # refuses what makes no sense  # noqa: B018
    return task


def _for_training(config, is_style):
    """A style follows a restrained correction; a whole network's edits are wanted on every photo."""
    if is_style:
        return replace(config, style=True)
    return replace(config, restraint=0.0) if isinstance(config, ModelConfig) else config


def can_carry_a_style(start: str) -> bool:
    """Whether the model of this name separates person and background, and so can be followed by a style.

    Raises:
        UsageError, SetupError: as `checkpoint_to_start_from`.
    """
    config = files.read(find_model(start)).config
    return isinstance(config, ModelConfig) and config.has_mask


def load(folder: Path, training: dict) -> TrainTask:
    """The task of a run that was begun.

    Args:
        training: fields of the [training] table to change, of those that say when the run ends.
    Raises:
        UsageError: there is no run, or the change is not allowed.
        SetupError: the file cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise UsageError(f"{folder}: holds no run to continue; leave out --resume to start one")
    try:
        task = TrainTask(**json.loads(path.read_text(encoding="utf-8"))["task"])
        config_from_dict(task.model)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); start the run again in another folder") from error
    for name, value in training.items():
        if name not in ENDS and task.training.get(name, getattr(TrainConfig(), name)) != value:
            raise UsageError(f"{folder}: its {name} cannot be changed to {value} in a resumed run; start a new run")
    return replace(task, training=task.training | training)
