"""The other side of the contract, as far as the command line needs it: is a helper there, and what does it say?"""

import http.client
import json
import time
from typing import Any

from lutbridge.errors import SetupError
from lutbridge_server.contract import PROTOCOL
from lutbridge_server.settings import HOST
from lutbridge_server.state import FILE, read_state, state_folder

_SECONDS = 5  # for an answer over loopback


def find_helper(patience: float) -> dict[str, Any] | None:
    """The state of the helper that answers; None where there is none after `patience` seconds.

    Raises:
        SetupError: one holds the lock, and yet none answered in that time.
    """
    end = time.monotonic() + patience
    while True:
        state = read_state(state_folder())
        if state is not None and answers(state):
            return state
        if time.monotonic() >= end:
            break
        time.sleep(0.2)
    if patience:
        raise SetupError(f"{state_folder() / FILE}: a helper holds the lock and does not answer; end its process")
    return None


def answers(state: dict[str, Any]) -> bool:
    """Whether the helper of this state file is the one that listens on its port; the token is not sent."""
    try:
        _, headers, _ = _ask(state, "GET", "/healthz", {})
    except (OSError, http.client.HTTPException):
        return False
    return headers.get("Lutbridge-Instance") == state["instance"]


def info(state: dict[str, Any]) -> dict[str, Any]:
    """What `GET /v1/info` says."""
    return _authorised(state, "GET", "/v1/info")


def new_ticket(state: dict[str, Any]) -> str:
    """A path that opens the page, once."""
    return _authorised(state, "POST", "/v1/tickets")["path"]


def shut_down(state: dict[str, Any]) -> None:
    _authorised(state, "POST", "/v1/shutdown")


def _authorised(state: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {state['token']}", "Lutbridge-Protocol": str(PROTOCOL)}
    status, _, body = _ask(state, method, path, headers)
    answer = json.loads(body)
    if status >= 400:
        raise SetupError(f"the helper on port {state['port']} refuses: {answer['message']}; {answer['hint']}")
    return answer


def _ask(state: dict[str, Any], method: str, path: str, headers: dict[str, str]):
    connection = http.client.HTTPConnection(HOST, state["port"], timeout=_SECONDS)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
