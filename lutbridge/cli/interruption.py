"""Ctrl-C and SIGTERM: the first finishes the current photo and stops, the second stops at once.

Python runs a signal's handler between two of its own instructions, which during a kernel may be seconds later. So the
answer comes from a thread, which gets the signal as it arrives.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from lutbridge.cli.output import printable

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]


class Interruption:
    """Within this context, signals are caught; `requested` says whether one has arrived.

    Args:
        promise: the effect of the first one, for the user; None: it finishes the current photos.
    """

    def __init__(self, promise: str | None = None) -> None:
        self.requested, self._promise = False, promise
        self._begun: list[str] = []  # photos that are being worked on, the oldest first
        self._previous: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Interruption":
        self._ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)
        self._answering = threading.Thread(target=self._answer, daemon=True)
        self._answering.start()
        self._previous_mouth = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        self._previous = {number: signal.signal(number, self._receive) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._previous_mouth)
        self._mouth.close()  # ends the thread
        self._answering.join()
        self._ear.close()

    def naming(self, work: Callable) -> Callable:
        """Work on a photo, as of `batch.run`; while it runs, the answer names the photo."""

        def named(photo, output):
            name = printable(photo.path.name)
            self._begun.append(name)
            try:
                finish = work(photo, output)
            except BaseException:
                self._begun.remove(name)
                raise

            def finish_named():
                try:
                    return finish()
                finally:
                    self._begun.remove(name)

            return finish_named

        return named

    def _answer(self) -> None:
        with suppress(OSError):
            while (number := self._ear.recv(1)) and number[0] not in SIGNALS:
                pass  # handled elsewhere
            if number:  # straight to the descriptor: this may come in the middle of a print
                os.write(sys.__stderr__.fileno(), f"\n{self._what()}; press Ctrl-C again to stop now.\n".encode())

    def _what(self) -> str:
        if self._promise or not self._begun:
            return self._promise or "Stopping"
        return f"Finishing {self._begun[0]}"

    def _receive(self, number: int, frame: object) -> None:
        if self.requested:
            raise KeyboardInterrupt  # leaves the batch at once; half-written files are removed
        self.requested = True
