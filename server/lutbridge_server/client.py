"""The other side of the contract, as far as the command line needs it: is a helper there, and what does it say?"""

import hmac
import http.client
import json
import secrets
import time
from pathlib import Path
from typing import Any

from lutbridge.errors import SetupError
from lutbridge_server.contract import PROTOCOL
from lutbridge_server.identity import Identity
from lutbridge_server.settings import HOST
from lutbridge_server.state import LOCK, is_locked, read_state, state_folder
from lutbridge_server.tickets import Ticket

_SECONDS = 5  # for an answer over loopback
PUT_BACK = 2.0  # seconds in which a helper notices that its lock was removed
_LOOK_AGAIN = 0.2  # seconds between two looks at a helper that is to end


def find_helper() -> dict[str, Any] | None:
    """The state of the helper that answers, or None.

    Raises:
        SetupError: the one that answers speaks another protocol.
    """
    state = read_state(state_folder())
    if state is None or not answers(state):
        return None
    if state["protocol"] != PROTOCOL:
        raise SetupError(
            f"the helper on port {state['port']} is of another version of lutbridge and speaks protocol "
            f"{state['protocol']}; end its process, {state['pid']}"
        )
    return state


def answers(state: dict[str, Any]) -> bool:
    """Whether the helper of this state file is the one that listens on its port; the token is not sent.

    The instance is no secret, and the port may be another user's by now: it has to prove that it knows the token.
    """
    nonce = secrets.token_hex(16)
    try:
        _, headers, _ = _ask(state, "GET", "/healthz", {"Lutbridge-Nonce": nonce})
    except (OSError, http.client.HTTPException):
        return False
    proof = Identity(state["instance"], state["token"]).proof(nonce)
    return hmac.compare_digest(headers.get("Lutbridge-Proof", "").encode(), proof.encode())


def is_running(patience: float = 0.0) -> bool:
    """Whether a helper runs, answers or not.

    Args:
        patience: seconds for a helper without a lock to put it back; see PUT_BACK.
    """
    folder, end = state_folder(), time.monotonic() + patience
    while not (folder / LOCK).exists() and time.monotonic() < end:
        time.sleep(_LOOK_AGAIN)
    return is_locked(folder)


def info(state: dict[str, Any]) -> dict[str, Any]:
    """What `GET /v1/info` says."""
    return _authorised(state, "GET", "/v1/info")


def new_ticket(state: dict[str, Any]) -> Ticket:
    """A way into the page, once."""
    made = _authorised(state, "POST", "/v1/tickets")
    return Ticket(made["path"], Path(made["file"]))


def shut_down(state: dict[str, Any]) -> None:
    _authorised(state, "POST", "/v1/shutdown")


def stop(seconds: float) -> None:
    """Ends the helper that runs, or is just starting or stopping, and waits until it has gone.

    Raises:
        SetupError: it has not in that time.
    """
    asked, end = None, time.monotonic() + seconds
    while is_running():
        there = find_helper()
        if there is not None and asked is None:
            shut_down(there)
            asked = there["instance"]
        elif there is not None and there["instance"] != asked:
            return  # it has, and another one was started
        if time.monotonic() > end:
            found = read_state(state_folder())
            process = f"its process, {found['pid']}" if found else "its process"
            raise SetupError(f"{state_folder()}: a helper holds the lock and does not end; end {process}")
        time.sleep(_LOOK_AGAIN)


def _authorised(state: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {state['token']}", "Lutbridge-Protocol": str(PROTOCOL)}
    try:
        status, _, body = _ask(state, method, path, headers)
    except (OSError, http.client.HTTPException) as error:
        raise SetupError(f"the helper on port {state['port']} does not answer ({error}); try again") from error
    try:
        answer = dict(json.loads(body))
        if status < 400:
            return answer
        refusal = f"{answer['message']}; {answer['hint']}"
    except (ValueError, TypeError, KeyError) as error:
        raise SetupError(f"what listens on port {state['port']} is no helper; end it") from error
    raise SetupError(f"the helper on port {state['port']} refuses: {refusal}")


def _ask(state: dict[str, Any], method: str, path: str, headers: dict[str, str]):
    connection = http.client.HTTPConnection(HOST, state["port"], timeout=_SECONDS)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
