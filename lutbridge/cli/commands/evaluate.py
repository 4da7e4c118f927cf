"""`lutbridge evaluate`: how good models are, on data in PPR10K's layout."""

from dataclasses import asdict
from pathlib import Path

import click

from lutbridge.cli.options import how_much_to_say
from lutbridge.cli.output import say
from lutbridge.cli.progress import track
from lutbridge.errors import UsageError
from lutbridge.extras import require
from lutbridge.model.registry import DEFAULT_MODEL


def evaluate(
    data: Path, expert: str, split: str, models: str, resolution: str, parted: bool, output: Path | None
) -> int:
    """Prints the tables; returns the exit code."""
    require("train", "lutbridge evaluate")
    say(f"loading {models}")  # PyTorch takes its time
    import hashlib

    from lutbridge.batch.run import prepare_folder
    from lutbridge.model.registry import find_model
    from lutbridge.research.evaluation import evaluate as measured
    from lutbridge.research.systems import load_models
    from lutbridge.train.data.pairs import SMALL_SIDE
    from lutbridge.train.data.ppr10k import find_pairs

    names = [name.strip() for name in models.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--models {models!r}: names no model; give one or more, with commas between them")
    pairs = find_pairs(data, split, expert)
    networks = load_models(names)
    if output:
        prepare_folder(output, "-o")  # one that cannot be made is not found out at the end
    long_side = SMALL_SIDE if resolution == "lr" else None
    evaluation = measured(networks, pairs, long_side, track)
    digests = (hashlib.sha256(find_model(name).read_bytes()).hexdigest() for name in names)
    files = "; ".join(
        f"{name} is the file with SHA-256 {digest}" for name, digest in zip(networks, digests, strict=True)
    )
    size = f"at most {SMALL_SIDE} px a side" if long_side else "at full size"
    heading = f"{len(pairs)} photos of {split}, expert {expert}, {size}; {files}."
    text = f"{heading}\n\n{evaluation.markdown(parted)}"
    click.echo(text, nl=False)
    if output:
        _keep(output, heading, text, networks, pairs, evaluation, long_side)
    return 0


def _keep(output, heading, text, networks, pairs, evaluation, long_side):
    """The tables, every photo's record, the page with pictures, and each model's sheet."""
    import json

    from lutbridge.files import atomic_write
    from lutbridge.research.report import write_report
    from lutbridge.research.sheet import write_sheet
    from lutbridge.research.systems import model
    from lutbridge.research.tradeoff import draw_tradeoff

    atomic_write(output / "tables.md", text.encode())
    records = {name: [_plain(r) for r in found] for name, found in evaluation.records.items()}
    atomic_write(
        output / "photos.json", json.dumps(records, allow_nan=False, default=lambda array: array.tolist()).encode()
    )
    if evaluation.groups:
        draw_tradeoff(evaluation.groups, output / "groups.png")
    systems = {name: model(network) for name, network in networks.items()}
    write_report(output / "report.html", heading, evaluation, systems, pairs, long_side, track)
    for name, system in systems.items():
        write_sheet(output / f"sheet-{name}.jpg", system, evaluation.records[name], pairs, long_side, track)


def _plain(record):
    """A record as JSON has it, which knows no infinity and no nan: null stands for both."""
    from math import isfinite

    return {name: None if isinstance(v, float) and not isfinite(v) else v for name, v in asdict(record).items()}


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder in PPR10K's layout.")
@click.option("--expert", type=click.Choice(["a", "b", "c"]), default="a", show_default=True, help="Whose targets.")
@click.option("--split", default="val", show_default=True, help="Folder of the split: train or val.")
@click.option(
    "--models",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME,…",
    help="Built-in models, .safetensors files or folders of training runs, with commas between them.",
)
@click.option(
    "--resolution",
    type=click.Choice(["lr", "hr"]),
    default="lr",
    show_default=True,
    help="lr reduces larger photos to 540 px, as for the published 360p figures; hr measures them as they are.",
)
@click.option(
    "--parted",
    is_flag=True,
    help="Also how far person and background are off in lightness, each for itself, and how far they are parted.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder for tables, records and a page to look at."
)
@how_much_to_say
def command(**arguments) -> int:
    """Measure models on photos with retouched targets.

    With one model, also how near its LUTs come to its renders, and how well takes of a group match.
    """
    return evaluate(**arguments)
