"""The helper's lock and state file, restored if they are removed while it runs."""

import logging
import os
import time
from pathlib import Path

from filelock import FileLock

from lutbridge.errors import SetupError
from lutbridge_server.identity import Identity
from lutbridge_server.state import LOCK, hold, make_private, publish, read_state, withdraw

log = logging.getLogger(__name__)

_PATIENCE = 30.0  # seconds for a full disk to get room again


class Presence:
    """The lock and the state file of this helper.

    Args:
        folder: the state folder.
        lock: of `state.hold`, held until `release`.
    """

    def __init__(self, folder: Path, lock: FileLock, identity: Identity, port: int):
        self._folder, self._lock, self._identity, self._port = folder, lock, identity, port
        self._file = os.stat(folder / LOCK)
        self._fails_since: float | None = None  # time.monotonic

    def publish(self) -> None:
        """Writes the state file.

        Raises:
            SetupError: it cannot be written.
        """
        publish(self._folder, self._identity, self._port)

    def keep(self) -> None:
        """Restores folder, lock and state file if they were removed. Called now and then.

        Raises:
            SetupError: another helper has taken the place, or it could not be done for half a minute.
        """
        try:
            make_private(self._folder)
            self._keep_lock()
            if not self._is_published():
                self.publish()
                log.warning("the state file was gone and has been written again")
            self._fails_since = None
        except TakenError:
            raise
        except SetupError as error:
            now = time.monotonic()
            if self._fails_since is None:
                self._fails_since = now
                log.error("the state file cannot be put back: %s", error)
            if now - self._fails_since > _PATIENCE:
                raise SetupError(f"no program can find this helper any more, so it ends: {error}") from error

    def withdraw(self) -> None:
        """Withdraws the state file, if it is still this helper's."""
        if self._is_published():
            withdraw(self._folder)

    def release(self) -> None:
        self._lock.release()

    def _is_published(self) -> bool:
        found = read_state(self._folder)
        return found is not None and found["instance"] == self._identity.instance

    def _keep_lock(self) -> None:
        try:
            if os.path.samestat(os.stat(self._folder / LOCK), self._file):
                return
        except FileNotFoundError:
            pass
        lock = hold(self._folder / LOCK)
        if lock is None:
            raise TakenError(
                f"{self._folder}: another helper was started while this one's lock was gone: this one ends"
            )
        self._lock.release()
        self._lock, self._file = lock, os.stat(self._folder / LOCK)
        log.warning("the lock was gone and has been taken again")


class TakenError(SetupError):
    """Another helper has the place."""
