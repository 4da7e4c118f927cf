"""Who this run of the helper is, and the secrets that prove the right to use it. All but one are new at each start."""

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
    # By this one, a page that is open and the next run know each other again: see `lasting`. It is never sent on the
    # way to that run, nor kept where another server on the same port could read it.
    page_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie_name(self) -> str:
        return f"lutbridge-{self.instance}"  # its own, as browsers send cookies to every port of an address

    def is_token(self, offered: str) -> bool:
        return _equal(offered, self.token)

    def proof(self, nonce: str) -> str:
        """What only a holder of the token can answer to a nonce, so that a client sees it before it sends the token."""
        return hmac.new(self.token.encode(), f"lutbridge:{nonce}".encode(), "sha256").hexdigest()

    def proof_to_page(self, port: int, nonce: str) -> str:
        """What only a helper of this user, listening on this port, can answer to a page's nonce."""
        return self._by_page_key(f"lutbridge-helper:{port}:{nonce}")

    def is_page(self, port: int, offered: str) -> bool:
        """Whether a page of an earlier run asks, that was sent to this run on this port."""
        return _equal(offered, self._by_page_key(f"lutbridge-page:{port}:{self.instance}"))

    def _by_page_key(self, text: str) -> str:
        return hmac.new(self.page_key.encode(), text.encode(), "sha256").hexdigest()

    def is_cookie(self, offered: str) -> bool:
        return _equal(offered, self.cookie)


def is_nonce(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32,64}", text) is not None


def is_cookie_name(name: str) -> bool:
    """Whether this run of the helper or another one gave a cookie its name."""
    return re.fullmatch("lutbridge-[0-9a-f]{16}", name) is not None


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
