"""`lutbridge models import`: adds an exported model."""

from pathlib import Path

import click

from lutbridge.cli.options import FILE
from lutbridge.cli.output import say


def import_(file: Path, name: str | None) -> int:
    """Adds a model from an exported file; returns the exit code."""
    from lutbridge.model import added
    from lutbridge.model.checkpoint import read

    found = read(file)
    name = name or found.history.get(added.NAME) or file.stem
    added.add(file, name)
    say(f"Added as {name}: {added.summary(found.history)}")
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--name", help="Name of the model. Default: the name it was exported under.")
def command(**arguments) -> int:
    """Add a model from a file of `lutbridge models export`."""
    return import_(**arguments)
