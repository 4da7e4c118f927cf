"""From nothing to a listening helper, and back: lock, socket, model, state file, signals."""

import logging
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from lutbridge.errors import SetupError
from lutbridge_server.app import create_app
from lutbridge_server.client import find_helper
from lutbridge_server.http import Server
from lutbridge_server.identity import Identity
from lutbridge_server.jobs import Job
from lutbridge_server.lasting import followed, recall, remember
from lutbridge_server.logs import log_file, log_folder
from lutbridge_server.presence import Presence
from lutbridge_server.security import successors
from lutbridge_server.settings import HOST, Settings
from lutbridge_server.state import LOCK, hold, make_private, state_folder
from lutbridge_server.tickets import Ticket

log = logging.getLogger(__name__)

_LOOK_AGAIN = 0.2  # seconds between two looks at a lock that another helper holds
# An open page goes on with the next run on the same port. So it is none of those that systems lend to any program's
# connections, which are above; one of them might be taken when the helper comes back.
_PORTS, _PORT_TRIES = range(20_000, 32_768), 20


def spool_folder() -> Path:
    return platformdirs.user_cache_path("lutbridge", appauthor=False) / "spool"


def serve(
    settings: Settings,
    load: Callable[[str | None], Any],
    ready: Callable[[int, Callable[[], Ticket]], None] = lambda port, new_ticket: None,
    wait: Callable[[], None] = lambda: None,
) -> dict[str, Any] | None:
    """Runs a helper until it is stopped; if one runs already, returns its state and starts nothing.

    Args:
        load: makes the retoucher of a model, of the default one for None.
        ready: called with the port and a function that makes a ticket for the page, once the socket listens. Requests
            are answered after it returns.
        wait: called once if another helper is just starting or stopping, before waiting for it.

    Raises:
        SetupError: the port is taken, a folder cannot be written to, or the model is damaged; or another helper
            neither answers nor ends; or the lock or state file was removed and could not be restored.
    """
    folder = make_private(state_folder())
    end, told = time.monotonic() + settings.lock_seconds, False
    while True:
        lock = hold(folder / LOCK)
        if lock is not None:
            try:
                return _run(folder, lock, settings, load, ready)
            finally:
                lock.release()
        there = find_helper()
        if there is not None:
            return there
        if time.monotonic() > end:
            raise SetupError(f"{folder}: a helper holds the lock and does not answer; end its process")
        if not told:
            told = True
            wait()
        time.sleep(_LOOK_AGAIN)


def _run(folder: Path, lock: FileLock, settings: Settings, load: Callable, ready: Callable) -> None:
    before = recall(folder)
    with listening(settings.port, before.port) as sock:
        retoucher = load(None)
        lasting = followed(before, sock.getsockname()[1])
        settings = replace(settings, port=lasting.port, former_port=lasting.former)
        remember(folder, lasting)
        identity = Identity(page_key=before.page_key)
        app = create_app(settings, retoucher, spool_folder(), load, lambda: server.stop(), identity)
        helper = app.extensions["lutbridge"]
        presence = Presence(folder, lock, helper.identity, settings.port)
        try:
            with log_file(settings, helper.identity, log_folder()):
                server = Server(app, helper, sock, presence.keep)
                with stopping_by_signal(server):
                    presence.publish()
                    log.info("serving on port %d, on %s", settings.port, retoucher.device)
                    helper.worker.submit(Job("warm-up", lambda step: helper.darkroom.warm_up()))
                    ready(settings.port, helper.tickets.issue)
                    server.run()
                    presence.withdraw()  # a helper that is started now waits for the lock
                    server.finish()
                log.info("stopped")
        finally:
            presence.withdraw()
            helper.close()
            presence.release()
    if server.fault is not None:
        raise server.fault


@contextmanager
def listening(port: int, rather: int = 0) -> Iterator[socket.socket]:
    """A socket on the loopback interface, bound once and kept.

    Args:
        port: 0 for any that is free.
        rather: the one to take where any will do and this is free.

    Raises:
        SetupError: the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: no other program can bind the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a port whose last connections are still fading counts as free; one that is listened on does not
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            _bind(sock, port, rather)
            sock.listen()
        except OSError as error:
            raise SetupError(
                f"port {port} cannot be had ({error.strerror}); leave --port out to get a free one"
            ) from error
        yield sock


def _bind(sock: socket.socket, port: int, rather: int) -> None:
    if port:
        return sock.bind((HOST, port))
    wanted_ports = (rather, *successors(rather)) if rather else ()
    for wanted in (*wanted_ports, *random.sample(_PORTS, _PORT_TRIES)):
        with suppress(OSError):  # taken, or not to be had on this system
            return sock.bind((HOST, wanted))
        if wanted == rather:
            log.info("port %d of the last run is taken", rather)
    sock.bind((HOST, 0))


@contextmanager
def stopping_by_signal(server: Server) -> Iterator[None]:
    """SIGTERM, Ctrl-C and closing the terminal finish the photo; another SIGTERM or Ctrl-C drops it, and a third
    ends the process at once. Closing a terminal often signals twice, from its shell and from the system.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last one is Windows' for a terminal that is closed
    caught = [getattr(signal, name) for name in names if hasattr(signal, name) and not _is_by_nohup(name)]

    def stop(number: int, frame: Any) -> None:
        if server.stopping and number in (signal.SIGINT, signal.SIGTERM):
            server.hurry()
            for each in caught:
                signal.signal(each, signal.SIG_DFL)
        server.stop()

    before = {each: signal.signal(each, stop) for each in caught}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _is_by_nohup(name: str) -> bool:
    return name == "SIGHUP" and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
