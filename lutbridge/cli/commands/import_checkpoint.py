"""`lutbridge import-checkpoint`: public PyTorch models become .safetensors files that lutbridge reads."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.luts import refuse_taken
from lutbridge.cli.options import EXISTING_FILE, FILE
from lutbridge.cli.output import put, say
from lutbridge.errors import UsageError
from lutbridge.extras import require

FILES = (
    "give LUTs.pth and classifier.pth of Image-Adaptive-3DLUT or PPR10K; or the one file of CLUT-Net, AdaInt or "
    "SepLUT; or --config, and the one file of a ResNet-18 to start from"
)


def import_checkpoint(files: Sequence[Path], config: str | None, output: Path, existing: str) -> int:
    """Writes the model; returns the exit code."""
    require("train", "lutbridge import-checkpoint")
    from lutbridge.files import atomic_write
    from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes

    if len(files) > (1 if config else 2):
        raise UsageError(FILES)
    if output.suffix != ".safetensors":
        raise UsageError(f"{output}: a model file must end in .safetensors")
    refuse_taken(output, existing, files)
    network, made_from, told = _start(files[0], config) if config else _trained(files)
    history = {"command": "lutbridge import-checkpoint", "data": "unknown: trained elsewhere, with code not ours"}
    history |= {f"{path.name}, SHA-256": _digest(path) for path in files}
    data = to_bytes(Checkpoint(network, made_from, history))
    atomic_write(output, data, lambda file: file.read() == data, replace=existing == "overwrite")
    say(f"{output}: {told}")
    put(str(output))
    return 0


def _trained(files):
    """A public model: network, config, and what to say of it."""
    from lutbridge.model.build import can_build
    from lutbridge.research.known_models import recognise
    from lutbridge.research.public_clut import from_public_clut
    from lutbridge.research.public_curves import from_public_curves
    from lutbridge.research.public_models import from_public
    from lutbridge.research.unpickle import read_tensors

    tensors = read_tensors(files)
    known = [_refuse_unbuilt(recognise(found), path) for found, path in zip(tensors, files, strict=True)]
    if len(files) == 1 and known[0]:
        one = tensors[0], files[0]
        network, config = from_public_clut(*one) if known[0] == "CLUT-Net" else from_public_curves(known[0], *one)
        only = "" if can_build(config) else "; only to be measured"
        return network, config, f"{known[0]}, {config.n_luts} basis LUTs of grid {config.grid_size}{only}"
    if len(files) == 1 or any(known):
        raise UsageError(FILES)
    network, config = from_public(*tensors, *files)
    return network, config, f"{config.n_luts} basis LUTs of grid {config.grid_size}, {_PREDICTORS[config.predictor]}"


def _refuse_unbuilt(model, path):
    """The name of a public model, if it is not one that lutbridge lacks parts of."""
    from lutbridge.errors import ReadError
    from lutbridge.research.known_models import MISSING

    if model in MISSING:
        raise ReadError(path, f"is a model of {model}, which cannot be imported: {MISSING[model]}")
    return model


_PREDICTORS = {
    "zeng": "the CNN of Image-Adaptive-3DLUT at 256 px",
    "zeng-unpaired": "the CNN of Image-Adaptive-3DLUT for unpaired training at 256 px",
    "resnet18": "a ResNet-18 at 224 px",
}


def _start(resnet, config):
    """An untrained system whose ResNet-18 was trained on other photos."""
    from lutbridge.research.known_models import recognise
    from lutbridge.research.public_models import start_from_imagenet
    from lutbridge.research.unpickle import read_tensors
    from lutbridge.train import systems
    from lutbridge.train.networks.build import build

    system = systems.load(config)
    if getattr(system.model, "predictor", "") != "resnet18":
        raise UsageError(f"{config}: this system has no ResNet-18 to start; lam, liang and others have one")
    network = build(system.model)
    (tensors,) = read_tensors([resnet])
    _refuse_unbuilt(recognise(tensors), resnet)
    start_from_imagenet(network, tensors, resnet)
    return network, system.model, f"{system.name}, not trained yet; a start for lutbridge train --config {config}"


def _digest(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


@click.command("import-checkpoint")
@click.argument("files", metavar="FILE.pth [FILE.pth]", type=FILE, nargs=-1, required=True)
@click.option(
    "--config",
    metavar="NAME|FILE",
    help="Make a starting point for training this system from a ResNet-18 file. Default: convert a model.",
)
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="Output .safetensors file.")
@EXISTING_FILE
def command(**arguments) -> int:
    """Convert a public PyTorch 3D LUT model to lutbridge.

    Takes LUTs.pth and classifier.pth, as published with Image-Adaptive-3DLUT or PPR10K. Render with the result:
    `lutbridge render --model FILE`. It works as published: one 3D LUT per photo.

    Also takes the one file of CLUT-Net, which works everywhere as well, and of AdaInt or SepLUT, which can only be
    measured: `lutbridge evaluate --models FILE`.

    Only import models for sRGB photos. A file does not say whether it is for sRGB or XYZ.

    With --config, takes torchvision's resnet18-….pth and makes a starting point for `lutbridge train --config NAME
    --start FILE`, pretrained on ImageNet like the published models.
    """
    return import_checkpoint(**arguments)
