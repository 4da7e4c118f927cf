"""`lutbridge models show`: the facts about a model."""

from pathlib import Path

import click

from lutbridge.cli.options import FILE
from lutbridge.cli.output import put_table, say


def show(name: str, picture: Path | None) -> int:
    """Prints the facts in a model's file, and writes its picture if asked to; returns the exit code."""
    from lutbridge.cli.luts import refuse_taken
    from lutbridge.errors import UsageError
    from lutbridge.files import atomic_write
    from lutbridge.model.checkpoint import read
    from lutbridge.model.registry import find_model

    path = find_model(name)
    found = read(path)
    rows = [("file", str(path)), ("size", f"{path.stat().st_size / 2**20:.1f} MB")]
    if getattr(found.config, "has_mask", False):
        rows.append(("person and background", "separate"))
    if getattr(found.config, "style", False):
        rows.append(("style", "a look applied after the correction"))
    put_table(rows + [(key, " ".join(value.split())) for key, value in found.history.items()])
    if picture:
        if not found.picture:
            raise UsageError(f"{name} has no picture")
        refuse_taken(picture, None)
        atomic_write(picture, found.picture, replace=False)
        say(f"Picture: {picture}")
    return 0


@click.command()
@click.argument("name", metavar="NAME|FILE")
@click.option("--picture", type=FILE, metavar="FILE", help="Also save the model's picture as a JPEG.")
def command(**arguments) -> int:
    """Show how a model was made, by whom and from how many pairs."""
    return show(**arguments)
