"""`lutbridge evaluate`: measures models on data in PPR10K's layout or on your own pairs."""

from dataclasses import asdict
from pathlib import Path

import click

from lutbridge.cli.options import EXPERT, how_much_to_say
from lutbridge.cli.output import say
from lutbridge.cli.progress import track
from lutbridge.errors import LutbridgeError, UsageError
from lutbridge.extras import require
from lutbridge.model.registry import DEFAULT_MODEL


def evaluate(
    data: Path | None,
    pairs: Path | None,
    after: Path | None,
    expert: str,
    split: str,
    models: str,
    resolution: str,
    limit: int | None,
    parted: bool,
    output: Path | None,
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

    if bool(data) == bool(pairs) or (after and not pairs):
        raise UsageError(
            "name the photos to measure on, with either --data (PPR10K's layout) or --pairs BEFORE [AFTER]"
        )
    names = [name.strip() for name in models.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--models {models!r}: no model is named; name one or more, separated by commas")
    networks = load_models(names)
    if output:
        prepare_folder(output, "-o")  # one that cannot be made is not found out at the end
    long_side = SMALL_SIDE if resolution == "lr" else None
    found = _ppr10k(data, split, expert) if data else _own(pairs, after, parted)
    found = _limited(found, limit)
    evaluation = measured(networks, found, long_side, track)
    digests = (hashlib.sha256(find_model(name).read_bytes()).hexdigest() for name in names)
    files = "; ".join(
        f"{name} is the file with SHA-256 {digest}" for name, digest in zip(networks, digests, strict=True)
    )
    size = f"at most {SMALL_SIDE} px a side" if long_side else "at full size"
    of = f"photos of {split}, expert {expert}" if data else "own pairs"
    heading = f"{len(found)} {of}, {size}; {files}."
    text = f"{heading}\n\n{evaluation.markdown(parted)}"
    click.echo(text, nl=False)
    if output:
        _keep(output, heading, text, networks, found, evaluation, long_side)
    return 0


def _ppr10k(data, split, expert):
    from lutbridge.train.data.ppr10k import find_pairs

    return find_pairs(data, split, expert)


def _own(before, after, parted):
    """A photographer's own pairs that line up; the others are reported."""
    from lutbridge.train.data.lineup import misalignment
    from lutbridge.train.data.own_pairs import find_own_pairs
    from lutbridge.train.data.pairs import SMALL_SIDE

    if parted:
        raise UsageError("--parted needs person masks, which --pairs does not have; use --data")
    found = find_own_pairs(before, after)
    good = []
    for pair in found.pairs:
        try:
            if why := misalignment(*pair.load(long_side=SMALL_SIDE)[:2]):
                raise UsageError(f"{pair.target}: {why}, beside {pair.sources[0].name}")
        except LutbridgeError as error:
            found.left_out.append(str(error))
        else:
            good.append(pair)
    for sentence in found.left_out:
        say(f"Left out: {sentence}")
    if not good:
        raise UsageError(f"{before}: no usable pairs to measure on")
    return good


def _limited(pairs, limit):
    """At most `limit` pairs, in whole groups spread over the data; at least one group."""
    if limit is None or len(pairs) <= limit:
        return pairs
    groups = list(dict.fromkeys(pair.group for pair in pairs))
    step = len(pairs) / limit
    taken, chosen = 0, set()
    for group in groups[:: max(1, round(step))]:
        size = sum(pair.group == group for pair in pairs)
        if chosen and taken + size > limit:
            break
        taken += size
        chosen.add(group)
    return [pair for pair in pairs if pair.group in chosen]


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
    """A record for JSON, which has no infinity or nan: null stands for both."""
    from math import isfinite

    return {name: None if isinstance(v, float) and not isfinite(v) else v for name, v in asdict(record).items()}


@click.command()
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="Folder in PPR10K's layout.")
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    metavar="BEFORE [AFTER]",
    help="Your own edits instead of --data, as for `lutbridge train`; best are edits the model was not trained on.",
)
@click.argument("after", type=click.Path(path_type=Path), required=False)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Measure at most N photos, in whole groups spread over the data. Default: all.",
)
@EXPERT
@click.option("--split", default="val", show_default=True, help="Which split: train or val.")
@click.option(
    "--models",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME,…",
    help="Models to measure, separated by commas: built-in names, .safetensors files or training run folders.",
)
@click.option(
    "--resolution",
    type=click.Choice(["lr", "hr"]),
    default="lr",
    show_default=True,
    help="lr reduces larger photos to 540 px, as for the published 360p figures; hr measures at full size.",
)
@click.option(
    "--parted",
    is_flag=True,
    help="Also report the lightness errors of person and background, and how much of the difference between them the "
    "model reproduces.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Also write tables, per-photo records and a page with pictures to this folder.",
)
@how_much_to_say
def command(**arguments) -> int:
    """Measure models on photos with retouched targets.

    With a single model, also measures how close its LUTs come to its renders, and how well grouped photos match.
    """
    return evaluate(**arguments)
