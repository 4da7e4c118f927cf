import os
import pty
import subprocess
import sys
import threading
import time

import pytest

from lutbridge.cli.output import Verbosity, speaking
from lutbridge.cli.progress import Busy, Pace, PlainProgress, duration, progress_for, say_failures, track


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min"), (3599, "1 h 00 min"), (7500, "2 h 05 min")]
)
def test_durations_are_said_as_a_person_would(seconds, words):
    assert duration(seconds) == words


def test_pace_leaves_out_what_the_first_photo_waited_for():
    clock = Clock()
    pace = Pace(10, clock)
    clock.now += 60  # loading and compiling
    pace.advance()
    assert pace.describe() == ""
    clock.now += 4
    pace.advance()
    pace.advance()
    assert pace.describe() == "2.0 s a photo, about 14 s left"
    for _ in range(6):
        pace.advance()
    assert pace.describe() == "2.0 photos/s, about 0 s left"
    pace.advance()
    assert pace.describe() == "2.2 photos/s"


def test_plain_progress_speaks_now_and_then_not_for_every_photo(capsys):
    clock = Clock()
    with PlainProgress(100, clock) as progress:
        for _ in range(100):
            clock.now += 0.5
            progress.advance()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "10 of 100 photos, 2.0 photos/s, about 45 s left"
    assert len(lines) == 9


def test_a_phase_has_a_name_and_counts_what_it_is_about(capsys):
    clock = Clock()
    with PlainProgress(4, clock, "takes of a group", "groups") as progress:
        for _ in range(2):
            clock.now += 10
            progress.advance()
    assert capsys.readouterr().err == (
        "takes of a group: 1 of 4 groups\ntakes of a group: 2 of 4 groups, 10.0 s a group, about 20 s left\n"
    )


def test_what_is_tracked_is_passed_on(capsys):
    assert list(track(iter("abc"), 3, "spelling")) == ["a", "b", "c"]


def test_quiet_means_no_progress_but_failures(capsys):
    with speaking(Verbosity.QUIET), progress_for(3) as progress:
        progress.say("a remark")
        progress.advance()
        say_failures([("a.jpg", "a.jpg: the file is empty")])
    assert capsys.readouterr() == ("", "Failed:\n  a.jpg: the file is empty\n")


def test_away_from_a_terminal_progress_and_failures_are_plain(capsys):
    assert isinstance(progress_for(3), PlainProgress)
    say_failures([("a.jpg", "a.jpg: the file is empty; copy it again")])
    assert capsys.readouterr() == ("", "Failed:\n  a.jpg: the file is empty; copy it again\n")
    say_failures([])
    assert capsys.readouterr() == ("", "")


SCRIPT = """
from lutbridge.cli.progress import progress_for, say_failures
with progress_for(2, "a [red]phase[/red]") as progress:
    progress.advance()
    progress.say("a [red]note[/red]")
    progress.advance()
say_failures([("[b]a.jpg", "[b]a.jpg: the file is empty")])
"""


def on_a_terminal(**environment):
    """What SCRIPT shows on a terminal."""
    master, slave = pty.openpty()
    settings = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"} | environment
    process = subprocess.Popen([sys.executable, "-W", "error", "-c", SCRIPT], stderr=slave, env=settings)
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:  # Linux's way to say that the other end has closed
        pass
    os.close(master)
    assert process.wait() == 0
    return shown.decode()


def test_a_terminal_gets_a_bar_and_a_table():
    shown = on_a_terminal()
    assert "a [red]phase[/red]" in shown
    assert "2/2" in shown and "\x1b[" in shown
    assert "a [red]note[/red]" in shown
    assert "[b]a.jpg" in shown and "│" in shown


def test_no_color_means_no_colour():
    import re

    assert re.search(r"\x1b\[[0-9;]*3[0-9]", on_a_terminal())
    assert not re.search(r"\x1b\[[0-9;]*[34][0-9][0-9;]*m", on_a_terminal(NO_COLOR="1"))


def test_a_dumb_terminal_gets_plain_lines():
    assert on_a_terminal(TERM="dumb").replace("\r", "") == "a [red]note[/red]\nFailed:\n  [b]a.jpg: the file is empty\n"


def test_what_takes_long_says_that_it_goes_on(capsys):
    clock, said_thrice = Clock(), threading.Event()

    def a_minute_later():
        clock.now += 60
        if clock.now > 300:
            said_thrice.set()
        return clock.now

    with Busy("comparing photos", a_minute_later, interval=0.01) as busy:
        assert said_thrice.wait(30)
        busy.now("matching group 1 of 2")
        said_thrice.clear()
        assert said_thrice.wait(30)
        assert said_thrice.clear() or said_thrice.wait(30)
    said = capsys.readouterr().err
    assert said.startswith("comparing photos, 1 min so far\ncomparing photos, 2 min so far\n")
    assert "\nmatching group 1 of 2, " in said


def test_quiet_means_that_nothing_goes_on(capsys):
    with speaking(Verbosity.QUIET), Busy("comparing photos", interval=0.01):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""
