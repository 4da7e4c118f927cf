"""`lutbridge evaluate`: how good a model is, on data in PPR10K's layout."""

from dataclasses import asdict
from pathlib import Path

import click

from lutbridge.errors import SetupError


def evaluate(data: Path, expert: str, split: str, model: str, output: Path | None) -> int:
    """Prints the tables; returns the exit code."""
    import hashlib

    from lutbridge.data.ppr10k import find_pairs

    try:
        from lutbridge.evaluate import run
    except ModuleNotFoundError as error:
        raise SetupError(f"evaluate needs {error.name}; install it with: pip install 'lutbridge[evaluate]'") from error
    from lutbridge.model.registry import find_model
    from lutbridge.retouch import Retoucher

    pairs = find_pairs(data, split, expert)
    retoucher = Retoucher.load(model)
    if output:
        output.mkdir(parents=True, exist_ok=True)  # a folder that cannot be made is not found out at the end
    evaluation = run.evaluate(retoucher, pairs)
    digest = hashlib.sha256(find_model(model).read_bytes()).hexdigest()
    heading = f"{len(pairs)} photos of {split}, expert {expert}; {retoucher.name} is the file with SHA-256 {digest}."
    text = f"{heading}\n\n{evaluation.markdown()}"
    click.echo(text, nl=False)
    if output:
        _keep(output, text, retoucher, pairs, evaluation)
    return 0


def _keep(output, text, retoucher, pairs, evaluation):
    """The tables, every photo's record, and the pictures to look at."""
    import json

    from lutbridge.evaluate.pictures import choose, side_by_side
    from lutbridge.evaluate.systems import model
    from lutbridge.evaluate.tradeoff import draw_tradeoff

    (output / "tables.md").write_text(text, encoding="utf-8")
    records = {name: [asdict(r) for r in found] for name, found in evaluation.records.items()}
    (output / "photos.json").write_text(json.dumps(records, default=lambda array: array.tolist()), encoding="utf-8")
    draw_tradeoff(evaluation.groups, output / "groups.png")
    by_name = {pair.name: pair for pair in pairs}
    for kind, record in choose(evaluation.records[retoucher.name]).items():
        side_by_side(model(retoucher), by_name[record.name]).save(output / f"{kind}-{record.name}.png")


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder in PPR10K's layout.")
@click.option("--expert", type=click.Choice(["a", "b", "c"]), default="a", show_default=True, help="Whose targets.")
@click.option("--split", default="val", show_default=True, help="Folder of the split: train or val.")
@click.option(
    "--model", default="portrait-v1", show_default=True, help="A built-in model's name or a .safetensors file."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for tables, records and pictures.")
def command(**arguments) -> int:
    """Measure a model on photos with retouched targets."""
    return evaluate(**arguments)
