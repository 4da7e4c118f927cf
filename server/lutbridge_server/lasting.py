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
        page_key: shared by the pages of all runs; see `Identity`.
    """

    port: int = 0
    page_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)  # 256 bits


def recall(folder: Path) -> Lasting:
    """What the last run left, or a new beginning where that makes no sense."""
    facts = read_private(folder / FILE)
    if facts is None or type(facts.get("port")) is not int or not 0 < facts["port"] < 65536:
        return Lasting()
    key = facts.get("page_key")
    return Lasting(facts["port"], key) if isinstance(key, str) and len(key) >= 43 else Lasting(facts["port"])


def remember(folder: Path, lasting: Lasting) -> None:
    """Keeps it for the next run.

    Raises:
        SetupError: it cannot be written.
    """
    write_private(folder / FILE, asdict(lasting))
