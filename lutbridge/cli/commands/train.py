"""`lutbridge train`: from photos and what was made of them to a model."""

import os
from pathlib import Path

import click

from lutbridge.cli.options import FILE, how_much_to_say
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
    """Trains, or goes on training; returns the exit code."""
    require("train", "lutbridge train")
    from lutbridge.train.task import load

    changed = {name: value for name, value in training.items() if value is not None}
    if resume:
        if any((data, expert, pairs, after, masks, config, start, look_only)):
            raise UsageError("--resume takes data and config from the run itself; leave those options out")
        task = load(output, changed)
    else:
        task = _fresh(data, expert, pairs, after, masks, config, start, look_only, changed)
        for folder in filter(None, (pairs, after, data, masks)):
            if output.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{output}: lies in {folder}, which is only read from; choose a folder beside it")
    return _run(output, task, resume, device, workers)


def _fresh(data, expert, pairs, after, masks, config, start, look_only, changed):
    """The task that the options mean."""
    from lutbridge.train import systems
    from lutbridge.train.task import can_carry_a_style, new_task

    if bool(data) == bool(pairs):
        raise UsageError("say what to learn from: either --data with a folder in PPR10K's layout, or --pairs")
    if (pairs and expert) or (data and masks):
        raise UsageError("--expert is about --data, and --masks about --pairs")
    if after and not pairs:
        raise UsageError(f"{after}: a folder of finished photos goes with --pairs, as in --pairs BEFORE AFTER")
    if pairs:
        if after and pairs.resolve() == after.resolve():
            raise UsageError(
                f"--pairs: {pairs} is named twice; name it once if it holds both, or the photos' folder and then the "
                "finished ones'"
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
            "--look-only is about styles on top of a model that treats person and background apart, such as portrait-v2"
        )
    if start and Path(start).exists():  # so that the run goes on from any folder
        start = str(Path(start).absolute())
    task = new_task(system, changed, start or "", look_only=look_only, **where)
    if config and task.model != system.model.to_dict():
        say(f"{start} is another network than that of {system.name}, and is trained in its place, by the same losses")
    return task


def _run(output, task, resume, device, workers):
    from lutbridge.cli.interruption import Interruption
    from lutbridge.cli.training import Told
    from lutbridge.train.processes import join, leave
    from lutbridge.train.session import Talk, begin, train

    if task.is_style and device == "cuda":
        raise UsageError("a style is trained on the CPU, in a minute or two; leave out --device cuda")
    processes = join("cpu" if task.is_style else device)
    if processes.rank == 0 and not resume:
        begin(output, task)
    processes.wait()
    count = workers or max(1, min(8, (os.cpu_count() or 1) // processes.world - 1))
    try:
        with Interruption("Stopping after this step and keeping a snapshot") as interruption:
            told = Told(task, output, quiet=processes.rank > 0)
            talk = Talk(told.found, told.looked, told.line, told.step, lambda: interruption.requested)
            outcome = train(output, task, processes, count, talk)
    finally:
        leave(processes)
    return told.close(outcome)


@click.command()
@click.option("--data", type=FILE, metavar="DIR", help="Folder in PPR10K's layout; its train split is used.")
@click.option("--expert", type=click.Choice(["a", "b", "c"]), help="Whose targets of --data; without it, a.")
@click.option(
    "--pairs",
    type=FILE,
    metavar="BEFORE [AFTER]",
    help="Your own edits: the folder of the photos, then that of the finished ones, by matching names; or one folder "
    "with photos and the exports that darktable, Lightroom or RawTherapee made of them.",
)
@click.argument("after", type=FILE, required=False)
@click.option(
    "--masks", type=FILE, metavar="DIR", help="Person masks of --pairs, white on the person; a style finds its own."
)
@click.option("--config", metavar="NAME|FILE", help="The system; without it, lam for --data, style for --pairs.")
@click.option(
    "--start",
    metavar="NAME|FILE",
    help="A model to start from, or none. For --pairs, portrait-v2, whose correction is kept; for --data, none.",
)
@click.option(
    "--look-only",
    is_flag=True,
    help="Learn the edits of --pairs as they are, and do not hold on to the start's correction.",
)
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder for the run: new, or to go on with."
)
@click.option("--resume", is_flag=True, help="Go on with the run in the output folder.")
@click.option("--epochs", type=click.IntRange(1), help="How often every photo is seen.")
@click.option("--steps", type=click.IntRange(0), help="Batches in all.")
@click.option("--minutes", type=click.FloatRange(0), help="Of training, over all parts of the run.")
@click.option("--batch", type=click.IntRange(1), help="Photos a step, over all processes.")
@click.option(
    "--side", type=click.IntRange(0, 4096), help="Pixels, of the square a crop is resized to; 0: whole photos."
)
@click.option("--lr", type=float, help="Learning rate.")
@click.option("--held-out", type=click.FloatRange(0, 0.9), help="Share of the groups that only judge.")
@click.option("--patience", type=click.IntRange(0), help="Judgements without a gain that end the run.")
@click.option("--mixed-precision/--single-precision", default=None, help="Convolutions in half precision.")
@click.option("--seed", type=int, help="Of everything that is drawn.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--workers", type=click.IntRange(1), help="Threads that prepare photos.")
@how_much_to_say
def command(**arguments) -> int:
    """Train a model on retouched photos: PPR10K's, or your own.

    What an option leaves open is the config's. For --pairs: at most 400 steps of 8 photos, a fifth of the shoots held
    out, and an end after four judgements, one every 25 steps, without a gain. For --data the paper's: 200 epochs of 16
    photos, learning rate 1e-4, nothing held out.
    """
    return train(**arguments)
