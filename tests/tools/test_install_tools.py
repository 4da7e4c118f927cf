"""The built wheel, installed as photographers who have Python do it: by pipx, by uv and by pip, without torch.

Needs a package registry; pipx and uv come from it too.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lutbridge import __version__
from tests.base_installation import Installation, check_everything
from tests.test_packaging import wheel  # noqa: F401 - a fixture

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
PINS = {"UV_CONSTRAINT": str(CONSTRAINTS), "PIP_CONSTRAINT": str(CONSTRAINTS)}


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """The folder of programs of an environment with pipx and uv."""
    folder = tmp_path_factory.mktemp("tools") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "pipx", "uv"], check=True, env=clean())
    return folder / "bin"


def clean(**variables):
    hidden = ("PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in hidden} | variables


COMMANDS = {  # with the variables that say where environments and programs go
    "pipx": (["install"], "PIPX_HOME", "PIPX_BIN_DIR"),
    "uv": (["tool", "install", "--python", sys.executable], "UV_TOOL_DIR", "UV_TOOL_BIN_DIR"),
}


@pytest.mark.parametrize("tool", COMMANDS)
def test_a_tool_installs_it_and_it_does_everything_or_names_the_extra(wheel, tools, tool, tmp_path, make_photo):  # noqa: F811
    arguments, environments, programs = COMMANDS[tool]
    variables = {environments: str(tmp_path / "home"), programs: str(tmp_path / "bin")}
    start = time.perf_counter()
    subprocess.run([tools / tool, *arguments, wheel], check=True, env=clean(**variables, **PINS), cwd=tmp_path)
    kilobytes = int(subprocess.check_output(["du", "-sk", tmp_path / "home"], text=True).split()[0])
    print(f"{tool}: {time.perf_counter() - start:.0f} s, {kilobytes / 1024:.0f} MB")
    program = tmp_path / "bin" / "lutbridge"
    assert subprocess.check_output([program, "--version"], text=True) == f"lutbridge {__version__}\n"
    packages = {path.name for path in (tmp_path / "home").glob("*/**/site-packages/*")}
    assert "numba" in packages and packages.isdisjoint({"torch", "triton", "scipy", "skimage", "matplotlib"})
    installed = Installation.at([program], tmp_path / "work", make_photo)
    check_everything(installed)
    assert installed.run("plugin install darktable").returncode == 0
    (plugin,) = (installed.folder / "home" / "config").rglob("lutbridge_installed.lua")
    command = plugin.read_text().partition("command = [==[")[2].partition("]==]")[0]
    said = subprocess.check_output([command, "--version"], text=True)
    assert said == f"lutbridge {__version__}\n", "the plug-in knows the program that is still there after an update"
