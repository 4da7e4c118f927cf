"""The recipe of the shipped weights: `python -m lutbridge.train.portrait DATA OUT`.

DATA holds manifest.csv, photos and masks (see `data.portraits`); OUT gets the log, a snapshot to resume from, and in
the end the model. A run takes half an hour on a CPU core and can be stopped and started again. It ends long before the
learning rates have fallen: with this few photos, longer runs learn them by heart (docs/training-log.md).
"""

import subprocess
from dataclasses import replace
from pathlib import Path

import click
import torch

from lutbridge import configs
from lutbridge.data.degrade import DegradeConfig
from lutbridge.data.portraits import load_portraits
from lutbridge.data.takes import Takes, TakesConfig
from lutbridge.image.atomic import atomic_write
from lutbridge.model import checkpoint
from lutbridge.model.build import build
from lutbridge.train.basis import principal_luts
from lutbridge.train.run import Run, TrainConfig

LICENCES = ("CC0-1.0", "Unsplash")
MODEL = configs.load("portrait").model
ERRORS = DegradeConfig()
# Single pixels with their neighbours, spread over many photos, teach the predictor more for the same time than a few
# whole patches; all photos of a batch share one lookup.
TAKES = TakesConfig(batch=32, side=MODEL.thumbnail_size, patches=384, patch=MODEL.context)
TRAINING = TrainConfig(steps=6_000, decay_steps=24_000, lr=1e-3, averaging=0.998, lambda_delta_e=1e-3)
LONG_SIDE = 384  # px the photos are reduced to before crops are taken


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--steps", type=int, default=TRAINING.steps, show_default=True, help="Batches in all.")
@click.option("--gam", type=float, default=0.0, show_default=True, help="Weight of the group-style aware loss, λ_GAM.")
@click.option("--threads", type=int, default=2, show_default=True, help="CPU threads.")
def main(data: Path, out: Path, steps: int, gam: float, threads: int) -> None:
    """Train the default model on the train split of DATA, going on from OUT's snapshot where there is one."""
    commit = _commit()
    torch.set_num_threads(threads)
    training = replace(TRAINING, steps=steps, lambda_gam=gam)
    torch.manual_seed(training.seed)
    portraits = load_portraits(data, "train", LICENCES, LONG_SIDE)
    network = build(MODEL)
    run = Run(network, Takes(portraits, TAKES, ERRORS, training.seed), training)
    out.mkdir(parents=True, exist_ok=True)
    snapshot = out / "snapshot.pt"
    if snapshot.is_file():
        run.resume(snapshot)
    else:
        with torch.no_grad():
            network.luts.copy_(principal_luts(portraits, ERRORS, MODEL.n_luts, MODEL.grid_size, training.seed))
        run.averaged.module.load_state_dict(network.state_dict())
    run.train(out / "log.jsonl", snapshot)
    history = {
        "command": f"python -m lutbridge.train.portrait DATA OUT --steps {steps} --gam {gam:g} --threads {threads}",
        "commit": commit,
        "data": f"{len(portraits)} finished portraits, train split, {' and '.join(LICENCES)}",
    }
    trained = checkpoint.Checkpoint(run.averaged.module.eval(), MODEL, history)
    model = out / "model.safetensors"
    atomic_write(model, checkpoint.to_bytes(trained))
    click.echo(f"{model}: {run.step} steps")


def _commit():
    """The commit of the code, with a mark where it was changed since."""
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=Path(__file__).parent
    )
    return git.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
