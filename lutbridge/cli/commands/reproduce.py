"""`lutbridge reproduce`: reproduces a table of the paper."""

import os
import re
from itertools import count
from pathlib import Path

import click

from lutbridge.cli.options import DEVICE, EXPERT, FILE, how_much_to_say
from lutbridge.cli.output import say
from lutbridge.errors import UsageError
from lutbridge.extras import require

TABLES = ("table1", "table2", "table3", "table4")
INTERVALS = "In brackets 95 % of 2,000 resamples of the groups: chance in the photos, not in the training."
OVER_SEEDS = (
    "Means over seeds {} ± their standard deviation. In brackets 95 %: of a figure, over 2,000 resamples of the "
    "groups; of a difference, counting both chance in the photos and chance in the training."
)
BUDGET = re.compile(r"(\d+(?:\.\d+)?)\s*(steps?|min(?:utes?)?)")


def reproduce(
    table: str,
    data: Path,
    train: Path | None,
    expert: str,
    resolution: str,
    budget: str | None,
    predictor: str | None,
    resnet: Path | None,
    seeds: list[int],
    also: str,
    output: Path,
    device: str,
    workers: int | None,
) -> int:
    """Trains missing systems and prints the table; returns the exit code."""
    require("train", "lutbridge reproduce")
    say(f"loading what {table} needs")  # PyTorch takes its time
    from lutbridge.batch.run import prepare_folder
    from lutbridge.cli.failures import EXIT_INTERRUPTED
    from lutbridge.cli.interruption import Interruption
    from lutbridge.cli.progress import track
    from lutbridge.files import atomic_write
    from lutbridge.research import reproduce as again
    from lutbridge.research.published import REFERENCES, Row, later, later_table, rows
    from lutbridge.train import systems
    from lutbridge.train.data.pairs import SMALL_SIDE
    from lutbridge.train.data.ppr10k import expected_tree, find_pairs
    from lutbridge.train.processes import alone

    learned_from = train or data
    if not (learned_from / "train").is_dir():
        raise UsageError(
            f"{learned_from}: has no train split; name a folder that has one with --train "
            f"(docs/reproduce.md says how to make one for ppr10k-mini). Expected:\n"
            + expected_tree(learned_from, "train", expert)
        )
    pairs = find_pairs(data, "val", expert)
    limits, processes = _limits(budget), alone(device)
    training = again.Training(learned_from, expert, *limits, predictor or "", device=processes.device, resnet=resnet)
    wanted = [*rows(table, expert, resolution), *(Row(name, name, {}) for name in also.split(",") if name)]
    for row in wanted:
        systems.load(row.config)  # a misspelt name is answered before an hour of training
    prepare_folder(output, "-o")
    with Interruption("Stopping after this step and keeping a snapshot") as interruption:
        talk = _talk(lambda: interruption.requested, len(wanted) * len(seeds))
        long_side = SMALL_SIDE if resolution == "lr" else None
        threads = workers or max(1, (os.cpu_count() or 1) - 1)
        text = again.table(wanted, REFERENCES[table], output, pairs, long_side, training, seeds, threads, talk, track)
    if text is None:
        say("Stopped; run the same command again to continue.")
        return EXIT_INTERRUPTED
    measured = f"{table}, expert {expert}, {resolution}: {len(pairs)} photos in {len({p.group for p in pairs})} groups"
    intervals = OVER_SEEDS.format(", ".join(map(str, seeds))) if len(seeds) > 1 else INTERVALS
    text = f"{measured}; {_how_trained(budget, predictor, resnet)}. {intervals}\n\n{text}\n"
    if since := later_table(later(table, expert, resolution)):
        text += f"\n{since}"
    click.echo(text, nl=False)
    atomic_write(output / f"{table}.md", text.encode())
    return 0


def _how_trained(budget, predictor, resnet):
    how = f"trained for {budget or 'the published schedule'}"
    how += f", predictor {predictor} in every LUT system" if predictor else ""
    return how + (f", every ResNet-18 from {resnet.name}" if resnet else "")


def _limits(budget):
    """Steps and minutes for each system."""
    if budget is None:
        return 0, 0.0
    found = BUDGET.fullmatch(budget.strip().lower())
    number, in_steps = (float(found[1]), found[2].startswith("step")) if found else (0.0, False)
    if not number or (in_steps and number % 1):
        raise UsageError(f"--budget {budget}: not a valid amount; write it as 2000steps or 30min")
    return (int(number), 0.0) if in_steps else (0, number)


def _seeds(context, parameter, text):
    """Distinct whole numbers, in their order."""
    numbers = [number.strip() for number in text.split(",")]
    if not all(number.isdecimal() for number in numbers) or len(set(map(int, numbers))) < len(numbers):
        raise click.BadParameter(f"{text}: give different whole numbers, for example 1,2,3")
    return list(map(int, numbers))


def _talk(stop, runs):
    """For the name of each run, how its training speaks; asked for run after run."""
    from lutbridge.train.session import Talk

    numbers = count(1)

    def talk(name):
        number = next(numbers)

        def tell(line):
            loss = ", ".join(f"{name} {value:.4f}" for name, value in line.items() if name == "mse")
            say(f"{name} (run {number} of {runs}): step {line['step']}, epoch {line['epoch']:.2f}, {loss}")

        return Talk(say, tell=tell, stop=stop)

    return talk


@click.command()
@click.argument("table", type=click.Choice(TABLES))
@click.option(
    "--data", type=FILE, required=True, metavar="DIR", help="Folder in PPR10K's layout; its val split is measured."
)
@click.option("--train", type=FILE, metavar="DIR", help="Folder with the train split. Default: --data.")
@EXPERT
@click.option(
    "--resolution",
    type=click.Choice(["lr", "hr"]),
    default="lr",
    show_default=True,
    help="Resolution to measure at: lr 540 px, hr full size.",
)
@click.option(
    "--budget",
    metavar="2000steps|30min",
    help="Training per system, in steps or minutes. Default: the published schedule.",
)
@click.option(
    "--predictor",
    type=click.Choice(["zeng", "resnet18", "histogram-cnn"]),
    help="Use this predictor in every LUT system, as ResNet-18 learns little in a short budget. Default: their own.",
)
@click.option(
    "--resnet",
    type=FILE,
    metavar="FILE",
    help="Start every ResNet-18 from torchvision's resnet18-….pth. Default: untrained.",
)
@click.option(
    "--seeds",
    default="1",
    show_default=True,
    metavar="N,…",
    callback=_seeds,
    help="Train each system once per seed, and report mean and spread over the seeds.",
)
@click.option(
    "--also", default="", metavar="CONFIG,…", help="Additional configs, such as lam-released or wide. Default: none."
)
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="Output folder for runs and table.")
@DEVICE
@click.option(
    "--workers", type=click.IntRange(1), help="Threads that prepare photos. Default: one less than the CPU cores."
)
@how_much_to_say
def command(**arguments) -> int:
    """Reproduce one of the paper's tables.

    Shows the published figures alongside. Trains the systems that are not in the output folder yet. You can stop the
    command and run it again to continue.
    """
    return reproduce(**arguments)
