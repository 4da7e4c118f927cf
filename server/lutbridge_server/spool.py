"""A private folder for photos that came in and results that wait to be fetched; nothing in it outlives the helper."""

import errno
import io
import logging
import os
import re
import secrets
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from lutbridge.errors import SetupError
from lutbridge_server.errors import ApiError
from lutbridge_server.state import hold, make_private

log = logging.getLogger(__name__)

_NAME = re.compile(r"[0-9a-f]{16}")  # of a helper's folder
# In it: photos and results, tickets, and results being written.
_FILE = re.compile(r"[0-9a-f]{16}(?:\.html)?|\.lutbridge-[0-9a-f]{16}\.tmp")
_CHUNK = 2**20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Upload(io.FileIO):
    """A request's body on its way into the spool, as waitress's receivers fill it; removed with the request.

    Args:
        path: a free one.
    """

    def __init__(self, path: Path):
        self._path, self._is_taken, self._size = path, False, 0
        super().__init__(path, "x+", opener=_open_private)

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # a disk that is nearly full takes a part
            rest = rest[self.write(rest) :]
        self._size += len(data)

    def __len__(self) -> int:
        return self._size

    def getfile(self) -> "Upload":
        self.seek(0)
        return self

    def take(self) -> Path:
        """The file, which now is the caller's to drop."""
        self._is_taken = True
        self.close()
        return self._path

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open and not self._is_taken:
            with suppress(OSError):
                self._path.unlink()


class Spool:
    """Files under random names in their own folder below `parent`.

    A lock beside the folder ends with its helper. Folders with a free lock are from killed helpers, and are removed at
    the start. Those of living helpers (another session, or a sandbox) are kept, and so is everything that no helper
    made: other names, folders without a lock file, links and their targets.
    """

    def __init__(self, parent: Path):
        self._parent, self._mutex, self._is_closed = parent, threading.Lock(), False
        make_private(parent)
        _remove_left_over(parent)
        self._claim()

    def new(self) -> Path:
        """A free path, in a folder that is recreated if a cache cleaner removed it."""
        with self._mutex:
            if not _is_folder(self.folder) and not self._is_closed:
                self._claim_again()
            return self.folder / secrets.token_hex(8)

    def receive(self) -> Upload:
        """A file for a body that is about to come in.

        Raises:
            ApiError: there is no folder for it.
            OSError: it cannot be made.
        """
        return Upload(self.new())

    def keep(self, stream: BinaryIO, suffix: str = "") -> Path:
        """A file with the stream's bytes, for its user's eyes only.

        Raises:
            ApiError: the disk is full.
            OSError: it fails otherwise.
        """
        path = self.new().with_suffix(suffix)
        try:
            with open(path, "xb", opener=_open_private) as file:
                shutil.copyfileobj(stream, file, _CHUNK)
        except OSError as error:
            self.drop(path)
            if is_full(error):
                raise no_space() from error
            raise
        return path

    def drop(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()

    def close(self) -> None:
        with self._mutex:
            self._is_closed = True
            _remove(self.folder, self._lock)

    def _claim_again(self) -> None:
        try:
            self._claim()
        except SetupError as error:
            log.error("no temporary folder: %s", error)
            raise no_folder() from error

    def _claim(self) -> None:
        """Makes the folder, its lock first, so that it never looks left over."""
        make_private(self._parent)
        folder = self._parent / secrets.token_hex(8)
        lock = hold(_lock_of(folder))
        try:
            make_private(folder)
        except SetupError:
            _remove(folder, lock)
            raise
        self.folder, self._lock = folder, lock


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _remove_left_over(parent: Path) -> None:
    for folder in list(parent.iterdir()):
        if _NAME.fullmatch(folder.name) and _is_folder(folder) and _lock_of(folder).exists():
            with suppress(SetupError):  # something else is in place of the lock
                lock = hold(_lock_of(folder))
                if lock is not None:
                    _remove(folder, lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def _is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def _remove(folder: Path, lock: FileLock) -> None:
    """Removes the files that a helper made in its folder, the folder if it is empty then, and its lock."""
    if _is_folder(folder):
        with suppress(OSError):
            for path in list(folder.iterdir()):
                if _FILE.fullmatch(path.name) and not path.is_dir():
                    path.unlink()
            folder.rmdir()
    lock.release()
    with suppress(OSError):
        _lock_of(folder).unlink()


def is_full(error: OSError) -> bool:
    """Whether a disk, a quota or the largest file that may be written was the obstacle."""
    return error.errno in _FULL


def no_folder() -> ApiError:
    return ApiError("no_space", "the temporary folder cannot be used", "lutbridge's log says why; try again then")


def no_space() -> ApiError:
    return ApiError("no_space", "the temporary folder is full", "free some space on the disk")
