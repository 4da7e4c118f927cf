"""Who this run of the helper is, and the secrets that prove the right to use it. All but one are new at each start."""

import hmac
import re
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    instance: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for programs
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for the page
    # By this one, which the page is given, a page that is open and the next run know each other: see `lasting`.
    page_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie_name(self) -> str:
        return f"lutbridge-{self.instance}"  # its own, as browsers send cookies to every port of an address

    def is_token(self, offered: str) -> bool:
        return _equal(offered, self.token)

    def proof(self, nonce: str) -> str:
        """What only a holder of the token can answer to a nonce, so that a client sees it before it sends the token."""
        return _keyed(self.token, f"lutbridge:{nonce}")

    def proof_to_page(self, port: int, nonce: str) -> str:
        """The same for the page, whose scripts are not to know the token: on this port, as the key outlives a run."""
        return _keyed(self.page_key, f"lutbridge-helper:{port}:{nonce}")

    def is_page(self, port: int, offered: str) -> bool:
        """Whether a page of an earlier run asks, that was sent to this run on this port."""
        return _equal(offered, _keyed(self.page_key, f"lutbridge-page:{port}:{self.instance}"))

    def is_cookie(self, offered: str) -> bool:
        return _equal(offered, self.cookie)


def is_nonce(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32,64}", text) is not None


def _keyed(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _equal(offered: str, secret: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), secret.encode())
