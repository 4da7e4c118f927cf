"""Tab completes commands, options, choices and files, as the user guide tells how to switch it on."""

import os
import shutil
import subprocess
import sys

import pytest


def ask(*words, last=""):
    """What bash is offered for a command line that ends with `last`."""
    line = ["lutbridge", *words, last]
    environment = os.environ | {
        "_LUTBRIDGE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(line),
        "COMP_CWORD": str(len(line) - 1),
    }
    done = subprocess.run([sys.executable, "-m", "lutbridge"], env=environment, capture_output=True, text=True)
    assert done.stderr == ""
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()]


def test_commands_options_and_choices_are_completed():
    assert ask(last="re") == ["render", "reproduce"]
    assert ask("lut", last="co") == ["convert", "compose"]
    assert ask("render", last="--wa") == ["--watch"]
    assert ask("render", "--format", last="") == ["jpeg", "png", "tiff", "webp"]


def test_photos_and_files_are_left_to_the_shell():
    environment = os.environ | {
        "_LUTBRIDGE_COMPLETE": "bash_complete",
        "COMP_WORDS": "lutbridge render ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run([sys.executable, "-m", "lutbridge"], env=environment, capture_output=True, text=True)
    assert done.stdout == "file,\n", "which stands for names of files"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_takes_it_up(tmp_path):
    """The line of the user guide, in a bash of its own."""
    program = tmp_path / "lutbridge"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lutbridge "$@"\n')
    program.chmod(0o755)
    script = """
        eval "$(_LUTBRIDGE_COMPLETE=bash_source lutbridge)"
        complete -p lutbridge
        COMP_WORDS=(lutbridge ren) COMP_CWORD=1
        _lutbridge_completion lutbridge ren lutbridge
        echo "${COMPREPLY[@]}"
    """
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "-F _lutbridge_completion lutbridge" in done.stdout and done.stdout.splitlines()[-1] == "render"
