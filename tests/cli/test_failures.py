import os
import sys
from pathlib import Path

import click
import pytest

from lutbridge import __version__
from lutbridge.cli.failures import guarded, installed_versions
from lutbridge.errors import ReadError, SetupError, UsageError


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            ReadError("a.jpg", "the file is empty", "copy it again"),
            1,
            "lutbridge: a.jpg: the file is empty; copy it again",
        ),
        (UsageError("no such thing"), 2, "lutbridge: no such thing"),
        (click.UsageError("no such option"), 2, "no such option"),
        (SetupError("no GPU"), 3, "lutbridge: no GPU"),
        (KeyboardInterrupt(), 130, "lutbridge: aborted"),
    ],
)
def test_what_was_expected_is_one_sentence_and_a_code(capsys, error, code, words):
    assert guarded(raising(error)) == code
    captured = capsys.readouterr()
    assert captured.err.strip() == words or words in captured.err
    assert captured.out == "" and "Traceback" not in captured.err


@pytest.mark.parametrize(("value", "code"), [(None, 0), (0, 0), (1, 1), (130, 130)])
def test_a_commands_own_code_is_passed_on(value, code):
    assert guarded(lambda: value) == code


def test_a_bug_is_one_sentence_and_a_log_shaped_as_an_issue(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["lutbridge", "render", "my photo.jpg"])
    assert guarded(raising(ZeroDivisionError("boom"))) == 70
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(
        "lutbridge: a bug stopped this command (ZeroDivisionError); please report it and attach the log "
    )
    log = Path(sentence.rpartition("the log ")[2]).read_text(encoding="utf-8")
    assert log.startswith("# ZeroDivisionError: boom\n")
    for part in (
        f"- lutbridge {__version__}",
        "- torch 2",
        "- Python 3",
        "lutbridge render 'my photo.jpg'",
        "Traceback",
    ):
        assert part in log


def test_without_a_log_folder_the_log_goes_to_the_temporary_folder(capsys, monkeypatch, tmp_path):
    import tempfile

    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("platformdirs.user_log_path", lambda *args, **options: tmp_path / "file" / "log")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    guarded(raising(ZeroDivisionError("boom")))
    assert f"the log {tmp_path}{os.sep}bug-" in capsys.readouterr().err


def test_every_library_of_the_log_is_installed():
    assert all(installed_versions().values())
