"""The identity of this run of the helper, and the secrets that give access to it. All but one are new at each start."""

import hmac
import re
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    instance: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for programs
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits, for the page
    # The page gets this one, so that an open page and the next run can recognise each other: see `lasting`.
    page_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie_name(self) -> str:
        return f"lutbridge-{self.instance}"  # its own, as browsers send cookies to every port of an address

    def is_token(self, offered: str) -> bool:
        return _equal(offered, self.token)

    def proof(self, nonce: str) -> str:
        """The answer to a nonce that only a holder of the token knows; clients check it before they send the token."""
        return _keyed(self.token, f"lutbridge:{nonce}")

    def proof_to_page(self, port: int, nonce: str) -> str:
        """The same for the page, whose scripts must not know the token; for this port, as the key outlives a run."""
        return _keyed(self.page_key, f"lutbridge-helper:{port}:{nonce}")

    def is_page(self, port: int, offered: str) -> bool:
        """Whether a page of an earlier run asks this run, on this port."""
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
