"""`lutbridge train`: from photos and what was made of them to a model."""

import os
import time
from pathlib import Path

import click

from lutbridge.cli.options import FILE, how_much_to_say
from lutbridge.cli.output import say
from lutbridge.errors import UsageError
from lutbridge.extras import require

OWN_STYLE, PAPER = "own-style", "lam"
INTERVAL = 15.0  # seconds between two lines that say how far a run is


def train(
    data: Path | None,
    expert: str | None,
    pairs: tuple[Path, Path] | None,
    masks: Path | None,
    config: str | None,
    start: str | None,
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
        if any((data, expert, pairs, masks, config, start)):
            raise UsageError("--resume takes data and config from the run itself; leave those options out")
        task = load(output, changed)
    else:
        task = _fresh(data, expert, pairs, masks, config, start, changed)
        for folder in (*(pairs or ()), *filter(None, (data, masks))):
            if output.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{output}: lies in {folder}, which is only read from; choose a folder beside it")
    return _run(output, task, resume, device, workers)


def _fresh(data, expert, pairs, masks, config, start, changed):
    """The task that the options mean."""
    from lutbridge.train import systems
    from lutbridge.train.task import new_task

    if bool(data) == bool(pairs):
        raise UsageError("say what to learn from: either --data with a folder in PPR10K's layout, or --pairs")
    if (pairs and expert) or (data and masks):
        raise UsageError("--expert is about --data, and --masks about --pairs")
    system = systems.load(config or (OWN_STYLE if pairs else PAPER))
    if pairs:
        if pairs[0].resolve() == pairs[1].resolve():
            raise UsageError(f"--pairs: {pairs[0]} is named twice; name the photos' folder, then the finished ones'")
        before, after = (str(folder.absolute()) for folder in pairs)
        where = {"before": before, "after": after, "masks": str(masks.absolute()) if masks else ""}
    else:
        where = {"data": str(data.absolute()), "expert": expert or "a"}
    if start and Path(start).exists():  # so that the run goes on from any folder
        start = str(Path(start).absolute())
    task = new_task(system, changed, start or "", **where)
    if config and task.model != system.model.to_dict():
        say(f"{start} is another network than that of {system.name}, and is trained in its place, by the same losses")
    return task


def _run(output, task, resume, device, workers):
    from lutbridge.cli.interruption import Interruption
    from lutbridge.train.processes import join, leave
    from lutbridge.train.session import Talk, begin, train

    processes = join(device)
    if processes.rank == 0 and not resume:
        begin(output, task)
    processes.wait()
    count = workers or max(1, min(8, (os.cpu_count() or 1) // processes.world - 1))
    try:
        with Interruption("Stopping after this step and keeping a snapshot") as interruption:
            told = _Told(task, quiet=processes.rank > 0)
            talk = Talk(told.say, told.looked, told.line, told.step, lambda: interruption.requested)
            outcome = train(output, task, processes, count, talk)
    finally:
        leave(processes)
    return told.close(outcome, output)


class _Told:
    """What the user sees of a run."""

    def __init__(self, task, quiet: bool):
        self._config, self._own, self._quiet, self._looked_at = task.training_config, bool(task.before), quiet, 0
        self._last_looked = time.monotonic()
        self._started = self._last = None  # time and share of the run at the first step told of, and time of the last

    def say(self, sentence: str) -> None:
        if not self._quiet:
            say(f"Left out: {sentence}")

    def looked(self) -> None:
        self._looked_at += 1
        now = time.monotonic()
        if now - self._last_looked >= INTERVAL and not self._quiet:
            self._last_looked = now
            say(f"{self._looked_at} photos looked at")

    def step(self, step: int, share: float) -> None:
        """A line now and then that says how long it will take."""
        from lutbridge.cli.progress import duration

        now = time.monotonic()
        self._started, self._last = self._started or (now, share), self._last or now
        if now - self._last < INTERVAL or self._quiet:
            return
        self._last, (since, from_share) = now, self._started
        left = (now - since) * (1 - share) / (share - from_share)
        say(f"step {step}, {share:.0%} done, at most {duration(left)} left")

    def line(self, line: dict) -> None:
        from lutbridge.cli.progress import duration

        config = self._config
        loss = sum(
            value for name, value in line.items() if name not in ("step", "epoch", "seconds") and "held" not in name
        )
        parts = [f"step {line['step']}" + (f" of {config.steps}" if config.steps else f", epoch {line['epoch']:.2f}")]
        parts += [f"loss {loss:.5f}", *(f"{name} {value:.2f}" for name, value in line.items() if "held-out" in name)]
        say(", ".join([*parts, duration(line["seconds"])]))

    def close(self, outcome, output: Path) -> int:
        from lutbridge.cli.failures import EXIT_INTERRUPTED

        if self._quiet:
            return 0
        if outcome.end == "stopped":
            say(f"Stopped after {outcome.step} steps; go on with: lutbridge train --resume -o {output}")
            return EXIT_INTERRUPTED
        why = "as photos it does not learn from gain no more" if outcome.end == "no gain" else "as asked"
        use = f"Measure it: lutbridge evaluate --models {output} --data DIR"
        if self._own:
            use = f"Use it: lutbridge render --model {output} PHOTOS -o DIR"
        say(f"Ended after {outcome.step} steps, {why}. {use}")
        click.echo(outcome.model)
        return 0


@click.command()
@click.option("--data", type=FILE, metavar="DIR", help="Folder in PPR10K's layout; its train split is used.")
@click.option("--expert", type=click.Choice(["a", "b", "c"]), help="Whose targets of --data; without it, a.")
@click.option(
    "--pairs", type=FILE, nargs=2, metavar="BEFORE AFTER", help="Folders of your own pairs, by matching names."
)
@click.option("--masks", type=FILE, metavar="DIR", help="Person masks of --pairs, white on the person.")
@click.option("--config", metavar="NAME|FILE", help="The system; without it, lam for --data, own-style for --pairs.")
@click.option("--start", metavar="NAME|FILE", help="A model to start from, such as portrait-v1.")
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

    What an option leaves open is the config's; `lutbridge/train/systems.toml` has one for each system of the paper's
    tables.
    """
    return train(**arguments)
