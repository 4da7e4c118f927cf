"""A run and its folder: from a task to a trained model, in one go or in several."""

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch

from lutbridge.errors import UsageError, WriteError
from lutbridge.files import atomic_write, remove_leftovers
from lutbridge.model.config import config_from_dict
from lutbridge.model.registry import RUN_MODEL
from lutbridge.train.data.batches import CropConfig, Crops
from lutbridge.train.data.pairs import SMALL_SIDE, Pair
from lutbridge.train.data.prepare import prepare
from lutbridge.train.held_out import hold_out
from lutbridge.train.learner import START, Distances, learner
from lutbridge.train.log import Log
from lutbridge.train.networks import checkpoint
from lutbridge.train.processes import Processes
from lutbridge.train.provenance import commit
from lutbridge.train.released_losses import released_ab
from lutbridge.train.run import End, Run, read_snapshot
from lutbridge.train.task import FILE, TrainTask

MOST_NAMED = 5  # faults of a data set that are named one by one
SNAPSHOT, LOG, BOARD, REDUCED = "snapshot.pt", "log.jsonl", "tensorboard", "reduced"
OWN_NAMES = {FILE, LOG, BOARD, REDUCED, START}  # left by a failed run; another run may start over


@dataclass(frozen=True)
class Summary:
    """What a run of own pairs found before it trains.

    Attributes:
        learned, held: the pairs for training, and those that judge.
        left_out: one sentence for each file or pair that is not used.
        distances: how far photos and results are from these edits; None if nothing is held out, or no style learned.
    """

    learned: list[Pair]
    held: list[Pair]
    left_out: list[str]
    distances: Distances | None


@dataclass(frozen=True)
class Talk:
    """How a run and its user speak; everything may be left out.

    Attributes:
        found: called once with the data found, for own pairs.
        looked_at: a pair was looked at; called before training.
        tell: a line of the log.
        advance: a step was made: its number, and the share of the run that is done.
        stop: whether the user wants to stop; asked before each photo is looked at, and after each step.
        fit: called before a style is fitted to the pairs, which can take a minute.
    """

    found: Callable[[Summary], None] = lambda summary: None
    looked_at: Callable[[], None] = lambda: None
    tell: Callable[[dict], None] = lambda line: None
    advance: Callable[[int, float], None] = lambda step, share: None
    stop: Callable[[], bool] = lambda: False
    fit: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class TrainOutcome:
    """How a run ended.

    Attributes:
        end: why.
        step: batches in all.
        kept: the step whose weights are the model's.
        model: the file of the trained model, which a run that was stopped early may not have.
        learned, held: the pairs used for training, and those that judged.
    """

    end: End
    step: int
    kept: int
    model: Path
    learned: list[Pair]
    held: list[Pair]


