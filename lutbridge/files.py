"""Files: written atomically, never half-written; read only if they are regular files."""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from lutbridge.errors import RefusedError, SetupError, WriteError

try:
    import fcntl as _CLAIMS
except ImportError:  # Windows
    _CLAIMS = None

TEMPORARY_PREFIX, TEMPORARY_SUFFIX = ".lutbridge-", ".tmp"
_TEMPORARY = re.compile(r"\.lutbridge-[0-9a-f]{16}\.tmp")
_TEMPORARIES: set[Path] = set()  # that this process is writing
_ABANDONED_S = 3600
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_UNCLAIMED_S = 1  # more than a process takes from making its temporary to locking it
# An antivirus, indexer or sync client holds a new file for a moment: access denied, sharing and lock violation.
_WINDOWS_BUSY = {5, 32, 33}
# Errors of a share or file system that lacks a call; the operation itself has not failed.
_NO_SUCH_CALL = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM, errno.EMLINK})
_RENAME_PATIENCE_S = 2.5
_IS_WINDOWS = os.name == "nt"
_ADVICE = {
    errno.EEXIST: ("a file has appeared under this name meanwhile, and is left as it is", "say --existing overwrite"),
    errno.ENOSPC: ("the disk is full", "free some space and run it again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run it again"),
    errno.EACCES: ("the folder cannot be written to", "choose another output folder"),
    errno.EPERM: ("the folder cannot be written to", "choose another output folder"),
    errno.EROFS: ("the disk is read-only", "choose another output folder"),
    errno.ENOENT: ("its folder does not exist", "create it or choose another output folder"),
    errno.ENOTDIR: ("its folder is not a folder", "choose another output folder"),
    errno.ENAMETOOLONG: ("the file name is too long", "choose a shorter one"),
    errno.EISDIR: ("a folder stands under this name", "choose another output folder"),
    errno.EFBIG: ("the file is too large for this disk", "choose another output folder"),
}


def atomic_write(
    path: str | Path,
    data: bytes | Callable[[BinaryIO], None],
    verify: Callable[[BinaryIO], bool] | None = None,
    replace: bool = True,
    flush: bool = True,
) -> None:
    """Writes a file under a temporary name in its folder, flushes it to disk, checks it and renames it.

    If anything goes wrong, the temporary is removed and `path` is unchanged. Only a killed process leaves its
    temporary behind, for `remove_leftovers`.

    Args:
        path: the final name.
        data: the content, or a function that writes it to the (seekable) file it is given.
        verify: gets the temporary, re-opened for reading, and returns whether its content is right.
        replace: whether to replace an existing file; if not, a file that is there by then is a WriteError.
        flush: whether to wait until the disk has it; of no use for a file that nobody needs after a power loss.

    Raises:
        WriteError: the disk or folder refused, or `verify` found a fault.
    """
    path = Path(path)
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    _TEMPORARIES.add(temporary)
    try:
        with contextlib.ExitStack() as claim:
            with open(temporary, "x+b") as file:
                _claim(file, claim)
                _write(file, data, flush)
            if verify is not None:
                with open(temporary, "rb") as file:
                    if not verify(file):
                        raise WriteError(path, "what was written does not read back", "check the disk and run it again")
            rename(temporary, path) if replace else _rename_to_new(temporary, path)
        if flush:
            _flush_folder(path.parent)
    except OSError as error:
        fault, remedy = _ADVICE.get(error.errno, (f"it cannot be written ({error.strerror or error})", ""))
        raise WriteError(path, fault, remedy) from error
    finally:
        # Gone after a rename; on a disk that has just failed nothing more can be done about it.
        with contextlib.suppress(OSError):
            temporary.unlink()
        _TEMPORARIES.discard(temporary)


def discard_temporaries() -> None:
    """Removes the temporaries of this process, before it ends at once; if that fails, the next run does it."""
    for temporary in list(_TEMPORARIES):
        with contextlib.suppress(OSError):
            temporary.unlink()


