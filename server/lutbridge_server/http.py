"""waitress, made strict: clients with a token are served first and cannot be locked out; slow requests end.

docs/decisions/helper.md lists what is guarded because of waitress, with the tests.
"""

import errno
import logging
import math
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from lutbridge.errors import SetupError
from lutbridge_server.channel import GRACE, Channel
from lutbridge_server.helper import Helper

try:
    import resource
except ImportError:  # Windows, which counts sockets separately
    resource = None

log = logging.getLogger(__name__)

_SHORT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # of descriptors or memory
_PAUSE = 1.0  # seconds until a connection is accepted again where something is short
_AT_ONCE = 4  # connections that are accepted before those there are get their turn
_FOR_STRANGERS = 2  # threads; their allowed requests take a millisecond
_FILES = 40  # descriptors for other things: the model, the log, the process that reads photos
_FEWEST = 6  # connections, however few descriptors there are


class Dispatcher(ThreadedTaskDispatcher):
    """Threads that answer."""

    def __init__(self, threads: int):
        super().__init__()
        self.set_thread_count(threads)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> None:
        """As waitress does, which counts the time of day."""
        self.set_thread_count(0)
        with self.lock:
            self.thread_exit_cv.wait_for(lambda: not self.threads, timeout)
            while self.queue:
                self.queue.popleft().cancel()


class Server(TcpWSGIServer):
    """Serves one helper on a socket that listens already.

    Args:
        app: the application of `create_app`.
        sock: bound and kept, so that no other program can take the port.
        keep: called now and then; if it raises SetupError, the server stops, and has it as `fault`.
    """

    channel_class = Channel
    next_channel_cleanup = math.inf  # by the time of day; `_turn` looks after it
    _cleans_at = _accepts_at = 0.0  # time.monotonic
    _is_crowded = False  # whether no connection can be closed yet
    fault: SetupError | None = None

    def __init__(self, app: Callable, helper: Helper, sock: socket.socket, keep: Callable[[], None] = lambda: None):
        self._keep = keep
        self.helper, self.stopping, self.hurried, self._stop_lock = helper, False, False, threading.RLock()
        settings = helper.settings
        self.places = places(settings.connections)
        adj = Adjustments(
            sockets=[sock],
            threads=settings.threads,
            ident=None,
            expose_tracebacks=False,
            connection_limit=self.places + 2,  # and the listening socket, and the trigger
            max_request_header_size=settings.header_bytes,
            max_request_body_size=settings.body_bytes + 1,
            channel_timeout=settings.idle_seconds,
            cleanup_interval=1,
            channel_request_lookahead=1,  # a client that hangs up is noticed while its photo is in progress
            recv_bytes=2**18,
            log_socket_errors=False,
            asyncore_use_poll=hasattr(select, "poll"),
        )
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        named = {"dispatcher": Dispatcher(adj.threads), "adj": adj, "sockinfo": info, "bind_socket": False}
        super().__init__(app, {}, True, sock, **named)
        self._for_strangers = Dispatcher(_FOR_STRANGERS)
        pull = self.trigger.trigger
        os.set_blocking(pull, False) if isinstance(pull, int) else pull.setblocking(False)  # a pipe, or a socket

    def maintenance(self, now: float) -> None:
        """Ends idle connections, as waitress does, and late requests; clears leftovers.

        Args:
            now: time.monotonic, as in `Channel.last_activity`.
        """
        super().maintenance(now)
        self.helper.expire()
        if not self.stopping:
            try:
                self._keep()
            except SetupError as error:
                log.error("%s", error)
                self.fault = error
                self.stop()
        for channel in self.active_channels.values():
            if channel.is_late(now):
                channel.will_close = True

    def handle_accept(self) -> None:
        """As waitress does, but for several at once, as long as there are places."""
        for _ in range(_AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before or not self._make_room():
                return

    def _make_room(self, least: int = 0) -> bool:
        """Whether another connection has a place. Closes the oldest ones without a token or cookie if they take more
        than half of the places, or if all are taken; `least` of them at least.
        """
        now = time.monotonic()
        there = [channel for channel in self.active_channels.values() if not channel.will_close]
        strangers = [channel for channel in there if not channel.is_trusted]  # the oldest first
        crowd = max(least, len(strangers) + 1 - self.places // 2, len(there) + 1 - self.places)
        going = [channel for channel in strangers if channel.makes_room(now)][: max(0, crowd)]
        for channel in going:
            channel.will_close = True
        self._is_crowded = len(going) < crowd
        return not self._is_crowded

    def add_task(self, channel: Channel) -> None:
        """Has a request answered; clients with a token or cookie do not wait for strangers."""
        (self.task_dispatcher if channel.is_trusted else self._for_strangers).add_task(channel)

    def pull_trigger(self) -> None:
        """As waitress does, but without waiting: with a full pipe, a thread could wait for the loop while the loop
        waits for the thread. The loop wakes up anyway.
        """
        with suppress(BlockingIOError):
            super().pull_trigger()

    def readable(self) -> bool:
        return super().readable() and time.monotonic() >= self._accepts_at and self._make_room()

    def accept(self) -> tuple | None:
        """As waitress does, but waits if descriptors are short, instead of retrying without pause."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in _SHORT:
                raise
            log.warning("no connection can be accepted: %s", error.strerror)
            self._make_room(1)
            self._accepts_at = time.monotonic() + _PAUSE
            return None

    def stop(self) -> None:
        """Asks `run` to return; from any thread, or a signal handler."""
        with self._stop_lock:
            if not self.stopping:
                self.stopping = True
                self.pull_trigger()

    def hurry(self) -> None:
        """Makes `finish` end at once; from any thread, or a signal handler."""
        self.hurried = True

    def run(self) -> None:
        """Serves until `stop`."""
        while not self.stopping:
            self._turn(1.0)

    def finish(self) -> None:
        """Finishes the photo, every answer and the jobs that clients ask about, within settings.stop_seconds."""
        self.helper.begin_to_stop()
        end = time.monotonic() + self.helper.settings.stop_seconds
        while time.monotonic() < end and not self.hurried and self._is_busy():
            self._turn(0.05)
        for channel in list(self.active_channels.values()):
            channel.handle_close()  # so that waiting requests see that their client is gone
        for dispatcher in (self.task_dispatcher, self._for_strangers):
            dispatcher.shutdown()
        with self._stop_lock:  # so that stopping never uses a closed trigger
            self.asyncore.close_all(self._map)

    def _is_busy(self) -> bool:
        return self.helper.is_awaited or any(
            channel.is_busy and channel.is_trusted for channel in list(self.active_channels.values())
        )

    def _turn(self, seconds: float) -> None:
        now = time.monotonic()
        if now >= self._cleans_at:
            self._cleans_at = now + self.adj.cleanup_interval
            self.maintenance(now)
        seconds = min(seconds, GRACE) if self._is_crowded else seconds
        self.asyncore.loop(timeout=seconds, map=self._map, use_poll=self.adj.asyncore_use_poll, count=1)


def places(most: int) -> int:
    """Connections that there is room for: `most`, or as many as leave descriptors for what answers them."""
    if resource is None:
        return most
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return most
    return min(most, max(_FEWEST, (files - _FILES) // 2))  # one for a connection and one for the file sent to it
