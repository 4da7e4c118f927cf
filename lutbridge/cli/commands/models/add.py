"""`lutbridge models add`: keep a model under a name."""

import click

from lutbridge.cli.output import say
from lutbridge.errors import as_typed


def add(model: str, name: str | None, maker: str) -> int:
    """Adds a model; returns the exit code."""
    from lutbridge.looks.swatch import swatch
    from lutbridge.model import added
    from lutbridge.model.checkpoint import load_network, read
    from lutbridge.model.registry import find_model, name_of

    path = find_model(model)
    network = load_network(path)
    picture = None
    if not read(path).picture and network.style is not None:
        picture = swatch(network.style)
    name = name or name_of(path)
    added.add(path, name, maker, picture)
    say(f"Added as {name}. Use it: lutbridge render PHOTOS --model {as_typed(name)} -o DIR")
    return 0


@click.command()
@click.argument("model", metavar="RUN|FILE")
@click.option("--name", help="Name of the model. Default: the name of the folder or file.")
@click.option("--maker", default="", help="Maker's name, for others you share it with. Default: none.")
def command(**arguments) -> int:
    """Add a trained style to your models.

    Takes the folder of the training run, or a model file.
    """
    return add(**arguments)
