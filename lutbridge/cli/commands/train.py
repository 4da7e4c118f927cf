"""`lutbridge train`: trains a model on photos and their finished versions."""

import os
from pathlib import Path

import click

from lutbridge.cli.options import DEVICE, FILE, how_much_to_say
from lutbridge.cli.output import say
from lutbridge.errors import UsageError
from lutbridge.extras import require
from lutbridge.model.registry import DEFAULT_MODEL

STYLE, OWN_STYLE, PAPER = "style", "own-style", "lam"
FRESH = "none"  # of --start: begin with a network that has learned nothing


def train(
    data: Path | None,
    expert: str | None,
    pairs: Path | None,
    after: Path | None,
    masks: Path | None,
    config: str | None,
    start: str | None,
    look_only: bool,
    output: Path,
    resume: bool,
    device: str,
    workers: int | None,
    **training: object,
) -> int:
    """Trains or resumes; returns the exit code."""
    require("train", "lutbridge train")
    from lutbridge.train.task import load

    changed = {name: value for name, value in training.items() if value is not None}
    if resume:
        if any((data, expert, pairs, after, masks, config, start, look_only)):
            raise UsageError("--resume takes data and config from the run; leave those options out")
        task = load(output, changed)
    else:
        task = _fresh(data, expert, pairs, after, masks, config, start, look_only, changed)
        for folder in filter(None, (pairs, after, data, masks)):
            if output.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{output}: lies in {folder}, which is an input folder; choose a folder outside it")
    return _run(output, task, resume, device, workers)


def _fresh(data, expert, pairs, after, masks, config, start, look_only, changed):
    """The task that the options mean."""
    from lutbridge.train import systems
    from lutbridge.train.task import can_carry_a_style, new_task

    if bool(data) == bool(pairs):
        raise UsageError("name the photos to learn from, with either --data (PPR10K's layout) or --pairs")
    if (pairs and expert) or (data and masks):
        raise UsageError("--expert works with --data only, and --masks with --pairs only")
    if after and not pairs:
        raise UsageError(f"{after}: a folder of finished photos needs --pairs, as in --pairs BEFORE AFTER")
    if pairs:
        if after and pairs.resolve() == after.resolve():
            raise UsageError(
                f"--pairs: {pairs} is named twice; name it once if it holds both, or name the folder of originals and "
                "then the folder of finished photos"
            )
        where = {
            name: str(folder.absolute()) if folder else ""
            for name, folder in (("before", pairs), ("after", after), ("masks", masks))
        }
        start = start or ("" if config else DEFAULT_MODEL)
    else:
        where = {"data": str(data.absolute()), "expert": expert or "a"}
    start = "" if start == FRESH else start
    if pairs and not config:
        config_or_default = STYLE if start and can_carry_a_style(start) else OWN_STYLE
    else:
        config_or_default = config or PAPER
    system = systems.load(config_or_default)
    if look_only and system.name != STYLE:
        raise UsageError(
            "--look-only needs --pairs and a start model that separates person and background, such as portrait-v2"
        )
    if start and Path(start).exists():  # so that the run can be resumed from any folder
        start = str(Path(start).absolute())
    task = new_task(system, changed, start or "", look_only=look_only, **where)
    if config and task.model != system.model.to_dict():
        say(f"{start} has a different network than {system.name}; training {start} with the same losses")
    return task


def _run(output, task, resume, device, workers):
    from lutbridge.cli.interruption import Interruption
    from lutbridge.cli.training import Told
    from lutbridge.train.processes import join, leave
    from lutbridge.train.session import Talk, begin, train

    if task.is_style and device == "cuda":
        raise UsageError("a style trains on the CPU in a minute or two; leave out --device cuda")
    processes = join("cpu" if task.is_style else device)
    if processes.rank == 0 and not resume:
        begin(output, task)
    processes.wait()
    count = workers or max(1, min(8, (os.cpu_count() or 1) // processes.world - 1))
    try:
        with Interruption("Stopping after this step and keeping a snapshot") as interruption:
            told = Told(task, output, quiet=processes.rank > 0)
            talk = Talk(told.found, told.looked, told.line, told.step, lambda: interruption.requested, told.fit)
            outcome = train(output, task, processes, count, talk)
    finally:
        leave(processes)
    return told.close(outcome)


@click.command()
@click.option("--data", type=FILE, metavar="DIR", help="Folder in PPR10K's layout; trains on its train split.")
@click.option("--expert", type=click.Choice(["a", "b", "c"]), help="Expert of --data to learn from. Default: a.")
@click.option(
    "--pairs",
    type=FILE,
    metavar="BEFORE [AFTER]",
    help="Your own edits: the folder of originals, then the folder of finished photos with matching names; or one "
    "folder that holds both originals and exports from darktable, Lightroom or RawTherapee.",
)
@click.argument("after", type=FILE, required=False)
@click.option(
    "--masks", type=FILE, metavar="DIR", help="Person masks for --pairs, white on the person. A style makes its own."
)
@click.option("--config", metavar="NAME|FILE", help="System to train. Default: lam for --data, style for --pairs.")
@click.option(
    "--start",
    metavar="NAME|FILE",
    help="Model to start from, or none. Default: portrait-v2 for --pairs, with its correction kept; none for --data.",
)
@click.option(
    "--look-only",
    is_flag=True,
    help="Learn the edits exactly as they are, without keeping the correction of the start model.",
)
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder of the run; new, unless --resume."
)
@click.option("--resume", is_flag=True, help="Continue the run in the output folder.")
@click.option("--epochs", type=click.IntRange(1), help="Passes over all photos. Default: the config's.")
@click.option("--steps", type=click.IntRange(0), help="Total training steps. Default: the config's.")
@click.option(
    "--minutes", type=click.FloatRange(0), help="Total training time, including resumed parts. Default: the config's."
)
@click.option("--batch", type=click.IntRange(1), help="Batch size over all processes. Default: the config's.")
@click.option(
    "--side",
    type=click.IntRange(0, 4096),
    help="Size in pixels that square crops are resized to; 0 uses whole photos. Default: the config's.",
)
@click.option("--lr", type=float, help="Learning rate. Default: the config's.")
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.9),
    help="Share of the groups kept for validation, not training. Default: the config's.",
)
@click.option(
    "--patience",
    type=click.IntRange(0),
    help="Stop after this many validations without improvement; 0 never does. Default: the config's.",
)
@click.option(
    "--mixed-precision/--single-precision",
    default=None,
    help="Train the convolutions in half precision, or not. Default: the config's.",
)
@click.option("--seed", type=int, help="Random seed. Default: the config's.")
@DEVICE
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="Threads that prepare photos. Default: one less than the CPU cores, at most 8.",
)
@how_much_to_say
def command(**arguments) -> int:
    """Train a model on your own edits, or on PPR10K.

    Settings that you leave out come from the config. For --pairs: at most 400 steps of 8 photos; a fifth of the shoots
    kept for validation, every 25 steps; stops after four validations without a gain of 0.2 dB. For --data, as in the
    paper: 200 epochs, batch size 16, learning rate 1e-4, no validation.
    """
    return train(**arguments)
