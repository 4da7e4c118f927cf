"""The real darktable, whose plug-in the bundle has installed, presses Auto Retouch: the bundle is its helper."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.darktable.host import Darktable

OLDEST = (4, 2)  # the plug-in's; Ubuntu 22.04 has 3.8
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="darktable is started on Linux only")


@pytest.fixture(autouse=True)
def _darktable_takes_the_plugin():
    # Some versions answer and exit with 1.
    said = subprocess.run(["darktable", "--version"], check=False, capture_output=True, text=True).stdout
    version = re.search(r"darktable (\d+)\.(\d+)", said)
    if tuple(map(int, version.groups())) < OLDEST:
        pytest.skip(f"{version.group()} is too old for the plug-in")


def test_a_press_starts_the_bundle_and_brings_a_look(program, write_portrait, tmp_path):
    folders = {f"XDG_{name}": str(tmp_path / "own" / name) for name in ("RUNTIME_DIR", "CACHE_HOME", "STATE_HOME")}
    environment = os.environ | folders
    darktable = Darktable(tmp_path / "darktable", environment=folders)
    install = [program, "plugin", "install", "darktable", "--settings", darktable.config]
    subprocess.run(install, check=True, env=environment)
    write_portrait(tmp_path / "anna.png")
    try:
        with darktable:
            darktable.settings()
            number = darktable.load(tmp_path / "anna.png")
            assert darktable.press("retouch", number)[0] == "Looks: 1 of 1 photos."
            assert [on for _, on, _, name in darktable.history(number) if name == "Auto Retouch"] == [1]
            assert darktable.said_anything_wrong() == []
            state = json.loads((tmp_path / "own" / "RUNTIME_DIR" / "lutbridge" / "helper.json").read_text())
            assert Path(f"/proc/{state['pid']}/exe").resolve() == program.resolve()
    finally:
        subprocess.run([program, "serve", "--stop"], check=True, env=environment)
