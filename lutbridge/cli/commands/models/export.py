"""`lutbridge models export`: a model as a file to give away."""

from pathlib import Path

import click

from lutbridge.cli.options import FILE
from lutbridge.cli.output import put


def export(name: str, output: Path) -> int:
    """Writes an added model's file; returns the exit code."""
    from lutbridge.cli.luts import refuse_taken
    from lutbridge.errors import UsageError
    from lutbridge.files import atomic_write
    from lutbridge.model import added

    if output.suffix != ".safetensors":
        raise UsageError(f"{output}: a model's file ends in .safetensors")
    path = added.the_added(name)
    refuse_taken(output, None)
    atomic_write(output, path.read_bytes(), replace=False)
    put(str(output))
    return 0


@click.command()
@click.argument("name")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="The new .safetensors file.")
def command(**arguments) -> int:
    """Write a model that you added to one file, to give away.

    It holds the name, a picture, the maker and how many pairs it was learned from, and no photo.
    """
    return export(**arguments)
