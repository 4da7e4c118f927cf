"""`pip install lutbridge` into an empty environment: what it takes on disk, and that it does what it should.

Needs a package registry, which the other tests do without; `tests/test_without_extras.py` is their share of it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.base_installation import Installation, check_everything
from tests.test_packaging import wheel  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
MOST_MEGABYTES = 600  # on disk, Python's own share of the environment included


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):  # noqa: F811
    """The folder of an environment with the built wheel and what it depends on, at the pinned versions."""
    folder = tmp_path_factory.mktemp("base")
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    command = [folder / "venv" / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*command, "-c", ROOT / "constraints.txt", wheel], cwd=folder, env=clean, check=True)
    return folder / "venv"


def test_it_takes_little_of_the_disk(environment):
    kilobytes = int(subprocess.check_output(["du", "-sk", environment], text=True).split()[0])
    print(f"the base installation takes {kilobytes / 1024:.0f} MB")
    assert kilobytes / 1024 <= MOST_MEGABYTES


def test_it_holds_nothing_that_only_training_needs(environment):
    installed = {path.name for path in environment.glob("lib/python*/site-packages/*")}
    assert installed and installed.isdisjoint({"torch", "triton", "scipy", "skimage", "matplotlib", "tensorboard"})


def test_it_does_everything_or_names_the_extra(environment, tmp_path, make_photo):
    check_everything(Installation.at([environment / "bin" / "lutbridge"], tmp_path / "work", make_photo))
