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
from lutbridge.research.bootstrap import FIGURES, interval, resampled
from lutbridge.research.measure import Record, Track, measure, summarise, untracked
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
    """

    data: Path
    expert: str
    steps: int = 0
    minutes: float = 0.0
    predictor: str = ""
    short: dict = field(default_factory=lambda: SHORT)
    device: str = "cpu"
    resnet: Path | None = None

    def overrides(self) -> dict:
        """What changes in a system's [training] table."""
        if self.steps:
            return self.short | {"steps": self.steps}
        return (self.short | {"minutes": self.minutes}) if self.minutes else {}


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
    path = (folder / f"{system.name}.safetensors").absolute()
    if not path.is_file():
        (tensors,) = read_tensors([training.resnet])
        torch.manual_seed(TrainConfig().seed)
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


def markdown(rows: list[Row], reference: str, records: dict[str, list[Record]], ends: dict[str, list[Record]]) -> str:
    """The table in the paper's form, published figures below ours, and what of it is more than chance.

    Args:
        reference: config of the row that the others are compared to.
        records: config → records.
        ends: the inputs' and the targets' own records.
    """
    figures = {name: resampled(found) for name, found in records.items()}
    lines = ["| system | " + " | ".join(FIGURES) + " |", "|---|" + "---:|" * len(FIGURES)]
    for name, found in ends.items():
        lines.append(f"| {name} | " + " | ".join(_with_interval(found, column) for column in FIGURES) + " |")
    for row in rows:
        own = (_with_interval(records[row.config], column) for column in FIGURES)
        lines.append(f"| **{row.label}** | " + " | ".join(own) + " |")
        if row.figures:
            printed = (f"{row.figures[column]:.2f}" if column in row.figures else "" for column in FIGURES)
            lines.append("| published, on PPR10K | " + " | ".join(printed) + " |")
    return "\n".join(lines) + "\n\n" + _differences(rows, reference, figures)


def _with_interval(records, column):
    values = resampled(records)[column]
    low, high = interval(values)
    told = f"{summarise(records)[column]:.2f}"
    return told if low == high else f"{told} ({low:.2f}–{high:.2f})"


def _differences(rows, reference, figures):
    """Every row against one: the difference, its interval, and whether that leaves out zero."""
    first = next(row for row in rows if row.config == reference)
    others = [row for row in rows if row is not first]
    lines = [f"Difference to {first.label}, same groups resampled for both:", ""]
    lines += ["| system | figure | ours | published | more than chance |", "|---|---|---:|---:|---|"]
    for row in others:
        for column in ("PSNR", "ΔE", "M_GLC"):
            low, high = interval(figures[row.config][column] - figures[first.config][column])
            middle = float(np.median(figures[row.config][column] - figures[first.config][column]))
            printed = (
                ""
                if column not in row.figures or column not in first.figures
                else (f"{row.figures[column] - first.figures[column]:+.2f}")
            )
            verdict = "no" if low <= 0 <= high else "yes"
            lines.append(
                f"| {row.label} | {column} | {middle:+.2f} ({low:+.2f} to {high:+.2f}) | {printed} | {verdict} |"
            )
    return "\n".join(lines).replace("| -", "| −").replace("(-", "(−").replace("to -", "to −")


def table(
    rows: list[Row],
    reference: str,
    out: Path,
    pairs: list[Pair],
    long_side: int | None,
    training: Training,
    workers: int,
    talk: Callable[[Row], Talk],
    track: Track = untracked,
) -> str | None:
    """Train and measure every row; the Markdown, or None if the user stopped it.

    Args:
        reference: config of the row that the others are compared to.
        out: holds a folder for each config, as `lutbridge train` makes them.
        pairs: to measure on.
        talk: for each row, how its training speaks.
        track: shows how far the measuring is.
    """
    for row in rows:  # refuse a file that is no ResNet-18 before an hour of training
        _start(_system(row.config, training), out / STARTS, training)
    records = {}
    for row in rows:
        folder = out / row.config
        if not train_missing(row.config, folder, training, workers, talk(row)):
            return None
        records[row.config] = measured(folder, pairs, long_side, track)
    ends = {"inputs": untouched, "targets": None}
    own = {}
    for name, system in ends.items():
        own[name] = list(track(measure(system, pairs, long_side), len(pairs), f"measuring the {name}", "photos"))
    snapshots = (read_snapshot(out / row.config / session.SNAPSHOT, mmap=True) for row in rows)
    steps = ", ".join(f"{row.config} {state['step']}" for row, state in zip(rows, snapshots, strict=True))
    return f"{markdown(rows, reference, records, own)}\n\nSteps of training: {steps}."
