"""What the command line says; the process itself is tested in tests/server/test_serve.py."""

import errno
import json
import os
import threading
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from lutbridge.cli.commands import serve as command
from lutbridge.errors import SetupError
from lutbridge_server import client
from lutbridge_server import serve as module
from lutbridge_server.tickets import Ticket

THERE = {"port": 4711, "token": "t", "pid": 1, "instance": "i", "protocol": 1}


@pytest.fixture
def opened(monkeypatch):
    """The addresses that the browser was sent to; it opens them."""
    addresses = []

    def open_(address):
        addresses.append(address)
        Path(url2pathname(urlsplit(address).path)).unlink()  # as the helper does when its ticket comes
        return True

    monkeypatch.setattr("webbrowser.open", open_)
    return addresses


@pytest.fixture
def ticket(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "_BROWSER_SECONDS", 0.5)
    (tmp_path / "a.html").touch()
    return Ticket("/open?ticket=one-time", tmp_path / "a.html")


@pytest.fixture
def started(monkeypatch, ticket):
    """Starts nothing, and says that it listens on 4711; the settings it was given."""
    given = []

    def serve(settings, load, ready, wait):
        given.append(settings)
        ready(4711, lambda: ticket)
        for thread in threading.enumerate():
            if thread.daemon and thread.name.endswith("(_open)"):
                thread.join(10)

    monkeypatch.setattr(module, "serve", serve)
    return given


@pytest.fixture
def there_is_one(monkeypatch, ticket):
    monkeypatch.setattr(module, "serve", lambda *arguments: THERE)
    monkeypatch.setattr(client, "new_ticket", lambda state: ticket)


def test_the_address_goes_to_stdout_and_the_advice_to_stderr(lutbridge, started, opened):
    result = lutbridge("serve", "--port", "4711")
    assert (result.code, result.out) == (0, "http://127.0.0.1:4711\n")
    assert "started on port 4711" in result.err
    assert (started[0].port, opened) == (4711, [])


def test_open_brings_a_file_to_the_browser_and_the_ticket_to_no_command_line(lutbridge, started, opened, ticket):
    result = lutbridge("serve", "--open")
    assert opened == [ticket.file.as_uri()]
    assert "one-time" not in result.out + result.err


def test_where_one_runs_its_page_is_opened(lutbridge, there_is_one, opened, ticket):
    result = lutbridge("serve", "--open", "--json")
    assert (result.code, json.loads(result.out)) == (0, {"port": 4711, "state": "running already"})
    assert opened == [ticket.file.as_uri()]
    assert "one-time" not in result.out + result.err


@pytest.mark.parametrize("is_there", [False, True])
def test_where_no_browser_opens_the_page_the_address_is_said(lutbridge, started, monkeypatch, is_there):
    monkeypatch.setattr("webbrowser.open", lambda address: is_there)
    assert "open http://127.0.0.1:4711/open?ticket=one-time within a minute" in lutbridge("serve", "--open").err


def test_a_full_disk_costs_the_page_and_not_the_helper(lutbridge, monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, "serve", lambda settings, load, ready, wait: ready(4711, full))
    result = lutbridge("serve", "--open")
    assert result.code == 0 and "the page cannot be opened: [Errno 28] No space left on device" in result.err


def test_a_browser_that_stays_in_front_does_not_keep_the_helper_from_answering(lutbridge, monkeypatch, ticket):
    answered = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda address: answered.wait(10))

    def serve(settings, load, ready, wait):
        ready(4711, lambda: ticket)
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
    assert result.code == 3 and "does not answer" in result.err and "waiting for another helper" in result.err


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
