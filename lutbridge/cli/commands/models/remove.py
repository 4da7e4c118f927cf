"""`lutbridge models remove`: forget a model that was added."""

import click

from lutbridge.cli.output import say


def remove(name: str) -> int:
    """Removes a model; returns the exit code."""
    from lutbridge.model import added

    added.remove(name)
    say(f"Removed {name}.")
    return 0


@click.command()
@click.argument("name")
def command(**arguments) -> int:
    """Remove one of your models; its training run or file stays."""
    return remove(**arguments)
