"""The helper is absent, another version, somebody else, or dies: one sentence, and no photo left half done."""

import json
import os
import signal
import time

import pytest

from ..helper_process import PROGRAM, Helper, stranger
from .conftest import Photo
from .test_clicks import cancel, jobs

ABSENT = [f'The lutbridge helper is not running: press "start helper", or type in a terminal: {PROGRAM} serve']


@pytest.fixture(scope="module")
def own_helper(tmp_path_factory):
    """A helper that is not running yet, in a place of its own."""
    helper = Helper(tmp_path_factory.mktemp("own-runtime"))
    helper.state_file.parent.mkdir(mode=0o700)
    yield helper
    helper.stop()


@pytest.fixture(scope="module")
def lonely(start_darktable, own_helper):
    with start_darktable(environment=own_helper.environment) as darktable:
        yield darktable


@pytest.fixture
def photo(lonely, own_helper, make_portrait):
    own_helper.stop()
    lonely.settings(start_helper=False)
    return Photo(lonely, make_portrait("anna.png"))


def test_no_helper_is_a_sentence(photo):
    assert photo.press() == ABSENT
    assert photo.looks() == []


def test_another_protocol_is_a_sentence(photo, own_helper):
    facts = {"port": 1, "token": "t", "pid": 1, "instance": "0", "protocol": 7, "version": "9"}
    own_helper.state_file.write_text(json.dumps(facts))
    update = f"Update it, in a terminal: {PROGRAM} plugin install darktable"
    assert photo.press() == [f"This plug-in is too old for the helper. {update}"]


def test_whoever_has_taken_the_port_does_not_get_the_token(photo, own_helper):
    with stranger() as (port, seen):
        facts = {"port": port, "token": "secret", "pid": 1, "instance": "0123", "protocol": 1, "version": "0"}
        own_helper.state_file.write_text(json.dumps(facts))
        assert photo.press() == ABSENT
    assert len(seen) > 0
    assert not any("secret" in value for headers in seen for value in headers.values())


def test_it_is_started_when_it_is_needed_and_only_once(lonely, photo, own_helper):
    lonely.settings(start_helper=True)
    assert photo.press()[0] == "Looks: 1 of 1 photos."
    running = json.loads(own_helper.state_file.read_text())
    assert photo.press()[0] == "Looks: 1 of 1 photos."
    assert json.loads(own_helper.state_file.read_text()) == running


@pytest.fixture
def other_program(lonely):
    """Has the plug-in start another program."""
    change = 'local installed = require "lutbridge_installed"; installed.command = [==[{}]==]'
    yield lambda program: lonely.lua(change.format(program))
    lonely.lua(change.format(PROGRAM))


def test_a_program_that_is_gone_is_told_at_once(lonely, photo, other_program, tmp_path):
    other_program(tmp_path / "moved" / "lutbridge")
    lonely.settings(start_helper=True)
    before = time.monotonic()
    (said,) = photo.press()
    assert time.monotonic() - before < 5
    assert said.startswith(f"lutbridge is no longer at {tmp_path}/moved/lutbridge")
    assert said.endswith("lutbridge plugin install darktable")


def test_an_environment_that_was_moved_is_told_at_once(lonely, photo, other_program, tmp_path):
    program = tmp_path / "lutbridge"
    program.write_text("#!/gone/with/its/environment/bin/python\n")
    program.chmod(0o755)
    other_program(program)
    lonely.settings(start_helper=True)
    before = time.monotonic()
    (said,) = photo.press()
    assert time.monotonic() - before < 10
    assert said.startswith(f"lutbridge is no longer at {program}")


def test_a_flatpak_is_told_what_its_sandbox_needs(lonely, photo):
    lonely.settings(start_helper=True)
    lonely.lua('require("lutbridge_installed").is_flatpak = true')
    (said,) = photo.press()
    lonely.lua('require("lutbridge_installed").is_flatpak = nil')
    assert said.startswith("This darktable is a Flatpak and cannot start the helper. Type in a terminal: ")
    assert f"{PROGRAM} serve" in said
    assert said.endswith("flatpak override --user --filesystem=xdg-run/lutbridge:create org.darktable.Darktable")


def test_a_helper_that_ends_tells_why_at_once(lonely, photo, other_program, tmp_path):
    program = tmp_path / "broken one"
    program.write_text("#!/bin/sh\necho first line\necho 'ImportError: no numpy' >&2\necho\nexit 3\n")
    program.chmod(0o755)
    other_program(program)
    lonely.settings(start_helper=True)
    before = time.monotonic()
    (said,) = photo.press()
    assert time.monotonic() - before < 10
    log = lonely.folder / "cache" / "lutbridge-helper.log"
    assert said.startswith("The helper stopped right after starting: ImportError: no numpy")
    assert str(log) in said
    assert log.read_text() == "first line\nImportError: no numpy\n\n"
    assert "ended with 3\nfirst line\nImportError: no numpy" in lonely.log.read_text()


def test_a_start_can_be_cancelled(lonely, photo, other_program, tmp_path):
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nexec sleep 20\n")
    program.chmod(0o755)
    other_program(program)
    lonely.settings(start_helper=True)
    idle = jobs(lonely, tmp_path)
    lonely.ask_press("retouch", photo.number)
    cancel(lonely, idle, tmp_path)
    assert lonely.answer(seconds=15) == ["Cancelled."]


def test_the_button_starts_and_stops_it(lonely, photo, own_helper):
    assert lonely.press("toggle_helper") == ["The helper is running."]
    assert own_helper.state_file.exists()
    assert lonely.press("toggle_helper") == ["The helper has stopped."]
    lonely.wait_until(lambda: not own_helper.state_file.exists())


def test_a_helper_started_anew_is_found_again(photo, own_helper):
    own_helper.start()
    assert photo.press()[0] == "Looks: 1 of 1 photos."
    own_helper.stop()
    own_helper.start()
    assert photo.press() == ["Looks: 1 of 1 photos."]


def test_a_helper_that_dies_midway_leaves_the_rest_as_it_was(lonely, photo, own_helper, make_portrait):
    own_helper.start()
    last = Photo(lonely, make_portrait("last.png"))
    last.press()
    earlier = last.looks()
    lonely.settings(start_helper=False, untouched=30)
    shoot = [Photo(lonely, make_portrait(f"take-{n}.png", exposure=n / 10)) for n in range(6)]
    lonely.ask_press("retouch", *[photo.number for photo in shoot], last.number)
    lonely.wait_until(lambda: shoot[1].looks())
    os.kill(own_helper.process.pid, signal.SIGKILL)
    own_helper.process.wait()
    said = lonely.answer()
    done = sum(bool(photo.looks()) for photo in shoot)
    assert said[0].startswith("The helper stopped responding")
    assert said[1] == f"Looks: {done} of 7 photos."
    assert 2 <= done < 6
    assert last.looks() == earlier
    time.sleep(0.1)
    assert list(lonely.tmp.rglob("lutbridge*")) == []