def begin(folder: Path, task: TrainTask) -> None:
    """Make the folder of a fresh run.

    Raises:
        UsageError: there is something in it already.
        WriteError: it cannot be written to.
    """
    if (folder / SNAPSHOT).is_file() or (folder / RUN_MODEL).is_file():
        raise UsageError(f"{folder}: already holds a run; add --resume to continue it, or choose another folder")
    if folder.exists() and (not folder.is_dir() or {path.name for path in folder.iterdir()} - OWN_NAMES):
        raise UsageError(f"{folder}: is not empty; choose a new or empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(folder, f"could not create the folder ({error.strerror})", "choose another") from error
    task.save(folder)


def is_done(folder: Path, task: TrainTask) -> bool:
    """Whether a run has come to the end that a task of steps or minutes asks for, and its model is of its last step."""
    if not (folder / SNAPSHOT).is_file():
        return False
    state, config = read_snapshot(folder / SNAPSHOT, mmap=True), task.training_config
    ended = state["step"] >= config.steps if config.steps else state["seconds"] >= config.minutes * 60 > 0
    return ended and state.get("kept") == state["step"]


def train(
    folder: Path,
    task: TrainTask,
    processes: Processes,
    workers: int,
    talk: Talk | None = None,
    reduced: Path | None = None,
) -> TrainOutcome:
    """Train, from the last snapshot in the folder if there is one.

    Args:
        workers: threads that prepare batches, besides those of torch.
        reduced: folder for reduced copies of large photos, which runs may share; without it, one in the run's own.
    Raises:
        UsageError: the data are not as they should be.
        SetupError, WriteError: a setup problem or a damaged snapshot.
        KeyboardInterrupt: the user stopped it before training began.
    """
    talk = talk or Talk()
    config = task.training_config
    if config.batch % processes.world:
        raise UsageError(
            f"a batch of {config.batch} cannot be split evenly among {processes.world} processes; change it"
        )
    first = processes.rank == 0
    if first:
        remove_leftovers(folder)
        task.save(folder)
    pairs, held, means_ab, left_out = _data(reduced or folder / REDUCED, task, processes, talk)
    goes_on = (folder / SNAPSHOT).is_file()
    if first and task.is_style and not goes_on:
        talk.fit()
    made = learner(task, folder, pairs, held, goes_on)
    network = made.network
    if first and not task.data:
        talk.found(Summary(pairs, held, left_out, made.distances))
    views = CropConfig(config.batch, config.side, _shares(config, pairs), bool(task.losses["glc"]))
    own = processes.rank, processes.world, workers, network.thumbnail
    with closing(Crops(pairs, means_ab, views, network.thumbnail_size, config.seed, *own)) as crops:
        run = Run(network, made.losses, crops, config, processes, made.judge)
        if goes_on:
            run.resume(folder / SNAPSHOT)
        keep = _keeper(folder / RUN_MODEL, task, pairs)
        with closing(Log(folder / LOG, run.step, folder / BOARD)) if first else nullcontext() as log:
            end = run.train(log, folder / SNAPSHOT, keep, talk.stop, talk.tell, talk.advance)
    return TrainOutcome(end, run.step, run.kept, folder / RUN_MODEL, pairs, held)


def _data(
    reduced: Path, task: TrainTask, processes: Processes, talk: Talk
) -> tuple[list[Pair], list[Pair], torch.Tensor, list[str]]:
    """Pairs to train on and to judge by, the former's means, and what is left out; the first process looks first."""
    found, left_out = task.pairs()
    to_ab = {"to_ab": _released_ab} if task.losses["released"] else {}
    for turn in range(2):
        if (processes.rank == 0) == (turn == 0):
            ready = prepare(found, SMALL_SIDE, reduced, advance=talk.looked_at, stop=talk.stop, **to_ab)
        processes.wait()
    if task.data and ready.faults:
        raise UsageError(_named(ready.faults))
    left_out = left_out + ready.faults
    if not ready.pairs:
        where = " and ".join(filter(None, (task.before, task.after)))
        raise UsageError(f"{where}: no usable pairs to learn from; {_named(left_out)}")
    of = {pair.name: mean for pair, mean in zip(ready.pairs, ready.means_ab, strict=True)}
    pairs, held = hold_out(ready.pairs, task.training_config.held_out, task.training_config.seed)
    return pairs, held, torch.stack([torch.as_tensor(of[pair.name]) for pair in pairs]), left_out


def _shares(config, pairs):
    """Least and greatest share of each side of a photo that a crop keeps."""
    if config.side:
        return config.least_crop, 1.0
    sizes = {pair.load()[0].shape for pair in pairs}
    if len(sizes) > 1:
        raise UsageError("side = 0 trains on whole photos, which must be of one size; these are not")
    return 1.0, 1.0


def _named(faults):
    """The first few, and how many more there are."""
    more = len(faults) - MOST_NAMED
    return "; ".join(faults[:MOST_NAMED]) + (f" (and {more} more photos)" if more > 0 else "")


def _released_ab(rgb):
    return released_ab(torch.from_numpy(rgb)).numpy()


def _keeper(path, task, pairs):
    """Writes the network it is called with as a model that says where it comes from."""
    history = {
        "command": f"lutbridge train --config {task.config}"
        + (f" --start {Path(task.start).name}" if task.start else "")
        + (" --look-only" if task.look_only else ""),
        "training": ", ".join(f"{name} = {value}" for name, value in task.training.items()) or "as published",
        "data": task.describe_data(pairs),
        "commit": commit(),
    }
    config = config_from_dict(task.model)

    def keep(network):
        atomic_write(path, checkpoint.to_bytes(checkpoint.Checkpoint(network, config, history)))

    return keep
