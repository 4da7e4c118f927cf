"""Reproduces a table of the paper: trains missing systems, measures all, and gives confidence intervals."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import torch

from lutbridge.errors import UsageError
from lutbridge.files import atomic_write
from lutbridge.model.registry import RUN_MODEL
from lutbridge.research.measure import Record, Track, measure, untracked
from lutbridge.research.paper_table import markdown
from lutbridge.research.public_models import start_from_imagenet
from lutbridge.research.published import Row
from lutbridge.research.systems import load_models, model, untouched
from lutbridge.research.unpickle import read_tensors
from lutbridge.train import session, systems
from lutbridge.train.config import TrainConfig
from lutbridge.train.data.pairs import Pair
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes
from lutbridge.train.processes import Processes
from lutbridge.train.run import read_snapshot
from lutbridge.train.session import Talk
from lutbridge.train.task import ENDS, load, new_task

# A run too short for the paper's learning rate: small crops, a greater rate, averaged weights. The rate is constant, so
# that a run goes on where a smaller budget ended.
SHORT = {"batch": 16, "side": 64, "lr": 1e-3, "warm_up": 20, "averaging": 0.98, "clip": 1.0}
THUMBNAILS = {"zeng": 256, "zeng-unpaired": 256, "resnet18": 224, "histogram-cnn": 128}
RECORDS, STARTS = "records.json", "starts"


@dataclass(frozen=True)
class Training:
    """How missing systems are trained.

    Attributes:
        data, expert: PPR10K's layout, its train split.
        steps: batches of a short run; 0 for the paper's schedule.
        minutes: of training for each system; 0 for no limit.
        predictor: what takes the place of each LUT system's predictor; "" for its own.
        short: what changes in the [training] table of a short run.
        device: "cpu" or "cuda:0".
        resnet: torchvision's resnet18-….pth, which every ResNet-18 starts from; None for a start at random.
        seed: of the weights that a run starts from, and of its batches.
    """

    data: Path
    expert: str
    steps: int = 0
    minutes: float = 0.0
    predictor: str = ""
    short: dict = field(default_factory=lambda: SHORT)
    device: str = "cpu"
    resnet: Path | None = None
    seed: int = TrainConfig.seed

    def overrides(self) -> dict:
        """What changes in a system's [training] table."""
        limit = {"steps": self.steps} if self.steps else {"minutes": self.minutes} if self.minutes else {}
        return (self.short if limit else {}) | limit | ({"seed": self.seed} if self._suffix else {})

    def name(self, config: str) -> str:
        """Of a system's run: the config, and the seed unless it is the default."""
        return config + self._suffix

    @property
    def _suffix(self):
        return "" if self.seed == TrainConfig.seed else f"-seed{self.seed}"


def train_missing(config: str, folder: Path, training: Training, workers: int, talk: Talk) -> bool:
    """Train a config's system in its folder, resuming it; returns whether it is done.

    Raises:
        UsageError: the folder holds a run with other settings.
        ReadError: the file to start from is no ResNet-18.
    """
    system = _system(config, training)
    start = _start(system, folder.parent / STARTS, training)
    task = new_task(system, training.overrides(), start, data=str(training.data.absolute()), expert=training.expert)
    if (folder / session.SNAPSHOT).is_file():
        if _beginning(load(folder, {})) != _beginning(task):
            raise UsageError(f"{folder}: was trained with other settings; choose another output folder")
        if (folder / RUN_MODEL).is_file() and session.is_done(folder, task):
            return True
    else:
        session.begin(folder, task)
    processes = Processes(device=training.device)
    outcome = session.train(folder, task, processes, workers, talk, folder.parent / session.REDUCED)
    return outcome.end != "stopped"


def _system(config, training):
    system = systems.load(config)
    if not training.predictor or not hasattr(system.model, "predictor"):
        return system
    changed = {"predictor": training.predictor, "thumbnail_size": THUMBNAILS[training.predictor]}
    return replace(system, model=replace(system.model, **changed))


def _start(system, folder, training):
    """The file that a system starts from, made if missing; "" for a random start."""
    if not training.resnet or getattr(system.model, "predictor", "") != "resnet18":
        return ""
    path = (folder / f"{training.name(system.name)}.safetensors").absolute()
    if not path.is_file():
        (tensors,) = read_tensors([training.resnet])
        torch.manual_seed(training.seed)
        network = build(system.model)
        start_from_imagenet(network, tensors, training.resnet)
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(path, to_bytes(Checkpoint(network, system.model, {"data": training.resnet.name})))
    return str(path)


def _beginning(task):
    """A task without what says when it ends."""
    return replace(task, training={name: value for name, value in task.training.items() if name not in ENDS})


def measured(folder: Path, pairs: list[Pair], long_side: int | None, track: Track = untracked) -> list[Record]:
    """The records of a trained system, from its folder if kept there for the same model and photos."""
    made_of = [
        hashlib.sha256((folder / RUN_MODEL).read_bytes()).hexdigest(),
        [[pair.name, str(pair.target)] for pair in pairs],
        long_side,
        [of_record.name for of_record in fields(Record)],
    ]
    kept = folder / RECORDS
    if kept.is_file():
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content["of"] == made_of:
            return [_record(values) for values in content["records"]]
    (network,) = load_models([str(folder)]).values()
    measuring = measure(model(network), pairs, long_side, with_finished=False)
    records = list(track(measuring, len(pairs), f"measuring {folder.name}", "photos"))
    content = {"of": made_of, "records": [asdict(record) for record in records]}
    atomic_write(kept, json.dumps(content, default=lambda array: array.tolist()).encode())
    return records


def _record(values):
    arrays = {name: np.array(values[name]) for name in ("ab", "ab_error")}
    return Record(**values | arrays)


def table(
    rows: list[Row],
    reference: str,
    out: Path,
    pairs: list[Pair],
    long_side: int | None,
    training: Training,
    seeds: list[int],
    workers: int,
    talk: Callable[[str], Talk],
    track: Track = untracked,
) -> str | None:
    """Train and measure every row, once for each seed; the Markdown, or None if the user stopped it.

    Args:
        reference: config of the row that the others are compared to.
        out: holds a folder for each run, as `lutbridge train` makes them.
        pairs: to measure on.
        seeds: each trains all rows before the next one does, so that a run that is stopped leaves whole tables.
        talk: for the name of each run, how its training speaks.
        track: shows how far the measuring is.
    """
    for row in rows:  # refuse a file that is no ResNet-18 before an hour of training
        _start(_system(row.config, training), out / STARTS, training)
    records, steps = {row.config: [] for row in rows}, {row.config: [] for row in rows}
    for seed in seeds:
        seeded = replace(training, seed=seed)
        for row in rows:
            folder = out / seeded.name(row.config)
            if not train_missing(row.config, folder, seeded, workers, talk(folder.name)):
                return None
            records[row.config].append(measured(folder, pairs, long_side, track))
            steps[row.config].append(read_snapshot(folder / session.SNAPSHOT, mmap=True)["step"])
    ends = {"inputs": untouched, "targets": None}
    own = {}
    for name, system in ends.items():
        own[name] = list(track(measure(system, pairs, long_side), len(pairs), f"measuring the {name}", "photos"))
    told = ", ".join(f"{config} {'/'.join(map(str, dict.fromkeys(made)))}" for config, made in steps.items())
    return f"{markdown(rows, reference, records, own)}\n\nSteps of training: {told}."
