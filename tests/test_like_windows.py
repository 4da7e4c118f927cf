"""The command line and the helper with what Python has on Windows: no modules that only POSIX has, a console
in an old code page, and processes that are started anew. Its files and its job objects are in tests of their own.
"""

import os
import subprocess
import sys

import pytest

from lutbridge.image.read import read
from tests.base_installation import Installation

# Before anything else is imported but filelock, which has another lock on Windows. Job objects do nothing.
SITECUSTOMIZE = """
import ctypes, sys
import filelock
sys.modules.update(dict.fromkeys(("fcntl", "resource", "termios", "tty", "pwd", "grp", "syslog")))

class Library:
    def __init__(self, name):
        pass
    def __getattr__(self, name):
        setattr(self, name, lambda *_: 0)
        return getattr(self, name)

ctypes.WinDLL = Library
"""
CODE_PAGE = "cp1252"
ODD = "Zoë 写真.jpg"  # it does not have the last two letters


@pytest.fixture
def windows(tmp_path, make_photo):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    path = os.pathsep.join(filter(None, (str(tmp_path / "hook"), os.environ.get("PYTHONPATH"))))
    console = {"PYTHONPATH": path, "PYTHONIOENCODING": CODE_PAGE, "PYTHONUTF8": "0"}
    installed = Installation.at((sys.executable, "-m", "lutbridge"), tmp_path / "work", make_photo, **console)
    make_photo(installed.folder / "shoot" / ODD, size=(96, 64))
    return installed


def run(windows, line):
    command = [*windows.command, *line.split()]
    ran = subprocess.run(
        command, cwd=windows.folder, env=windows.environment, capture_output=True, encoding=CODE_PAGE, check=False
    )
    assert "Traceback" not in ran.stderr
    return ran


def test_photos_of_any_name_are_rendered(windows):
    ran = run(windows, "render shoot -o rendered --report report.html")
    assert ran.returncode == 0, ran.stderr
    assert read(windows.folder / "rendered" / ODD).pixels.shape == (64, 96, 3)
    assert r"Zoë \u5199\u771f.jpg" in ran.stdout


def test_a_lut_is_read_in_a_process_of_its_own(windows):
    for line in ("cube shoot/a.jpg -o luts --size 9", "lut convert luts/a.cube -o a.csp", "lut info a.csp", "models"):
        ran = run(windows, line)
        assert ran.returncode == 0, ran.stderr


def test_a_photo_that_cannot_be_read_is_a_sentence_in_any_code_page(windows):
    (windows.folder / "shoot" / "no 写真.jpg").write_bytes(b"")
    ran = run(windows, "render shoot -o rendered")
    assert ran.returncode == 1
    assert r"no \u5199\u771f.jpg: the file is empty" in ran.stderr


def test_the_helper_answers(windows):
    about, lut = windows.ask_helper()
    assert about["device"] == "cpu"
    assert b"LUT_3D_SIZE" in lut
