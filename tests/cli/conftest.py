from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

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


@pytest.fixture
def shoot(tmp_path, make_photo):
    """A folder of three small photos, one of them in a folder of its own."""
    for number, name in enumerate(("a.png", "b.jpg", "late/c.tif")):
        make_photo(tmp_path / "shoot" / name, seed=number)
    return tmp_path / "shoot"


@pytest.fixture
def burst(tmp_path):
    """A folder of three takes of one scene in different light and framing, and one photo of something else."""

    def scene(seed):
        random = np.random.default_rng(seed)
        picture = np.full((120, 160, 3), 0.45)
        for _ in range(60):
            top, left, height, width = (random.uniform(0, 0.8, 4) * 120).astype(int)
            picture[top : top + height // 2, left : left + width // 2] = random.uniform(0.1, 0.85, 3)
        return picture

    def write(name, picture):
        picture = picture + np.random.default_rng(len(name)).normal(0, 0.004, picture.shape)  # grain: it is no drawing
        Image.fromarray(np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)).save(folder / name)

    folder = tmp_path / "burst"
    folder.mkdir()
    write("1.png", scene(1)[:, :140])
    write("2.png", 0.85 * scene(1)[:, 10:150])
    write("3.png", scene(1)[:, 20:] * (1.05, 1, 0.9))
    write("stranger.png", scene(9))
    return folder
