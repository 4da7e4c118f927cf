"""What pressing Auto Retouch would find, with the real helper and with programs that are none."""

import shlex
import sys

import pytest

from lutbridge import __version__
from lutbridge.cli.press import press
from lutbridge_server import client


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Writes a program; helpers that it starts have folders of their own."""
    for name in ("RUNTIME_DIR", "STATE_HOME"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))

    def write(line):
        path = tmp_path / "lutbridge"
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def real(program):
    return program(f'exec {shlex.quote(sys.executable)} -m lutbridge "$@"')


def test_the_helper_is_started_asked_and_ended(real):
    found = press("a press in darktable", real, "darktable")
    assert found.ok and found.name == "a press in darktable"
    assert found.detail.startswith(f"starts {real}; the helper of lutbridge {__version__} on ")
    assert " answers in " in found.detail
    assert not client.is_running()


def test_a_program_that_is_gone_says_what_to_type(tmp_path):
    program = tmp_path / "gone"
    found = press("a press", program, "lightroom")
    assert not found.ok
    assert found.detail == f"it needs {program}, which is missing; run `lutbridge plugin install lightroom`"


def test_a_program_whose_environment_was_moved_says_what_to_type(program, tmp_path):
    moved = program("")
    moved.write_text("#!/gone/with/its/environment/bin/python\n")
    found = press("a press", moved, "darktable")
    assert not found.ok
    assert found.detail == (
        f"{moved} cannot be started (No such file or directory); run `lutbridge plugin install darktable`"
    )


def test_a_program_that_ends_says_why(program):
    found = press("a press", program("echo first; echo ImportError: no numpy >&2; echo; exit 3"), "darktable")
    assert not found.ok and found.detail.endswith("stops at once: ImportError: no numpy")


def test_a_program_that_says_nothing_is_not_waited_for_for_ever(program, monkeypatch):
    monkeypatch.setattr("lutbridge.cli.press.PATIENCE", 0.5)
    found = press("a press", program("exec sleep 60"), "darktable")
    assert not found.ok and found.detail.endswith("does not answer within 0.5 seconds")
