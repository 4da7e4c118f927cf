"""The built wheel, installed, does its work with nothing of the source tree in reach.

The wheel goes into an environment of its own. Its dependencies, at the pinned versions, are those of the environment
that runs the tests: its site-packages folder is appended to the path, where the editable install of the project, which
works through a .pth file, is not seen. That keeps this test to seconds instead of minutes and off the network.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from lutbridge import __version__
from lutbridge.model.registry import builtin_models

ROOT = Path(__file__).parents[1]
SOURCES = ("lutbridge", "server", "plugin_lua", "pyproject.toml", "README.md", "LICENSE")
WEB, LUA = (".html", ".css", ".js", ".svg"), (".lua", ".txt", ".lrtemplate")
DATA = (".py", *WEB, *LUA, ".json", ".toml", ".safetensors", ".md")


def run(*command, folder, **variables):
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    result = subprocess.run(command, cwd=folder, env=environment | variables, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing left over from an earlier build slips in."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-index", "--no-deps")
    run(*pip, "--no-build-isolation", "-w", built, ".", folder=source)
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of executables of a fresh environment that holds the wheel."""
    environment = tmp_path_factory.mktemp("fresh") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", environment, folder=environment.parent)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", f"--python={python}", "install", "--no-index")
    run(*pip, "--no-deps", wheel, folder=environment)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = Path(run(python, "-c", where, folder=environment).stdout.strip())
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return scripts


@pytest.fixture
def lutbridge(installed, tmp_path):
    """Runs the installed command in an empty folder; a warning is an error."""

    def call(*arguments):
        return run(installed / "lutbridge", *arguments, folder=tmp_path, PYTHONWARNINGS="error").stdout

    return call


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    expected = {
        path.relative_to(parent).as_posix()
        for parent, package in ((ROOT, "lutbridge"), (ROOT / "server", "lutbridge_server"), (ROOT, "plugin_lua"))
        for path in (parent / package).rglob("*")
        if path.suffix in DATA
        if "spec" not in path.parts
    }
    inside = {name for name in names if ".dist-info/" not in name}
    assert inside == expected
    assert {f"lutbridge/weights/{model.path.name}" for model in builtin_models()} <= inside


def test_the_installed_package_is_not_the_source_tree(installed, tmp_path):
    python = installed / "python"
    path = run(python, "-c", "import lutbridge; print(lutbridge.__file__)", folder=tmp_path).stdout.strip()
    assert Path(path).is_relative_to(installed.parent)


def test_it_says_its_version(lutbridge):
    assert lutbridge("--version") == f"lutbridge {__version__}\n"


def test_it_brings_its_models_and_finds_nothing_wrong(lutbridge):
    assert lutbridge("models").startswith("portrait-v2")
    assert json.loads(lutbridge("doctor", "--json"))["ok"] is True


def test_it_renders_and_writes_luts_and_a_report(lutbridge, make_photo, tmp_path):
    make_photo(tmp_path / "shoot" / "a.jpg", size=(96, 64))
    lutbridge("render", "shoot", "-o", "out", "--report", "report.html")
    lutbridge("cube", "shoot", "-o", "luts", "--size", "17")
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    records = {"out/.lutbridge.sqlite", "luts/.lutbridge.sqlite"}
    assert written == {"shoot/a.jpg", "out/a.jpg", "report.html", "luts/a.cube"} | records


def test_its_helper_answers_and_brings_its_page(installed, wheel, tmp_path):
    from lutbridge_server import client
    from lutbridge_server.state import read_state

    folders = {f"XDG_{name}": str(tmp_path / name) for name in ("RUNTIME_DIR", "CACHE_HOME", "STATE_HOME")}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | folders
    (tmp_path / "RUNTIME_DIR").mkdir()
    with subprocess.Popen([installed / "lutbridge", "serve"], env=environment, cwd=tmp_path, text=True) as helper:
        try:
            while helper.poll() is None and not (state := read_state(tmp_path / "RUNTIME_DIR" / "lutbridge")):
                time.sleep(0.1)
            assert client.info(state)["version"] == __version__
            client.shut_down(state)
            assert helper.wait(60) == 0
        finally:
            helper.kill()
    assert "lutbridge_server/page/index.html" in zipfile.ZipFile(wheel).namelist()


def constraints():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [re.match(r"([\w-]+)==([\w.]+)", line) for line in lines if line and not line.startswith("#")]
    return {pin[1]: pin[2] for pin in pins}


def test_constraints_pin_nothing_twice():
    names = re.findall(r"^([\w-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert len(names) == len(set(names))


def test_constraints_pin_everything_that_is_installed_for_the_tests():
    pinned, seen, todo = constraints(), set(), [("lutbridge", ("test", "lint"))]
    done = set()
    while todo:
        name, extras = todo.pop()
        done.add((name, extras))
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            applies = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in (*extras, "")
            )
            name_there = requirement.name.lower().replace("_", "-")
            there = (name_there, tuple(requirement.extras))  # lutbridge itself, with its other extras, among them
            if applies and there not in done:
                seen.add(name_there)
                todo.append(there)
    seen.remove("lutbridge")
    unpinned = {name for name in seen if name not in pinned and not name.startswith(("nvidia-", "triton", "cuda-"))}
    assert unpinned == set()
    assert {name for name in seen & set(pinned) if version(name).split("+")[0] != pinned[name]} == set()
