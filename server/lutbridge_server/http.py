"""waitress, made strict: headers are judged before a body is read, slow requests end, and refusals are JSON.

What is guarded here because of waitress's own ways is listed, with the test that holds it, in docs/decisions/helper.md.
"""

import errno
import logging
import math
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

_SHORT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # of descriptors or memory
_PAUSE = 1.0  # seconds until a connection is accepted again where something is short
_GRACE = 1.0  # seconds that a connection has to show its right, before it makes room where places are short

_CODES = {400: "bad_request", 413: "body_too_large", 431: "headers_too_large", 501: "not_implemented"}


class GuardError(Error):
    """A request that the guard turned away, as waitress carries it."""

    def __init__(self, error: ApiError):
        super().__init__(error.message)
        self.refusal = error


class Parser(HTTPRequestParser):
    """Reads a request; asks the guard as soon as the headers are there."""

    def __init__(self, adj: Adjustments, helper: Helper, trusted: Callable[[], None] = lambda: None):
        """
        Args:
            trusted: called where the request has a right, by token or by cookie.
        """
        super().__init__(adj)
        self._helper, self._trusted, self.started = helper, trusted, time.monotonic()

    def received(self, data: bytes) -> int:
        try:
            consumed = super().received(data)
        except OSError as error:  # a body over 512 kB is on its way to the disk
            log.error("a body could not be kept: %s", error)
            self._refuse(no_space() if is_full(error) else internal())
            consumed = len(data)
        if self.completed:
            self.expect_continue = False  # no invitation to send a body that nobody wants, or of which nothing is left
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
        else:
            if self._helper.guard.has_right(headers):
                self._trusted()

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
    is_trusted = False  # a request had a right
    lingers_until: float | None = None  # time.monotonic

    def __init__(self, server: "Server", *args, **named):
        self.parser_class = partial(Parser, helper=server.helper, trusted=self._trust)
        self.opened = time.monotonic()
        super().__init__(server, *args, **named)

    def _trust(self) -> None:
        self.is_trusted = True

    @property
    def last_activity(self) -> float:
        """By time.monotonic. waitress sets it to the time of day, which can be set back."""
        return self._active

    @last_activity.setter
    def last_activity(self, time_of_day: float) -> None:
        self.has_spoken = hasattr(self, "_active")  # the first time is the constructor's
        self._active = time.monotonic()

    def _flush_outbufs_below_high_watermark(self) -> None:
        """waitress has the thread wait until the client reads. A client that asks for more before it has read a large
        answer would take one thread with each connection; it is hung up on. No single answer is so large: results go
        as files.
        """
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            self.will_close = True
            self.server.pull_trigger()

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
        return not self.has_spoken

    def makes_room(self, now: float) -> bool:
        """Whether it is closed where places are short: it had its time, and no request had a right."""
        return not (self.is_trusted or self.is_busy) and now - self.opened > _GRACE

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
    next_channel_cleanup = math.inf  # by the time of day; `_turn` looks after it
    _cleans_at = _accepts_at = 0.0  # time.monotonic

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
        """Ends idle connections, as waitress does, and late requests; forgets what was left behind.

        Args:
            now: time.monotonic, which `Channel.last_activity` counts in too.
        """
        super().maintenance(now)
        self.helper.expire()
        for channel in self.active_channels.values():
            if channel.is_late(now):
                channel.will_close = True
        self._make_room(now)

    def _make_room(self, now: float) -> None:
        """Keeps a quarter of the places free of connections that show no right, the oldest going first."""
        crowd = len(self.active_channels) - 3 * self.helper.settings.connections // 4
        strangers = [channel for channel in self.active_channels.values() if channel.makes_room(now)]
        for channel in sorted(strangers, key=lambda channel: channel.opened)[: max(0, crowd)]:
            channel.will_close = True

    def readable(self) -> bool:
        return super().readable() and time.monotonic() >= self._accepts_at

    def accept(self) -> tuple | None:
        """As waitress does; where descriptors are short it waits, instead of being asked again at once, and again."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in _SHORT:
                raise
            log.warning("no connection can be accepted: %s", error.strerror)
            self._accepts_at = time.monotonic() + _PAUSE
            return None

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
        now = time.monotonic()
        if now >= self._cleans_at:
            self._cleans_at = now + self.adj.cleanup_interval
            self.maintenance(now)
        self.asyncore.loop(timeout=seconds, map=self._map, use_poll=self.adj.asyncore_use_poll, count=1)
