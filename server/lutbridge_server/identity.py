"""Who this run of the helper is, and the secrets that prove the right to use it. All are new at each start."""

import hmac
import re
import secrets
import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    instance: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for programs
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for the page

    @property
    def cookie_name(self) -> str:
        return f"lutbridge-{self.instance}"  # its own, as browsers send cookies to every port of an address

    def is_token(self, offered: str) -> bool:
        return _equal(offered, self.token)

    def proof(self, nonce: str) -> str:
        """What only a holder of the token can answer to a nonce, so that a client sees it before it sends the token."""
        return hmac.new(self.token.encode(), f"lutbridge:{nonce}".encode(), "sha256").hexdigest()

    def is_cookie(self, offered: str) -> bool:
        return _equal(offered, self.cookie)


def is_nonce(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32,64}", text) is not None


def _equal(offered: str, secret: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), secret.encode())


class Tickets:
    """One-time ways into the page, each good for a while."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        self._ends: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue(self) -> str:
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = time.monotonic()
            self._ends = {known: end for known, end in self._ends.items() if end > now}
            self._ends[ticket] = now + self.seconds
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Whether the ticket was good; it is not any more."""
        with self._lock:
            return self._ends.pop(ticket, 0.0) > time.monotonic()
