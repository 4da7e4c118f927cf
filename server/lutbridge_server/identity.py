"""Who this run of the helper is, and the secrets that prove the right to use it. All are new at each start."""

import hmac
import re
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    instance: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for programs
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for the page
    page_key: str = field(
        default_factory=lambda: secrets.token_urlsafe(32), repr=False
    )  # what the page checks proofs by

    @property
    def cookie_name(self) -> str:
        return f"lutbridge-{self.instance}"  # its own, as browsers send cookies to every port of an address

    def is_token(self, offered: str) -> bool:
        return _equal(offered, self.token)

    def proof(self, nonce: str) -> str:
        """What only a holder of the token can answer to a nonce, so that a client sees it before it sends the token."""
        return _proof(self.token, nonce)

    def page_proof(self, nonce: str) -> str:
        """The same for the page, whose scripts are not to know the token."""
        return _proof(self.page_key, nonce)

    def is_cookie(self, offered: str) -> bool:
        return _equal(offered, self.cookie)


def is_nonce(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32,64}", text) is not None


def _proof(key: str, nonce: str) -> str:
    return hmac.new(key.encode(), f"lutbridge:{nonce}".encode(), "sha256").hexdigest()


def _equal(offered: str, secret: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), secret.encode())
