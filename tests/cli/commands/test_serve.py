"""What the command line says; the process itself is tested in tests/server/test_serve.py."""

import json
import threading

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import client
from lutbridge_server import serve as module

THERE = {"port": 4711, "token": "t", "pid": 1, "instance": "i", "protocol": 1}


@pytest.fixture
def opened(monkeypatch):
    """The addresses that the browser was sent to."""
    addresses = []
    monkeypatch.setattr("webbrowser.open", lambda address: addresses.append(address) or True)
    return addresses


@pytest.fixture
def started(monkeypatch):
    """Starts nothing, and says that it listens on 4711; the settings it was given."""
    given = []

    def serve(settings, load, ready, wait):
        given.append(settings)
        ready(4711, "one-time")
        for thread in threading.enumerate():
            if thread.daemon and thread.name.endswith("(_open)"):
                thread.join(10)

    monkeypatch.setattr(module, "serve", serve)
    return given


@pytest.fixture
def there_is_one(monkeypatch):
    monkeypatch.setattr(module, "serve", lambda *arguments: THERE)
    monkeypatch.setattr(client, "new_ticket", lambda state: "/open?ticket=new")


def test_the_address_goes_to_stdout_and_the_advice_to_stderr(lutbridge, started, opened):
    result = lutbridge("serve", "--port", "4711")
    assert (result.code, result.out) == (0, "http://127.0.0.1:4711\n")
    assert "started on port 4711" in result.err
    assert (started[0].port, opened) == (4711, [])


def test_open_brings_a_ticket_to_the_browser_and_not_to_the_terminal(lutbridge, started, opened):
    result = lutbridge("serve", "--open")
    assert opened == ["http://127.0.0.1:4711/open?ticket=one-time"]
    assert "one-time" not in result.out + result.err


def test_where_one_runs_its_page_is_opened(lutbridge, there_is_one, opened):
    result = lutbridge("serve", "--open", "--json")
    assert (result.code, json.loads(result.out)) == (0, {"port": 4711, "state": "running already"})
    assert opened == ["http://127.0.0.1:4711/open?ticket=new"]


def test_where_no_browser_can_be_opened_the_address_is_said(lutbridge, started, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert "go to http://127.0.0.1:4711/open?ticket=one-time within a minute" in lutbridge("serve", "--open").err


def test_a_browser_that_stays_in_front_does_not_keep_the_helper_from_answering(lutbridge, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda address: answered.wait(10))

    def serve(settings, load, ready, wait):
        ready(4711, "one-time")
        answered.set()

    monkeypatch.setattr(module, "serve", serve)
    assert lutbridge("serve", "--open").code == 0
    assert answered.is_set()


def test_one_that_does_not_answer_is_a_fault(lutbridge, monkeypatch):
    def silent(settings, load, ready, wait):
        wait()
        raise SetupError("a helper holds the lock and does not answer; end its process")

    monkeypatch.setattr(module, "serve", silent)
    result = lutbridge("serve")
    assert result.code == 3 and "does not answer" in result.err and "waiting for it" in result.err


def test_stop_ends_the_one_that_runs(lutbridge, monkeypatch):
    ended = []
    monkeypatch.setattr(client, "is_running", lambda patience: True)
    monkeypatch.setattr(client, "stop", ended.append)
    assert lutbridge("serve", "--stop").code == 0
    assert len(ended) == 1


def test_stop_where_none_runs_says_so(lutbridge, monkeypatch):
    monkeypatch.setattr(client, "is_running", lambda patience: False)
    result = lutbridge("serve", "--stop")
    assert result.code == 0 and "no helper is running" in result.err


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_is_none_is_refused(lutbridge, port):
    assert lutbridge("serve", "--port", port).code == 2
