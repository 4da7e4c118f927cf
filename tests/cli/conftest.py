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


@pytest.fixture
def shoot(tmp_path, make_photo):
    """A folder of three small photos, one of them in a folder of its own."""
    for number, name in enumerate(("a.png", "b.jpg", "late/c.tif")):
        make_photo(tmp_path / "shoot" / name, seed=number)
    return tmp_path / "shoot"
