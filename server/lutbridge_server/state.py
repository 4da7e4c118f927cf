"""How clients find the helper: a file only its user can read, and a lock that says whether a helper lives."""

import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from lutbridge import __version__
from lutbridge.errors import SetupError
from lutbridge.files import flush_to_disk, rename
from lutbridge_server.contract import PROTOCOL
from lutbridge_server.identity import Identity

FILE, LOCK = "helper.json", "helper.lock"
_TEMPORARY = re.compile(r"\.lutbridge-[0-9a-f]{16}\.tmp")
MOST_BYTES = 4096  # of a state file; ours has 200


def state_folder() -> Path:
    """Linux: the session's runtime folder if there is one. Elsewhere the platform's folder for state.

    The plug-ins look there too. On macOS they know no XDG folders, as programs of the desktop do not have what a
    terminal sets.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "lutbridge"
    if sys.platform != "win32" and os.path.isabs(runtime):
        return Path(runtime, "lutbridge")
    return platformdirs.user_state_path("lutbridge", appauthor=False)


def make_private(folder: Path) -> Path:
    """Makes a folder that only this user can look into; returns it.

    Raises:
        SetupError: it cannot be made, belongs to another user, or is open to others.
    """
    try:
        for missing in [path for path in (folder, *folder.parents) if not path.exists()][::-1]:
            missing.mkdir(mode=0o700, exist_ok=True)
            with suppress(OSError):  # looked at below
                missing.chmod(0o700)  # with any umask
        found = folder.lstat()
    except OSError as error:
        raise SetupError(f"{folder}: cannot be made ({error.strerror}); check its permissions") from error
    if not stat.S_ISDIR(found.st_mode):
        raise SetupError(f"{folder}: this is a link or a file, not a folder of lutbridge's own; remove it")
    if os.name == "posix":
        if found.st_uid != os.getuid():
            raise SetupError(f"{folder}: belongs to another user; remove it or ask them to")
        if stat.S_IMODE(found.st_mode) != 0o700:
            with suppress(OSError):
                folder.chmod(0o700)
        if folder.stat().st_mode & 0o077:
            raise SetupError(f"{folder}: this disk keeps no permissions; set XDG_RUNTIME_DIR to a folder that does")
    return folder


def check_own_file(path: Path) -> None:
    """Raises SetupError if one of our names is not an ordinary file but a link, a pipe or a device.

    Opening a pipe would wait for its other end; the target of a link is not ours to write to.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise SetupError(f"{path}: this is no ordinary file; remove it")


def hold(path: Path) -> FileLock | None:
    """Takes the lock at this path, or None where another has it. The system frees it at any death.

    Raises:
        SetupError: nothing can be locked there.
    """
    check_own_file(path)
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise SetupError(f"{path}: cannot be locked ({error.strerror}); use a local disk") from error
    return lock


@contextmanager
def only_helper(folder: Path) -> Iterator[bool]:
    """Holds the lock of the single helper; yields False where another one has it."""
    lock = hold(folder / LOCK)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a helper holds the lock; makes nothing."""
    if not (folder / LOCK).is_file():
        return False
    with only_helper(folder) as free:
        return not free


def publish(folder: Path, identity: Identity, port: int) -> None:
    """Writes the state file, atomically and readable only by this user; replaces one left by a crash."""
    facts = {
        "port": port,
        "token": identity.token,
        "pid": os.getpid(),
        "instance": identity.instance,
        "protocol": PROTOCOL,
        "version": __version__,
    }
    write_private(folder / FILE, facts)


def write_private(path: Path, facts: dict) -> None:
    """Writes a small JSON file, whole and for this user's eyes only, in a folder of lutbridge's own.

    Raises:
        SetupError: it cannot be written.
    """
    folder = path.parent
    for left in [path for path in folder.iterdir() if _TEMPORARY.fullmatch(path.name)]:
        with suppress(OSError):  # of one that was killed on these lines; it has a token
            left.unlink()
    temporary = folder / f".lutbridge-{secrets.token_hex(8)}.tmp"
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(facts, file)
            file.flush()
            flush_to_disk(file.fileno())
        rename(temporary, path)
    except OSError as error:
        raise SetupError(f"{path}: cannot be written ({error.strerror}); free some space") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def withdraw(folder: Path) -> None:
    """Removes the state file, which belongs to the holder of the lock."""
    with suppress(OSError):
        (folder / FILE).unlink()


def read_state(folder: Path) -> dict | None:
    """What the state file says, or None if there is none that makes sense; whether it is true is another matter."""
    facts = read_private(folder / FILE)
    kinds = {"port": int, "token": str, "pid": int, "instance": str, "protocol": int}
    sound = facts is not None and all(type(facts.get(name)) is kind for name, kind in kinds.items())
    return facts if sound and 0 < facts["port"] < 65536 else None


def read_private(path: Path) -> dict | None:
    """What `write_private` wrote, or None if there is no such thing."""
    try:
        check_own_file(path)
        with open(path, "rb") as file:
            facts = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, SetupError):
        return None
    return facts if isinstance(facts, dict) else None
