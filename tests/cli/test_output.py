import subprocess
import sys

import pytest

from lutbridge.cli.output import Verbosity, detail, printable, put_table, say, speaking, verbosity, warn


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoé – ΔE 1.0 写真 📷.jpg", "Zoé – ΔE 1.0 写真 📷.jpg"),
        ("\x1b[2Jgone.jpg", "\\x1b[2Jgone.jpg"),
        ("two\nlines.jpg", "two\\nlines.jpg"),
        ("gpj.\u202ephoto", "gpj.\\u202ephoto"),
        ("\udcff.jpg", "\\udcff.jpg"),
    ],
)
def test_what_a_terminal_might_obey_is_escaped(text, shown):
    assert printable(text) == shown


def test_messages_go_to_stderr_line_by_line(capsys):
    say("one\ntwo\x07")
    assert capsys.readouterr() == ("", "one\ntwo\\x07\n")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Verbosity.QUIET, ["a fault"]),
        (Verbosity.NORMAL, ["a remark", "a fault"]),
        (Verbosity.VERBOSE, ["a detail", "a remark", "a fault"]),
    ],
)
def test_what_is_said_depends_on_how_much_was_asked_for(wanted, said, capsys):
    with speaking(wanted):
        detail("a detail")
        say("a remark")
        warn("a fault")
    assert capsys.readouterr().err.splitlines() == said
    assert verbosity() is Verbosity.NORMAL


def test_a_table_lines_up(capsys):
    put_table([("a", "long", "x"), ("bbb", "s", "")])
    assert capsys.readouterr().out == "a    long  x\nbbb  s\n"


def test_a_reader_that_goes_away_does_not_stop_the_work():
    """As in `lutbridge … | head -1`: quiet, and all of it done, also when Python flushes at exit."""
    script = (
        "import os, sys\n"
        "from lutbridge.cli.output import put, say\n"
        "read, write = os.pipe(); os.dup2(write, 1); os.close(read)\n"
        "[put('x' * 9999) for _ in range(99)]\n"
        "say('done')"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "done\n")
