from dataclasses import dataclass

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import client, state


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
    found = client.find_helper(patience=5)
    assert client.info(found)["instance"] == server.helper.identity.instance
    assert client.new_ticket(found).startswith("/open?ticket=")


def test_another_program_on_the_port_is_not_sent_the_token(server, folder):
    state.publish(folder, Stranger(), server.port)
    assert client.find_helper(patience=0) is None


def test_no_file_is_no_helper(folder):
    assert client.find_helper(patience=0) is None


def test_a_helper_that_should_be_there_and_does_not_answer_is_a_fault(folder):
    state.publish(folder, Stranger(), 1)
    with pytest.raises(SetupError, match="does not answer"):
        client.find_helper(patience=0.3)


def test_a_refusal_is_a_sentence(server, folder):
    wrong = {"port": server.port, "token": "wrong", "instance": "i"}
    with pytest.raises(SetupError, match="refuses: the token is missing or wrong"):
        client.info(wrong)


def test_shutting_down(server, folder):
    state.publish(folder, server.helper.identity, server.port)
    stopped = []
    server.helper.stop = lambda: stopped.append(1)
    client.shut_down(client.find_helper(patience=5))
    assert stopped == [1]
