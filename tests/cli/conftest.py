from dataclasses import dataclass

import pytest

from lutbridge.cli.failures import guarded
from lutbridge.cli.main import cli


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def lutbridge(capsys):
    """Runs the command line in this process, as `main` does."""

    def run(*arguments):
        capsys.readouterr()
        code = guarded(
            lambda: cli.main([str(argument) for argument in arguments], prog_name="lutbridge", standalone_mode=False)
        )
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory):
    """A small untrained network that brightens, as a model file."""
    import torch

    from lutbridge.model.build import build
    from lutbridge.model.checkpoint import Checkpoint, to_bytes
    from lutbridge.model.config import ModelConfig

    config = ModelConfig(n_luts=2, grid_size=5, context_channels=4, voxel_channels=4, thumbnail_size=32)
    torch.manual_seed(0)
    network = build(config)
    with torch.no_grad():
        for lut in network.luts:
            lut.mul_(0.9).add_(0.1)
    path = tmp_path_factory.mktemp("models") / "toy.safetensors"
    path.write_bytes(to_bytes(Checkpoint(network, config, {})))
    return path


@pytest.fixture
def shoot(tmp_path, make_photo):
    """A folder of three small photos, one of them in a folder of its own."""
    for number, name in enumerate(("a.png", "b.jpg", "late/c.tif")):
        make_photo(tmp_path / "shoot" / name, seed=number)
    return tmp_path / "shoot"
