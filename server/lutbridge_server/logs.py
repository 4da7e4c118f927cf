"""The helper's log: in the platform's folder, rotated, and without a secret in it."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from lutbridge.errors import SetupError
from lutbridge_server.identity import Identity
from lutbridge_server.settings import Settings
from lutbridge_server.state import check_own_file, make_private

FILE = "helper.log"


def log_folder() -> Path:
    return platformdirs.user_log_path("lutbridge", appauthor=False)


class WithoutSecrets(logging.Formatter):
    """Writes a record with the token and the cookie struck out, should they ever get into one."""

    def __init__(self, identity: Identity):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = (identity.token, identity.cookie, identity.page_key)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        # A line of the log begins with its time; what follows a line's end inside a record is indented, and no control
        # reaches the terminal that shows it.
        text = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text).replace("\n", "\n    ")
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class Sparing(logging.Filter):
    """Lets each kind of line through a hundred times at once, then ten times a second; says how many it left out.

    A kind is the place in the code that writes it, so that a stranger's flood hides nothing else.
    """

    most, per_second = 100, 10

    def __init__(self):
        super().__init__()
        self._kinds: dict[tuple[str, int], list] = {}  # [lines left, when that was, left out]

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        kind = self._kinds.setdefault((record.pathname, record.lineno), [float(self.most), now, 0])
        room = min(self.most, kind[0] + (now - kind[1]) * self.per_second)
        if room < 1:
            kind[:] = room, now, kind[2] + 1
            return False
        if kind[2]:
            record.msg, record.args = f"{record.getMessage()} ({kind[2]} of the kind left out before)", ()
        kind[:] = room - 1, now, 0
        return True


class PrivateFile(RotatingFileHandler):
    """A log that only its user can read, with any umask, also after rotation."""

    def _open(self):
        check_own_file(Path(self.baseFilename))
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_open_private)


def _open_private(path: str, flags: int) -> int:
    handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o600)
    if hasattr(os, "fchmod"):
        with suppress(OSError):  # of a disk that keeps no permissions
            os.fchmod(handle, 0o600)
    return handle


@contextmanager
def log_file(settings: Settings, identity: Identity, folder: Path) -> Iterator[None]:
    """Sends the log to a file in `folder`.

    Raises:
        SetupError: the folder cannot be made, or the file not be opened.
    """
    make_private(folder)
    try:
        handler = PrivateFile(folder / FILE, "a", settings.log_bytes, settings.log_files, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{folder / FILE}: cannot be written ({error.strerror}); remove it") from error
    handler.addFilter(Sparing())
    handler.setFormatter(WithoutSecrets(identity))
    root = logging.getLogger()
    root.addHandler(handler)
    for name in ("lutbridge_server", "waitress"):
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst of requests is none of our business
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
