import os
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import client, state
from lutbridge_server.serve import listening


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(state, "state_folder", lambda: tmp_path)
    monkeypatch.setattr(client, "state_folder", lambda: tmp_path)
    return tmp_path


@dataclass
class Stranger:
    """An identity that is not the helper's."""

    token: str = "token"
    instance: str = "somebody else"


def test_a_helper_is_found_by_its_state_file(server, folder):
    state.publish(folder, server.helper.identity, server.port)
    found = client.find_helper()
    assert client.info(found)["instance"] == server.helper.identity.instance
    ticket = client.new_ticket(found)
    assert ticket.path.startswith("/open?ticket=") and ticket.path in ticket.file.read_text()


def test_another_program_on_the_port_is_not_sent_the_token(server, folder):
    state.publish(folder, Stranger(), server.port)
    assert client.find_helper() is None


def test_no_file_is_no_helper(folder):
    assert client.find_helper() is None


def test_a_helper_of_another_protocol_is_named_and_not_sent_the_token(server, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "PROTOCOL", 2)
        state.publish(folder, server.helper.identity, server.port)
    with pytest.raises(SetupError, match=f"speaks protocol 2; end its process, {os.getpid()}"):
        client.find_helper()


@pytest.mark.parametrize("port", [0, -1, 70_000, True])
def test_a_state_file_with_a_port_that_is_none_is_no_helper(folder, port):
    state.publish(folder, Stranger(), port)
    assert client.find_helper() is None


@contextmanager
def impostor(answer):
    """Another program that answers whatever it is asked, and knows the instance."""
    with listening(0) as sock:

        def serve():
            with suppress(OSError):
                while True:
                    connection, _ = sock.accept()
                    with connection:
                        connection.recv(4096)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield {"port": sock.getsockname()[1], "token": "token", "instance": "i"}
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)  # `accept` returns


@pytest.mark.parametrize("body", [b"hi", b"[1]", b"{}", b"\xff"])
def test_an_impostor_is_a_sentence(body):
    status = b"404 Not Found" if body == b"{}" else b"200 OK"
    head = b"HTTP/1.1 %b\r\nLutbridge-Instance: i\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    with impostor(head + body) as there:
        assert not client.answers(there), "the instance proves nothing"
        with pytest.raises(SetupError, match="is no helper"):
            client.info(there)


def test_one_that_hangs_up_is_a_sentence():
    with impostor(b"SSH-2.0-x\r\n") as there:
        assert not client.answers(there)
        with pytest.raises(SetupError, match="does not answer"):
            client.info(there)


def test_stopping_waits_until_the_lock_is_free(server, folder):
    assert not client.is_running() and not (folder / state.LOCK).exists(), "asking makes nothing"
    client.stop(5)
    lock = state.hold(folder / state.LOCK)
    state.publish(folder, server.helper.identity, server.port)
    server.helper.stop = lambda: threading.Timer(0.5, lock.release).start()
    assert client.is_running()
    client.stop(10)
    assert not client.is_running()


def test_one_that_does_not_end_is_a_fault(folder):
    with state.only_helper(folder), pytest.raises(SetupError, match="holds the lock and does not end"):
        client.stop(0.3)


def test_a_refusal_is_a_sentence(server, folder):
    wrong = {"port": server.port, "token": "wrong", "instance": "i"}
    with pytest.raises(SetupError, match="refuses: the token is missing or wrong"):
        client.info(wrong)


def test_shutting_down(server, folder):
    state.publish(folder, server.helper.identity, server.port)
    stopped = []
    server.helper.stop = lambda: stopped.append(1)
    client.shut_down(client.find_helper())
    assert stopped == [1]
