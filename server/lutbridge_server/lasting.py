"""Kept between runs of the helper, so that an open page finds the next one and both recognise each other: the port, and
a key.
"""

import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lutbridge_server.state import read_private, write_private

FILE = "page.json"


@dataclass(frozen=True)
class Lasting:
    """Kept in the state folder, readable only by this user.

    Attributes:
        port: that the last run listened on; 0 if there was none.
        former: the port before that, 0 if it was the same: an open page may still be from there.
        page_key: shared by the pages of all runs; see `Identity`.
    """

    port: int = 0
    former: int = 0
    page_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits


def recall(folder: Path) -> Lasting:
    """What the last run left, or a new beginning where that makes no sense."""
    facts = read_private(folder / FILE)
    if facts is None or not _is_port(facts.get("port")):
        return Lasting()
    former = facts.get("former")
    ports = facts["port"], former if _is_port(former) else 0
    key = facts.get("page_key")
    return Lasting(*ports, key) if isinstance(key, str) and len(key) >= 43 else Lasting(*ports)


def _is_port(value: object) -> bool:
    return type(value) is int and 0 < value < 65536


def followed(before: Lasting, port: int) -> Lasting:
    """What this run leaves, which listens on `port`."""
    former = before.former if before.port == port else before.port
    return Lasting(port, 0 if former == port else former, before.page_key)


def remember(folder: Path, lasting: Lasting) -> None:
    """Keeps it for the next run.

    Raises:
        SetupError: it cannot be written.
    """
    write_private(folder / FILE, asdict(lasting))
