"""Every command without torch, scipy and the other packages of the extras: each does its work, or names its extra."""

import sys

import pytest

from tests.base_installation import Installation, check_everything

# Before anything else is imported; `import torch` then fails as where it is not installed.
BLOCKED = (
    "torch",
    "triton",
    "scipy",
    "skimage",
    "matplotlib",
    "tensorboard",
    "rawpy",
    "pillow_heif",
    "watchfiles",
    "ray",
)
SITECUSTOMIZE = f"import sys\nsys.modules.update(dict.fromkeys({BLOCKED}))\n"


@pytest.fixture
def base(tmp_path, make_photo):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    command = (sys.executable, "-m", "lutbridge")
    return Installation.at(command, tmp_path / "work", make_photo, PYTHONPATH=str(tmp_path / "hook"))


def test_a_base_installation_does_everything_or_names_the_extra(base):
    check_everything(base)
