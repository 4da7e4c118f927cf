"""Ctrl-C and SIGTERM: the first finishes the photo at hand and stops, the second aborts at once."""

import os
import signal
import sys
from contextlib import suppress

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]


class Interruption:
    """Within this context the signals are held; `requested` says whether one has come.

    Args:
        promise: what the first one does, for the user.
    """

    def __init__(self, promise: str = "Finishing the photo at hand") -> None:
        self.requested, self._promise = False, promise
        self._previous: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Interruption":
        self._previous = {number: signal.signal(number, self._receive) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: object) -> None:
        if self.requested:
            raise KeyboardInterrupt  # leaves the batch, which still finishes the file that it is writing
        self.requested = True
        with suppress(OSError):  # straight to the descriptor: the handler may have come in the middle of a print
            os.write(sys.__stderr__.fileno(), f"\n{self._promise}; once more aborts at once.\n".encode())
