"""`lutbridge import-checkpoint`: public PyTorch models become .safetensors files that lutbridge renders with."""

from pathlib import Path

import click

from lutbridge.cli.luts import refuse_taken
from lutbridge.cli.options import FILE
from lutbridge.cli.output import put, say
from lutbridge.errors import UsageError


def import_checkpoint(luts: Path, classifier: Path, output: Path, existing: str) -> int:
    """Writes the model; returns the exit code."""
    from lutbridge.image.atomic import atomic_write
    from lutbridge.model.checkpoint import Checkpoint, to_bytes
    from lutbridge.model.public import from_public
    from lutbridge.model.unpickle import read_tensors

    if output.suffix != ".safetensors":
        raise UsageError(f"{output}: a model's name ends in .safetensors; name it so")
    refuse_taken(output, existing, (luts, classifier))
    network, config = from_public(read_tensors(luts), read_tensors(classifier), luts, classifier)
    history = {"command": "lutbridge import-checkpoint", "data": "unknown: trained elsewhere, with code not ours"}
    history |= {f"{path.name}, SHA-256": _digest(path) for path in (luts, classifier)}
    data = to_bytes(Checkpoint(network, config, history))
    atomic_write(output, data, verify=lambda file: file.read() == data)
    say(f"{output}: {config.n_luts} basis LUTs of grid {config.grid_size}, {_PREDICTORS[config.predictor]}")
    put(str(output))
    return 0


_PREDICTORS = {
    "zeng": "the CNN of Image-Adaptive-3DLUT at 256 px",
    "zeng-unpaired": "the CNN of Image-Adaptive-3DLUT for unpaired training at 256 px",
    "resnet18": "a ResNet-18 at 224 px",
}


def _digest(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


@click.command("import-checkpoint")
@click.argument("luts", metavar="LUTs.pth", type=FILE)
@click.argument("classifier", metavar="classifier.pth", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="The new model, a .safetensors file.")
@click.option(
    "--existing",
    type=click.Choice(["refuse", "overwrite"]),
    default="refuse",
    show_default=True,
    help="What to do about a file that is there already.",
)
def command(**arguments) -> int:
    """Make a model of the public files of Image-Adaptive-3DLUT or PPR10K.

    Render with it by `lutbridge render --model FILE`. It keeps its own definition: one 3D LUT for each photo.
    """
    return import_checkpoint(**arguments)
