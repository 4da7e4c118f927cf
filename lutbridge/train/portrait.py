"""The recipes of the shipped weights: `python -m lutbridge.train.portrait DATA… OUT`.

Each DATA holds manifest.csv, photos and masks (see `train.data.portraits`); OUT gets the log, a snapshot to resume
from, and in the end the model. portrait-v2, the default, takes two hours on a CPU core; whole shoots are held out, and
the log says how well it does on them. A run can be stopped and started again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click
import torch

from lutbridge.errors import UsageError
from lutbridge.files import atomic_write
from lutbridge.train import systems
from lutbridge.train.basis import principal_luts
from lutbridge.train.config import TrainConfig
from lutbridge.train.data.degrade import DegradeConfig
from lutbridge.train.data.light import LightErrors
from lutbridge.train.data.portraits import LICENCES, Portrait, load_portraits
from lutbridge.train.data.takes import Takes, TakesConfig
from lutbridge.train.log import Log
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.patch_losses import PatchLosses
from lutbridge.train.portrait_judge import PortraitJudge, hold_out_shoots
from lutbridge.train.provenance import commit
from lutbridge.train.region_losses import RegionLosses
from lutbridge.train.run import Run


@dataclass(frozen=True)
class Recipe:
    """How the weights of a system are made from finished portraits.

    Attributes:
        long_side: px the photos are reduced to before crops are taken.
        errors: what training undoes.
        basis: the errors that the first basis LUTs undo.
        losses: makes the losses of the takes and the system's shares.
        judged: whether shoots are held out as a judge.
    """

    long_side: int
    errors: DegradeConfig
    basis: DegradeConfig
    takes: TakesConfig
    losses: Callable
    training: TrainConfig
    judged: bool


RECIPES = {
    "portrait-v2": Recipe(
        256, LightErrors(), DegradeConfig(exposure=0.9, exposure_mean=-0.6, contrast=0.2, temperature=0.2),
        TakesConfig(batch=32, side=128, patches=448, patch=1), RegionLosses,
        TrainConfig(
            steps=21_000, decay_steps=21_000, warm_up=300, lr=1e-3, weight_decay=1e-3, averaging=0.998, clip=1.0,
            fixed_identity=True, keep_best=False, judge_every=500, report_every=500, snapshot_every=500,
        ),
        judged=True,
    ),
    # It ends long before the learning rates have fallen: with so few photos, longer runs learn them by heart.
    "portrait": Recipe(
        384, DegradeConfig(), DegradeConfig(), TakesConfig(batch=32, side=128, patches=384, patch=3), PatchLosses,
        TrainConfig(
            steps=6_000, decay_steps=24_000, warm_up=300, lr=1e-3, weight_decay=1e-4, averaging=0.998, clip=1.0,
            report_every=500, snapshot_every=1000,
        ),
        judged=False,
    ),
}  # fmt: skip


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--system", type=click.Choice(list(RECIPES)), default="portrait-v2", show_default=True)
@click.option("--steps", type=int, help="Batches in all; the recipe's without it.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of weights, crops, errors and dropout.")
@click.option("--threads", type=int, default=2, show_default=True, help="CPU threads.")
def main(data: tuple[Path, ...], out: Path, system: str, steps: int | None, seed: int, threads: int) -> None:
    """Train a shipped model on the train splits of DATA, going on from OUT's snapshot if there is one."""
    torch.set_num_threads(threads)
    recipe, config = RECIPES[system], systems.load(system)
    training = replace(recipe.training, seed=seed, steps=steps or recipe.training.steps)
    portraits, judge = load(data, recipe)
    torch.manual_seed(seed)
    network = build(config.model)
    takes = Takes(portraits, recipe.takes, recipe.errors, seed)
    run = Run(network, recipe.losses(takes, config.losses), takes, training, judge=judge)
    out.mkdir(parents=True, exist_ok=True)
    snapshot = out / "snapshot.pt"
    if snapshot.is_file():
        run.resume(snapshot)
    else:
        luts = principal_luts(portraits, recipe.basis, config.model.n_luts, config.model.grid_size, seed)
        run.start_from(network.state_dict() | {"luts": luts})
    history = {
        "command": f"python -m lutbridge.train.portrait DATA… OUT --system {system} --steps {training.steps} "
        f"--seed {seed} --threads {threads}",
        "commit": commit(),
        "data": describe(portraits),
    }
    model = out / "model.safetensors"

    def keep(trained):
        atomic_write(model, checkpoint.to_bytes(checkpoint.Checkpoint(trained.eval(), config.model, history)))

    run.train(Log(out / "log.jsonl", run.step), snapshot, keep)
    click.echo(f"{model}: {run.step} steps on {history['data']}")


def load(folders: tuple[Path, ...], recipe: Recipe) -> tuple[list[Portrait], PortraitJudge | None]:
    """What to train on, and what judges.

    Raises:
        UsageError: a folder lacks something, or no photo is left to judge by.
    """
    portraits = [p for folder in folders for p in load_portraits(folder, "train", LICENCES, recipe.long_side)]
    if not recipe.judged:
        return portraits, None
    portraits, held = hold_out_shoots(portraits)
    try:
        return portraits, PortraitJudge(held, recipe.takes.side)
    except ValueError as error:
        raise UsageError(f"{', '.join(map(str, folders))}: {error}; give the folders the recipe names") from error


def describe(portraits: list[Portrait]) -> str:
    """The number of photos per licence."""
    licences = Counter(portrait.licence for portrait in portraits)
    counts = ", ".join(f"{count} {licence}" for licence, count in sorted(licences.items()))
    return f"{len(portraits)} finished portraits, train split: {counts}"


if __name__ == "__main__":
    main()
