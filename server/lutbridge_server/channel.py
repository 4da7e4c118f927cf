"""One connection and its answers: late, silent and greedy clients are disconnected, refusals are JSON.

docs/decisions/helper.md lists what is guarded because of waitress, with the tests.
"""

import logging
import socket
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from lutbridge_server.errors import ApiError
from lutbridge_server.parser import GuardError, Parser
from lutbridge_server.security import HEADERS

if TYPE_CHECKING:
    from lutbridge_server.http import Server

log = logging.getLogger(__name__)

_CODES = {400: "bad_request", 413: "body_too_large", 431: "headers_too_large", 501: "not_implemented"}
_SIP = 8192  # bytes read at once from a client without a token or cookie, so that others get their turn
_SEND_BYTES = 2**18  # read from a file at once; what does not fit into the socket is read again
GRACE = 0.2  # seconds for a connection to show its token or cookie, before it may have to make room
_MOST_REQUESTS = 8  # sent before an answer is read; our clients never send a second one


class AnswerTask(WSGITask):
    """Sends the application's answer."""

    def set_close_on_finish(self) -> None:
        """waitress closes after any answer without a length; one without a body needs none (RFC 9110, 8.6)."""
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
        asked = {name.lower().replace("_", "-"): value for name, value in self.request.headers.items()}
        headers = HEADERS | self.channel.server.helper.guard.for_origin(asked) | refusal.headers
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
        self.parser_class = partial(Parser, channel=self)
        self.opened = time.monotonic()
        super().__init__(server, *args, **named)
        self.sendbuf_len = min(self.sendbuf_len, _SEND_BYTES)

    def trust(self) -> None:
        """A request had a right."""
        self.is_trusted = True

    @property
    def last_activity(self) -> float:
        """By time.monotonic. waitress sets it to the time of day, which can be set back."""
        return self._active

    @last_activity.setter
    def last_activity(self, time_of_day: float) -> None:
        self.has_spoken = hasattr(self, "_active")  # the first time is the constructor's
        self._active = time.monotonic()

    def takes_more(self) -> bool:
        """Whether what comes in is still read; hangs up on a client that asks on and on."""
        self.will_close = self.will_close or len(self.requests) >= _MOST_REQUESTS
        return not self.will_close

    def handle_close(self) -> None:
        """As waitress does; what came of an unfinished body is removed at once."""
        super().handle_close()
        if self.request is not None:
            self.request.close()

    def recv(self, size: int) -> bytes:
        return super().recv(size if self.is_trusted else min(size, _SIP))

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
            self.recv(self.adj.recv_bytes)  # closes at the end of input

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
        """Whether it is hung up on where places are short: it has shown no right, and had its answer or its time."""
        is_answered = not (self.is_silent or self.request or self.is_busy)
        return not self.is_trusted and (is_answered or now - self.opened > GRACE)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being made or sent."""
        return bool(self.requests or self.total_outbufs_len)
