"""Incoming requests: checked by their headers before a body is read, in linear time.

docs/decisions/helper.md lists what is guarded because of waitress, with the tests.
"""

import logging
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from lutbridge_server.errors import ApiError, internal
from lutbridge_server.spool import is_full, no_space

if TYPE_CHECKING:
    from lutbridge_server.channel import Channel

log = logging.getLogger(__name__)

# waitress's own patterns take quadratic time: 20 s for 8 kB of a target with "://", two minutes for 100 kB of blanks
# before a value. These take linear time, and what passes them is fast in waitress too.
_FIRST_LINE = re.compile(rb"[A-Z]+ /[^ ]* HTTP/[0-9]\.[0-9]")
_BLANKS = re.compile(rb"[ \t]{32}")  # more in one place than any client sends
_MOST_LINES = 256  # of a head; browsers send 20


class GuardError(Error):
    """A request that the guard refused, in waitress's form."""

    def __init__(self, error: ApiError):
        super().__init__(error.message)
        self.refusal = error


class Parser(HTTPRequestParser):
    """Reads a request; asks the guard once the headers are complete.

    Args:
        channel: notified of a request with a token or cookie.
    """

    path = ""  # for a head refused before parsing; waitress logs it if the client has gone

    def __init__(self, adj: Adjustments, channel: "Channel"):
        super().__init__(adj)
        self._channel, self._guard, self.started = channel, channel.server.helper.guard, time.monotonic()

    def received(self, data: bytes) -> int:
        if not self._channel.takes_more():
            return len(data)
        try:
            consumed = super().received(data)
        except OSError as error:  # a body over 512 kB is on its way to the disk
            log.error("a body could not be kept: %s", error)
            self._refuse(no_space() if is_full(error) else internal())
            consumed = len(data)
        if self.completed:
            self.expect_continue = False  # no go-ahead for a body that is refused, or already here
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        if header_plus.count(b"\r\n") > _MOST_LINES:
            return self._refuse(ApiError("headers_too_large", f"there are more than {_MOST_LINES} headers"))
        _check_form(header_plus)
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
        headers = {name.lower().replace("_", "-"): value for name, value in self.headers.items()}
        if self.chunked:
            headers["transfer-encoding"] = "chunked"
        try:
            self._guard.check(self.command, self.path, headers)
        except ApiError as error:
            self._refuse(error)
        else:
            if self._guard.has_right(headers):
                self._channel.trust()
            self._receive_in_spool()

    def _receive_in_spool(self) -> None:
        """Has a large body written where its photo is read from; waitress would write it to a file of its own first."""
        if self.content_length > self.adj.inbuf_overflow:
            try:
                self.body_rcv.buf = self._channel.server.helper.spool.receive()
            except ApiError as error:
                self._refuse(error)

    def _refuse(self, error: ApiError) -> None:
        self.error, self.completed = GuardError(error), True
        with suppress(OSError):  # the rest does not fit either
            self.close()
        self.body_rcv, self.content_length = None, 0


def _check_form(head: bytes) -> None:
    """Raises ParsingError for a malformed head."""
    if not _FIRST_LINE.fullmatch(head.partition(b"\r\n")[0].rstrip()):
        raise ParsingError("the first line is no request to this server")
    if _BLANKS.search(head):
        raise ParsingError("too many blanks in one place")
