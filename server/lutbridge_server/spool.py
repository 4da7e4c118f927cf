"""A private folder for photos that came in and results that wait to be fetched; nothing in it outlives the helper."""

import errno
import secrets
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lutbridge_server.errors import ApiError
from lutbridge_server.state import hold, make_private

_CHUNK = 2**20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Spool:
    """Files under random names in a folder of its own below `parent`.

    Beside the folder stands a lock that dies with its helper. Folders without one are of helpers that were killed, and
    are removed at the start; those of living ones (of another session, or in a sandbox) are left alone.
    """

    def __init__(self, parent: Path):
        self._parent, self._mutex, self._is_closed = parent, threading.Lock(), False
        make_private(parent)
        _remove_left_over(parent)
        self._claim()

    def new(self) -> Path:
        """A path where nothing stands, in a folder that is there even after a cleaner of caches was."""
        with self._mutex:
            if not self.folder.is_dir() and not self._is_closed:
                self._claim()
            return self.folder / secrets.token_hex(8)

    def keep(self, stream: BinaryIO) -> Path:
        """A file with the stream's bytes.

        Raises:
            ApiError: the disk is full.
            OSError: it fails otherwise.
        """
        path = self.new()
        try:
            with open(path, "xb") as file:
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
            _remove(self.folder)
            self._lock.release()
            _lock_of(self.folder).unlink(missing_ok=True)

    def _claim(self) -> None:
        """Makes the folder; its lock first, so that there is no moment in which it looks left over."""
        make_private(self._parent)
        self.folder = self._parent / secrets.token_hex(8)
        self._lock = hold(_lock_of(self.folder))
        make_private(self.folder)


def _remove_left_over(parent: Path) -> None:
    for folder in [path for path in parent.iterdir() if path.is_dir()]:
        lock = hold(_lock_of(folder))
        if lock is not None:
            _remove(folder)
            lock.release()
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def is_full(error: OSError) -> bool:
    """Whether a disk, a quota or the largest file that may be written was the obstacle."""
    return error.errno in _FULL


def no_space() -> ApiError:
    return ApiError("no_space", "the temporary folder is full", "free some space on the disk")
