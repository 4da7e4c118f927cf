"""`lutbridge models export`: saves a model to a file to share."""

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
        raise UsageError(f"{output}: a model file must end in .safetensors")
    path = added.the_added(name)
    refuse_taken(output, None)
    atomic_write(output, path.read_bytes(), replace=False)
    put(str(output))
    return 0


@click.command()
@click.argument("name")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="Output .safetensors file.")
def command(**arguments) -> int:
    """Export one of your models to a file you can share.

    The file contains the name, a picture, the maker and the number of training pairs, but none of your photos.
    """
    return export(**arguments)
