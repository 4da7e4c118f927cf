"""--quiet and --verbose, of every command that shows progress."""

import pytest

from lutbridge.cli.main import cli
from lutbridge.cli.output import Verbosity, verbosity

WITH_PROGRESS = ("render", "cube", "groups", "lut apply", "train", "evaluate", "reproduce")


def command_called(name):
    command = cli
    for word in name.split():
        command = command.get_command(None, word)
    return command


@pytest.mark.parametrize("name", WITH_PROGRESS)
def test_every_command_that_shows_progress_can_be_quiet_or_verbose(name):
    options = {option for parameter in command_called(name).params for option in parameter.opts}
    assert {"-q", "--quiet", "-v", "--verbose"} <= options


def test_quiet_says_nothing_where_all_goes_well(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "notes.txt").touch()
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--quiet")
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == 3, "the paths are data for programs, and no talk"
    assert verbosity() is Verbosity.NORMAL


def test_quiet_says_what_fails(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "b.jpg").write_bytes(b"")
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "-q")
    assert done.code == 1
    assert done.err.startswith(f"Failed:\n  {shoot / 'b.jpg'}: ") and len(done.err.splitlines()) == 2
    refused = lutbridge("render", shoot, "-o", shoot, "--model", toy_model, "-q")
    assert refused.code == 2 and "would replace the input" in refused.err


def test_verbose_says_what_is_used_and_done(lutbridge, shoot, toy_model, tmp_path):
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "-v")
    assert done.code == 0
    assert "toy on cpu" in done.err.splitlines()
    assert f"{shoot / 'a.png'} → {tmp_path / 'out' / 'a.png'}, " in done.err
    assert "→" not in lutbridge("render", shoot, "-o", tmp_path / "2", "--model", toy_model).err


def test_both_at_once_contradict_each_other(lutbridge, shoot, toy_model, tmp_path):
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "-q", "-v")
    assert done.code == 2 and "--quiet and --verbose contradict each other" in done.err
