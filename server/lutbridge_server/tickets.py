"""Tickets that let one browser into the page, each valid once and for a while."""

import io
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from lutbridge_server.settings import HOST
from lutbridge_server.spool import Spool

# The browser gets this file's name instead of the ticket, as other users can read command lines.
_WAY = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    '<title>lutbridge</title><meta http-equiv="refresh" content="0; url={address}"><a href="{address}">lutbridge</a>'
)


@dataclass(frozen=True)
class Ticket:
    """A one-time ticket for the page.

    Attributes:
        path: that it opens; keep it off command lines.
        file: a page that leads there, readable only by its user; deleted when the ticket expires.
    """

    path: str
    file: Path


class Tickets:
    """Those that are good.

    Args:
        seconds: for how long.
        spool: where their files are kept.
        port: of the helper.
    """

    def __init__(self, seconds: int, spool: Spool, port: int):
        self.seconds, self._spool, self._port = seconds, spool, port
        self._good: dict[str, tuple[float, Path]] = {}  # its end, by time.monotonic, and its file
        self._lock = threading.Lock()

    def issue(self) -> Ticket:
        """
        Raises:
            ApiError: there is no room for its file.
            OSError: it cannot be written otherwise.
        """
        self.expire()
        secret = secrets.token_urlsafe(32)
        path = f"/open?ticket={secret}"
        way = _WAY.format(address=f"http://{HOST}:{self._port}{path}")
        file = self._spool.keep(io.BytesIO(way.encode()), ".html")
        with self._lock:
            self._good[secret] = time.monotonic() + self.seconds, file
        return Ticket(path, file)

    def redeem(self, secret: str) -> bool:
        """Whether the ticket was good; it is not any more."""
        with self._lock:
            end, file = self._good.pop(secret, (0.0, None))
        if file is not None:
            self._spool.drop(file)
        return end > time.monotonic()

    def expire(self) -> None:
        """Drops expired tickets; called now and then."""
        with self._lock:
            over = [secret for secret, (end, _) in self._good.items() if end <= time.monotonic()]
        for secret in over:
            self.redeem(secret)
