"""From nothing to a listening helper, and back: lock, socket, model, state file, signals."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs

from lutbridge.errors import SetupError
from lutbridge_server.app import create_app
from lutbridge_server.http import Server
from lutbridge_server.jobs import Job
from lutbridge_server.logs import end_log, log_folder, start_log
from lutbridge_server.settings import HOST, Settings
from lutbridge_server.state import make_private, only_helper, publish, state_folder, withdraw

log = logging.getLogger(__name__)


def spool_folder() -> Path:
    return platformdirs.user_cache_path("lutbridge", appauthor=False) / "spool"


def serve(
    settings: Settings, load: Callable[[str | None], Any], ready: Callable[[int, str], None] = lambda port, ticket: None
) -> bool:
    """Runs a helper until it is told to stop; False where another one runs already.

    Args:
        load: makes the retoucher of a model, of the default one for None.
        ready: called with the port and a ticket for the page, once requests are answered.

    Raises:
        SetupError: the port is taken, a folder cannot be written to, or the model is damaged.
    """
    folder = make_private(state_folder())
    with only_helper(folder) as alone:
        if not alone:
            return False
        with listening(settings.port) as sock:
            retoucher = load(None)
            settings = replace(settings, port=sock.getsockname()[1])
            app = create_app(settings, retoucher, spool_folder(), load, stop=lambda: server.stop())
            helper = app.extensions["lutbridge"]
            handler = start_log(settings, helper.identity, log_folder())
            try:
                server = Server(app, helper, sock)
                with stopping_by_signal(server):
                    publish(folder, helper.identity, settings.port)
                    log.info("serving on port %d, on %s", settings.port, retoucher.device)
                    helper.worker.submit(Job("warm-up", lambda step: helper.darkroom.warm_up()))
                    ready(settings.port, helper.tickets.issue())
                    server.run()
            finally:
                withdraw(folder)
                helper.close()
                log.info("stopped")
                end_log(handler)
    return True


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket on the loopback interface, bound once and kept.

    Raises:
        SetupError: the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: nobody else binds the same port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        try:
            sock.bind((HOST, port))
        except OSError as error:
            raise SetupError(
                f"port {port} cannot be had ({error.strerror}); leave --port out to get a free one"
            ) from error
        sock.listen()
        yield sock


@contextmanager
def stopping_by_signal(server: Server) -> Iterator[None]:
    """SIGTERM and Ctrl-C finish the photo in work; the second one ends the process where it stands."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = [signal.SIGINT, signal.SIGTERM]

    def stop(number: int, frame: Any) -> None:
        for each in caught:
            signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
        server.stop()

    before = {each: signal.signal(each, stop) for each in caught}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
