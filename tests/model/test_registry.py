import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lutbridge.errors import SetupError, UsageError
from lutbridge.model import registry
from lutbridge.model.registry import DEFAULT_MODEL, builtin_models, find_model


def test_the_default_ships_first_whole_and_under_8_mb():
    default = builtin_models()[0]
    assert default.name == DEFAULT_MODEL and default.is_intact()
    assert default.path.stat().st_size < 8 * 2**20
    assert default.path.with_suffix(".md").is_file(), "its model card"


def test_a_model_is_found_by_name_or_by_path():
    assert find_model(DEFAULT_MODEL) == builtin_models()[0].path
    assert find_model("somewhere/mine.safetensors") == Path("somewhere/mine.safetensors")


@pytest.mark.parametrize(
    "name, hint",
    [
        ("portait-v1", "did you mean portrait-v1"),
        ("xyz", "choose portrait-v2, portrait-v1 or the path"),
        ("mine.pth", "choose"),
    ],
)
def test_an_unknown_name_gets_a_hint(name, hint):
    with pytest.raises(UsageError, match=hint):
        find_model(name)


def test_a_shipped_model_that_was_changed_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    shutil.copytree(builtin_models()[0].path.parent, folder)
    with (folder / f"{DEFAULT_MODEL}.safetensors").open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    monkeypatch.setattr(registry.resources, "files", lambda package: folder)
    with pytest.raises(SetupError, match="is damaged; install lutbridge again"):
        find_model(DEFAULT_MODEL)


def test_finding_a_model_loads_neither_torch_nor_numpy():
    code = "import sys, lutbridge.model.registry as r; r.builtin_models(); print({'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