def flush_to_disk(handle: int) -> None:
    """fsync, if the file system has it: some network shares do not."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise


def remove_leftovers(folder: Path) -> None:
    """Removes the temporaries that killed processes left in a folder, and not those of living ones.

    A living process holds a lock on its temporary, which ends with the process. Without such locks (Windows), a
    temporary that has not been written to for an hour is a leftover.
    """
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _TEMPORARY.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    _remove_if_left(path)


def check_regular(path: Path, wanted: str) -> None:
    """Raises RefusedError unless there is an ordinary file, here `wanted` ("a photo").

    Opening a FIFO would wait for its writer, and a device may never end.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise RefusedError("there is no such file") from error
    if stat.S_ISDIR(mode):
        raise RefusedError(f"this is a folder, not {wanted}")
    if not stat.S_ISREG(mode):
        raise RefusedError("this is no ordinary file (a pipe, socket or device)")


@contextlib.contextmanager
def open_ordinary(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file, open for reading.

    A pipe would wait for its writer, and a device may never end.

    Raises:
        OSError: it cannot be read, or is none.
    """
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "this is no ordinary file (a pipe, socket or device)", str(path))
        yield file


def read_ordinary(path: Path, most: int = -1) -> bytes:
    """The bytes of an ordinary file, at most `most`; raises as `open_ordinary`."""
    with open_ordinary(path) as file:
        return file.read(most)


def digest(path: Path, algorithm: str = "sha256") -> str:
    """The digest of an ordinary file's content, hexadecimal; raises as `open_ordinary`."""
    with open_ordinary(path) as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


@contextlib.contextmanager
def temporary_room(trouble: str) -> Iterator[None]:
    """Within this context something is kept in the temporary folder.

    Args:
        trouble: what to say where that fails, such as "cannot store the previews".
    Raises:
        SetupError: there is no room for it.
    """
    try:
        yield
    except OSError as error:
        raise SetupError(
            f"{tempfile.gettempdir()}: {trouble} ({error.strerror or error}); free some space, or name another "
            "temporary folder with TMPDIR"
        ) from error


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def end_with_parent() -> None:
    """Has this process, a child by `multiprocessing`, ended at once when its parent dies, even by `kill -9`.

    On Linux the system does it at any moment; elsewhere a thread does, once a decoder releases the interpreter.
    """
    import ctypes
    import multiprocessing
    import signal
    import threading

    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()


def _remove_if_left(path: Path) -> None:
    age = time.time() - path.stat().st_mtime
    if _CLAIMS is None:
        if age > _ABANDONED_S:
            path.unlink()
        return
    if age < _UNCLAIMED_S:
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        _CLAIMS.flock(handle, _CLAIMS.LOCK_EX | _CLAIMS.LOCK_NB)
        path.unlink()
    finally:
        os.close(handle)


def _claim(file: BinaryIO, until: contextlib.ExitStack) -> None:
    """Takes the lock that says that a temporary's process is alive; it outlasts the closing of `file`."""
    if _CLAIMS is not None:
        with contextlib.suppress(OSError):  # a disk without locks gives none to `remove_leftovers` either
            handle = os.dup(file.fileno())
            until.callback(os.close, handle)
            _CLAIMS.flock(handle, _CLAIMS.LOCK_EX | _CLAIMS.LOCK_NB)


def _write(file: BinaryIO, data: bytes | Callable[[BinaryIO], None], flush: bool) -> None:
    if callable(data):
        data(file)
    else:
        file.write(data)
    file.flush()
    if flush:
        flush_to_disk(file.fileno())


def rename(temporary: Path, path: Path) -> None:
    """os.replace; on Windows it waits a while for programs that hold the existing file open."""
    deadline = time.monotonic() + _RENAME_PATIENCE_S
    while True:
        try:
            return os.replace(temporary, path)
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _rename_to_new(temporary: Path, path: Path) -> None:
    """Renames to a name that must be free, in one step: os.rename on Windows, a second link elsewhere.

    Where there are no links (FAT, some shares) the look and the step are two; a file that appears between them is lost.

    Raises:
        FileExistsError: it is not free.
    """
    if _IS_WINDOWS:
        return os.rename(temporary, path)
    try:
        return os.link(temporary, path)  # the temporary's own name goes with the caller
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    rename(temporary, path)


def _flush_folder(folder: Path) -> None:
    """Makes the rename itself durable, if the system can flush a folder (Windows and some shares cannot).

    The file is complete and in place by now, so an error here is not a failed write.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
