"""The helper is absent, started by the plug-in, somebody else, or dies: one sentence, and no copy left half done."""

import json
import sys
from pathlib import Path

import pytest

from ..helper_process import Helper, stranger
from .conftest import Lightroom

PROGRAM = Path(sys.executable).with_name("lutbridge")
ABSENT = [f'The lutbridge helper is not running: press "start helper", or type in a terminal: {PROGRAM} serve']


@pytest.fixture
def own_helper(tmp_path):
    """A helper that is not running yet."""
    helper = Helper(tmp_path / "runtime")
    helper.state_file.parent.mkdir(parents=True, mode=0o700)
    yield helper
    helper.stop()


@pytest.fixture
def lonely(tmp_path, own_helper):
    return Lightroom(tmp_path / "home", own_helper)


def test_it_is_started_when_it_is_needed_and_only_once_and_stopped_on_request(lonely):
    answer = lonely.run(lonely.photo(), presses=["retouch", "retouch", "toggle"])
    assert answer["said"][:2] == [["Rendered copies: 1 of 1 photos."]] * 2
    assert json.loads(answer["states"][0]) == json.loads(answer["states"][1])
    lonely.helper.stop()
    assert not lonely.helper.state_file.exists()


def test_without_it_nothing_is_done(lonely):
    answer = lonely.run(lonely.photo(), prefs={"start_helper": False})
    assert answer["said"] == [ABSENT]
    assert lonely.beside() == ["anna.nef"]


def test_whoever_has_taken_the_port_does_not_get_the_token(lonely):
    with stranger() as (port, seen):
        facts = {"port": port, "token": "secret", "pid": 1, "instance": "0", "protocol": 1}
        lonely.helper.state_file.write_text(json.dumps(facts))
        answer = lonely.run(lonely.photo(), prefs={"start_helper": False})
    assert answer["said"] == [ABSENT]
    assert len(seen) == 2  # by Lightroom's own client, and by curl, in case a proxy had answered
    assert "secret" not in str(seen)


def test_a_helper_that_dies_midway_leaves_the_rest_as_it_was(lonely, own_helper):
    own_helper.start()
    takes = [lonely.photo(f"take-{number}.nef") for number in range(4)]
    answer = lonely.run(*takes, kill_after=8, kill=own_helper.process.pid, prefs={"start_helper": False})
    own_helper.process.wait()
    said, done = answer["said"][0], len(answer["stacks"])
    assert said[0].startswith("The helper stopped responding")
    assert said[1] == f"Rendered copies: {done} of 4 photos."
    assert done < 4
    assert len(lonely.beside()) == 4 + done
