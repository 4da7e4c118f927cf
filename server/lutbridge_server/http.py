"""waitress, made strict: headers are judged before a body is read, slow requests end, and refusals are JSON."""

import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

from lutbridge_server.errors import ApiError, internal
from lutbridge_server.helper import Helper
from lutbridge_server.security import HEADERS
from lutbridge_server.spool import is_full, no_space

log = logging.getLogger(__name__)

_CODES = {400: "bad_request", 413: "body_too_large", 431: "headers_too_large", 501: "not_implemented"}


class GuardError(Error):
    """A request that the guard turned away, as waitress carries it."""

    def __init__(self, error: ApiError):
        super().__init__(error.message)
        self.refusal = error


class Parser(HTTPRequestParser):
    """Reads a request; asks the guard as soon as the headers are there."""

    def __init__(self, adj: Adjustments, helper: Helper):
        super().__init__(adj)
        self._helper, self.started = helper, time.monotonic()

    def received(self, data: bytes) -> int:
        try:
            consumed = super().received(data)
        except OSError as error:  # a body over 512 kB is on its way to the disk
            log.error("a body could not be kept: %s", error)
            self._refuse(no_space() if is_full(error) else internal())
            consumed = len(data)
        if self.error is not None:
            self.expect_continue = False  # no invitation to send a body that nobody wants
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of more digits than Python makes a number of
            raise ParsingError("a number is too long") from error
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("HTTP version is not supported")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding contradict each other")
        if "TRANSFER_ENCODING" in self.headers:  # HTTP 1.0 has none
            raise ParsingError("Transfer-Encoding needs HTTP 1.1")
        if self.proxy_netloc:
            raise ParsingError("this is no proxy")
        headers = {name.lower().replace("_", "-"): value for name, value in self.headers.items()}
        if self.chunked:
            headers["transfer-encoding"] = "chunked"
        try:
            self._helper.guard.check(self.command, self.path, headers)
        except ApiError as error:
            self._refuse(error)

    def _refuse(self, error: ApiError) -> None:
        self.error, self.completed = GuardError(error), True
        with suppress(OSError):  # what was not written yet does not fit either
            self.close()
        self.body_rcv, self.content_length = None, 0


class AnswerTask(WSGITask):
    """Answers what the application has."""

    def set_close_on_finish(self) -> None:
        """waitress closes after any answer without a length; one that has no body needs none (RFC 9110, 8.6)."""
        if self.has_body or self.request.connection_close:
            super().set_close_on_finish()


class RefusalTask(ErrorTask):
    """Answers what never reached the application."""

    def execute(self) -> None:
        error = self.request.error
        if isinstance(error, GuardError):
            refusal = error.refusal
        else:
            refusal = ApiError(_CODES.get(error.code, "internal"), str(error.body)[:200])
        body, number = refusal.to_bytes(), self.channel.server.helper.next_number()
        log.warning("request %s refused unread: %s", number, refusal.code)
        self.status = f"{refusal.status} Refused"
        headers = HEADERS | refusal.headers
        headers["Content-Type"] = "application/json"
        headers["Lutbridge-Request"] = number
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        self.channel.is_refused = True
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """One connection."""

    task_class, error_task_class = AnswerTask, RefusalTask
    is_refused = False
    lingers_until: float | None = None  # time.monotonic

    def __init__(self, server: "Server", *args, **named):
        self.parser_class = partial(Parser, helper=server.helper)
        self.opened = time.monotonic()
        super().__init__(server, *args, **named)

    def handle_write(self) -> None:
        """As waitress does; but to close while a refused client is still sending would take the answer from it."""
        lingers = self.is_refused and self.close_when_flushed
        if lingers:
            self.close_when_flushed = False
        super().handle_write()
        if lingers and self.total_outbufs_len:
            self.close_when_flushed = True  # not all is sent yet
        elif lingers and self.connected:
            self.lingers_until = time.monotonic() + self.server.helper.settings.linger_seconds
            with suppress(OSError):  # the client has gone
                self.socket.shutdown(socket.SHUT_WR)

    def handle_read(self) -> None:
        """As waitress does; what comes after a refusal is thrown away until the client has done."""
        if self.lingers_until is None:
            super().handle_read()
        else:
            self.recv(self.adj.recv_bytes)  # at the end it closes by itself

    def is_late(self, now: float) -> bool:
        """Whether the request that is coming in takes too long, however steadily it trickles."""
        request, settings = self.request, self.server.helper.settings
        if self.lingers_until is not None:
            return now > self.lingers_until
        if request is None:
            return self.is_silent and now - self.opened > settings.header_seconds
        most = settings.body_seconds if request.headers_finished else settings.header_seconds
        return now - request.started > most

    @property
    def is_silent(self) -> bool:
        """Whether nothing ever came."""
        return self.last_activity == self.creation_time

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being made or sent."""
        return bool(self.requests or self.total_outbufs_len)


class Server(TcpWSGIServer):
    """Serves one helper on a socket that listens already.

    Args:
        app: the application of `create_app`.
        sock: bound and kept; nobody can slip in between.
    """

    channel_class = Channel

    def __init__(self, app: Callable, helper: Helper, sock: socket.socket):
        self.helper, self.stopping, self.hurried, self._stop_lock = helper, False, False, threading.RLock()
        settings = helper.settings
        adj = Adjustments(
            sockets=[sock],
            threads=settings.threads,
            ident=None,
            expose_tracebacks=False,
            connection_limit=settings.connections,
            max_request_header_size=settings.header_bytes,
            max_request_body_size=settings.body_bytes + 1,
            channel_timeout=settings.idle_seconds,
            cleanup_interval=1,
            channel_request_lookahead=1,  # a client that hangs up is noticed while its photo is in work
            recv_bytes=2**18,
            log_socket_errors=False,
            asyncore_use_poll=hasattr(select, "poll"),
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(adj.threads)
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(app, {}, True, sock, dispatcher=dispatcher, adj=adj, sockinfo=info, bind_socket=False)

    def maintenance(self, now: float) -> None:
        """Ends idle connections, as waitress does, and late requests; forgets what was left behind."""
        super().maintenance(now)
        self.helper.expire()
        for channel in self.active_channels.values():
            if channel.is_late(time.monotonic()):
                channel.will_close = True

    def stop(self) -> None:
        """Asks `run` to return; from any thread, or a signal handler."""
        with self._stop_lock:
            if not self.stopping:
                self.stopping = True
                self.pull_trigger()

    def hurry(self) -> None:
        """Asks `finish` to end where it stands; from any thread, or a signal handler."""
        self.hurried = True

    def run(self) -> None:
        """Serves until `stop`."""
        while not self.stopping:
            self._turn(1.0)

    def finish(self) -> None:
        """Finishes the photo in work, every answer and the jobs that are asked about, within settings.stop_seconds."""
        self.helper.begin_to_stop()
        end = time.monotonic() + self.helper.settings.stop_seconds
        while time.monotonic() < end and not self.hurried and self._is_busy():
            self._turn(0.05)
        for channel in list(self.active_channels.values()):
            channel.handle_close()  # so that requests that still wait see that nobody waits for them
        self.task_dispatcher.shutdown()
        with self._stop_lock:  # whoever stops pulls no trigger that is closed
            self.asyncore.close_all(self._map)

    def _is_busy(self) -> bool:
        return self.helper.is_awaited or any(channel.is_busy for channel in list(self.active_channels.values()))

    def _turn(self, seconds: float) -> None:
        self.asyncore.loop(timeout=seconds, map=self._map, use_poll=self.adj.asyncore_use_poll, count=1)
