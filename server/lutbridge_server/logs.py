"""The helper's log: in the platform's folder, rotated, and without a secret in it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from lutbridge.errors import SetupError
from lutbridge_server.identity import Identity
from lutbridge_server.settings import Settings
from lutbridge_server.state import make_private

FILE = "helper.log"


def log_folder() -> Path:
    return platformdirs.user_log_path("lutbridge", appauthor=False)


class WithoutSecrets(logging.Formatter):
    """Writes a record with the token and the cookie struck out, should they ever get into one."""

    def __init__(self, identity: Identity):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = (identity.token, identity.cookie)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


@contextmanager
def log_file(settings: Settings, identity: Identity, folder: Path) -> Iterator[None]:
    """Sends the log to a file in `folder`.

    Raises:
        SetupError: the folder cannot be made, or the file not be opened.
    """
    make_private(folder)
    try:
        handler = RotatingFileHandler(folder / FILE, "a", settings.log_bytes, settings.log_files, encoding="utf-8")
        if os.name == "posix":
            with suppress(OSError):  # a disk without modes; the folder is private
                os.chmod(folder / FILE, 0o600)
    except OSError as error:
        raise SetupError(f"{folder / FILE}: cannot be written ({error.strerror}); remove it") from error
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
