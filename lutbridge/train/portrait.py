"""The recipe of the shipped weights: `python -m lutbridge.train.portrait DATA OUT`.

DATA holds manifest.csv, photos and masks (see `train.data.portraits`); OUT gets the log, a snapshot to resume from, and
in the end the model. A run takes half an hour on a CPU core and can be stopped and started again. It ends long before
the learning rates have fallen: with this few photos, longer runs learn them by heart (docs/training-log.md).
"""

from dataclasses import replace
from pathlib import Path

import click
import torch

from lutbridge.files import atomic_write
from lutbridge.train import systems
from lutbridge.train.basis import principal_luts
from lutbridge.train.config import TrainConfig
from lutbridge.train.data.degrade import DegradeConfig
from lutbridge.train.data.portraits import LICENCES, load_portraits
from lutbridge.train.data.takes import Takes, TakesConfig
from lutbridge.train.log import Log
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.patch_losses import PatchLosses
from lutbridge.train.provenance import commit
from lutbridge.train.run import Run

SYSTEM = systems.load("portrait")
MODEL = SYSTEM.model
ERRORS = DegradeConfig()
TAKES = TakesConfig(batch=32, side=MODEL.thumbnail_size, patches=384, patch=MODEL.context)
TRAINING = TrainConfig(
    steps=6_000, decay_steps=24_000, warm_up=300, lr=1e-3, weight_decay=1e-4, averaging=0.998, clip=1.0,
    report_every=500, snapshot_every=1000,
)  # fmt: skip
LONG_SIDE = 384  # px the photos are reduced to before crops are taken


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--steps", type=int, default=TRAINING.steps, show_default=True, help="Batches in all.")
@click.option("--gam", type=float, default=0.0, show_default=True, help="Weight of the group-style aware loss, λ_GAM.")
@click.option("--threads", type=int, default=2, show_default=True, help="CPU threads.")
def main(data: Path, out: Path, steps: int, gam: float, threads: int) -> None:
    """Train the default model on the train split of DATA, going on from OUT's snapshot where there is one."""
    torch.set_num_threads(threads)
    training = replace(TRAINING, steps=steps)
    torch.manual_seed(training.seed)
    portraits = load_portraits(data, "train", LICENCES, LONG_SIDE)
    network = build(MODEL)
    takes = Takes(portraits, TAKES, ERRORS, training.seed)
    run = Run(network, PatchLosses(takes, replace(SYSTEM.losses, gam=gam)), takes, training)
    out.mkdir(parents=True, exist_ok=True)
    snapshot = out / "snapshot.pt"
    if snapshot.is_file():
        run.resume(snapshot)
    else:
        luts = principal_luts(portraits, ERRORS, MODEL.n_luts, MODEL.grid_size, training.seed)
        run.start_from(network.state_dict() | {"luts": luts})
    history = {
        "command": f"python -m lutbridge.train.portrait DATA OUT --steps {steps} --gam {gam:g} --threads {threads}",
        "commit": commit(),
        "data": f"{len(portraits)} finished portraits, train split, {' and '.join(LICENCES)}",
    }
    model = out / "model.safetensors"

    def keep(trained):
        atomic_write(model, checkpoint.to_bytes(checkpoint.Checkpoint(trained.eval(), MODEL, history)))

    run.train(Log(out / "log.jsonl", run.step), snapshot, keep)
    click.echo(f"{model}: {run.step} steps")


if __name__ == "__main__":
    main()
