"""Reads photo files of unknown origin in a separate process, so that a decoder that crashes or hangs costs one photo
and not the program.

The process has limits on memory, and on time per photo. It is no sandbox: it may do what its user may.
"""

import atexit
import contextlib
import multiprocessing
import pickle
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from lutbridge.errors import PhotoError, ReadError
from lutbridge.files import end_with_parent
from lutbridge.image.convert import FloatEncoding
from lutbridge.image.formats.codec import MAX_PIXELS, limit_pixels
from lutbridge.image.photo import Photo
from lutbridge.memory import limit_memory, resident_memory

_CHUNK_BYTES = 1 << 20  # a connection holds each message twice
_REMEDY = "the file is damaged or was made to do harm; export it again"

_LOOK_SECONDS = 0.1  # between two looks whether anybody still waits for the photo
_START_SECONDS = 60  # for its imports, on a busy machine

Refusal = tuple[type[PhotoError], str, str]  # what to raise, with its fault and its remedy


@dataclass(frozen=True)
class Limits:
    """What reading one photo may take."""

    seconds: float = 120.0  # at most, for any size
    base_seconds: float = 20.0  # until its header is read, and for the smallest photo
    seconds_per_megapixel: float = 1.0  # ten times the slowest decoder's time; by the header
    memory: int = 4 << 30  # bytes more than the empty process; 500 megapixels of 16-bit RGB are 3 GB
    pixels: int = MAX_PIXELS  # by the header, before anything is decoded
    metadata: int = 128 << 20  # bytes of everything but pixels; an embedded profile of 64 MB is the largest block read
    notices: int = 40  # sentences; known photos have 6 at most
    notice_characters: int = 400  # of one of them
    kept: int = 512 << 20  # bytes that a process may hold on to after a photo, before a fresh one takes its place

    def seconds_for(self, pixels: int) -> float:
        return min(self.seconds, self.base_seconds + self.seconds_per_megapixel * pixels / 1e6)


class ReadingWorker:
    """A process that reads photos, one at a time; started when it is first needed, and again after a crash.

    Safe to use from several threads, which wait for each other. A context manager; `close` ends the process, and so
    does the end of the program, even by `kill -9`. Memory is limited; see `memory`.

    Args:
        limits: for each photo.
    """

    def __init__(self, limits: Limits = Limits()):
        self._limits, self._lock = limits, threading.Lock()
        self._process: multiprocessing.Process | None = None  # one that has started; with its connection, or neither
        self._connection: Connection | None = None
        self._closings = 0

    def read(
        self,
        source: str | Path | bytes,
        name: str = "",
        float_encoding: FloatEncoding | None = None,
        then: Callable[[Photo], Photo] | None = None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Photo:
        """Like `image.read.read` for a file, or `read_bytes` for a file's content.

        A process may also have been killed from outside (by the system, if memory is short), so the photo gets one more
        try in a new one.

        Args:
            source: the file, or its content.
            name: what to call the photo in messages and in `Photo.path`; for a file its path.
            float_encoding: of a floating-point photo without a profile.
            then: more work on the photo, in the same process and limits; must be picklable, and may raise
                PhotoError.
            meanwhile: called now and then; an exception from it ends the process and the reading.

        Raises:
            PhotoError: as `read` and `then` do; SizeError above the limit of pixels; ReadError if the file crashed
                the decoder twice, or took more than the limits allow.
            OSError: no process can be started now.
        """
        path = Path(name or (source if not isinstance(source, bytes) else "photo"))
        with self._lock:
            answer = self._ask_twice(path, (source, path, float_encoding, then), meanwhile)
        if isinstance(answer, Photo):
            return answer
        kind, *sentence = answer
        raise kind(path, *sentence)

    def close(self) -> None:
        """Ends the process; a read in progress gets a ReadError."""
        self._closings += 1
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError):  # closed by the one who reads
                process.kill()
        with self._lock:
            self._stop()

    def __enter__(self) -> "ReadingWorker":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _ask_twice(self, path: Path, request: tuple, meanwhile: Callable[[], None]) -> Photo | Refusal:
        closings = self._closings
        for is_last in (False, True):
            self._ensure_started()
            try:
                return self._ask(request, meanwhile)
            except _TooLateError as error:
                self._stop()
                raise ReadError(path, f"reading it took more than {error}", _REMEDY) from error
            except (EOFError, OSError) as error:  # the process has gone, and with it the other end
                self._stop()
                if is_last or self._closings != closings:
                    raise ReadError(path, "reading it crashed the decoder", _REMEDY) from error
            except BaseException:  # an interrupt leaves half an answer in the connection
                self._stop()
                raise

    def _ask(self, request: tuple, meanwhile: Callable[[], None]) -> Photo | Refusal:
        self._connection.send(request)
        started, pixels = time.monotonic(), 0
        while True:
            seconds = self._limits.seconds_for(pixels)

            def wait(deadline: float = started + seconds, seconds: float = seconds) -> None:
                _wait(self._connection, deadline, seconds, meanwhile)

            wait()
            message = self._connection.recv()
            if not isinstance(message, int):
                answer = _receive(self._connection, message, wait)
                wait()
                if not self._connection.recv():  # it holds on to too much
                    self._stop()
                return answer
            pixels = max(pixels, message)  # as the header says

    def _ensure_started(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self._stop()
        try:
            self._start()
        except EOFError as error:
            raise ChildProcessError("the process that reads photos ended while it started") from error

    def _start(self) -> None:
        """Keeps the process once it answers; a failure before that leaves nothing behind."""
        context = multiprocessing.get_context("spawn")  # a fork would copy other threads' locks
        with contextlib.ExitStack() as undo:
            ours, theirs = context.Pipe()
            undo.callback(ours.close)
            with theirs:
                process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
                process.start()
            undo.callback(_end, process)
            if not ours.poll(_START_SECONDS):  # its imports do not count as reading
                raise EOFError
            ours.recv()
            undo.pop_all()
        self._process, self._connection = process, ours
        atexit.register(self.close)  # multiprocessing's own goodbye is a SIGTERM, which it does not listen to

    def _stop(self) -> None:
        process, connection, self._process, self._connection = self._process, self._connection, None, None
        if process is not None:
            atexit.unregister(self.close)
            connection.close()
            _end(process)


class _TooLateError(Exception):
    """The time for a photo is over; the message says how much it was."""


def _end(process: multiprocessing.Process) -> None:
    process.kill()
    process.join()
    process.close()


def _wait(connection: Connection, deadline: float, seconds: float, meanwhile: Callable[[], None]) -> None:
    """Until something comes."""
    while True:
        meanwhile()
        left = deadline - time.monotonic()
        if connection.poll(max(0.0, min(_LOOK_SECONDS, left))):
            return
        if left <= 0:
            raise _TooLateError(f"{seconds:g} seconds")


def _serve(connection: Connection, limits: Limits) -> None:
    """The process: answers requests until the other end is closed."""
    from lutbridge.image.read import read, read_bytes

    end_with_parent()
    for each in (signal.SIGINT, signal.SIGTERM):  # for the program, which ends this process when it is done with it
        signal.signal(each, signal.SIG_IGN)
    at_first = resident_memory()
    limit_memory(limits.memory)
    limit_pixels(limits.pixels, connection.send)
    connection.send("ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            source, path, float_encoding, then = connection.recv()
            try:
                if isinstance(source, bytes):
                    photo = read_bytes(source, path, float_encoding)
                else:
                    photo = replace(read(source, float_encoding), path=path)
                if then is not None:
                    photo = then(photo)
                parts = _parts(replace(photo, notices=_within(photo.notices, limits)), limits)
            except PhotoError as error:
                parts = _parts((type(error), error.fault[: limits.notice_characters], error.remedy), limits)
            except MemoryError:
                parts = _parts((ReadError, "there is not enough memory for it", "scale it down first"), limits)
            _send(connection, *parts)
            source = photo = then = parts = None  # before the next one is read
            connection.send(resident_memory() - at_first < limits.kept)


def _within(notices: tuple[str, ...], limits: Limits) -> tuple[str, ...]:
    """As many, and as much of each, as a photo may have said of it."""
    most = limits.notice_characters
    kept = [text if len(text) <= most else text[: most - 1] + "…" for text in notices[: limits.notices]]
    more = len(notices) - len(kept)
    return (*kept, f"and {more:,} more of the kind") if more else tuple(kept)


def _parts(answer: Photo | Refusal, limits: Limits) -> tuple[bytes, list[memoryview]]:
    """The message: a pickle, with pixels and tables sent separately, so that nothing is held twice.

    Raises:
        ReadError: the pickle with the photo's metadata is larger than allowed.
    """
    if isinstance(answer, Photo):
        alpha = None if answer.alpha is None else np.ascontiguousarray(answer.alpha)
        answer = replace(answer, pixels=np.ascontiguousarray(answer.pixels), alpha=alpha)
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(answer, protocol=5, buffer_callback=buffers.append)
    if len(head) > limits.metadata:
        raise ReadError(answer.path, f"its metadata takes more than {limits.metadata / 1e6:.0f} MB", _REMEDY)
    return head, [buffer.raw() for buffer in buffers]


def _send(connection: Connection, head: bytes, buffers: list[memoryview]) -> None:
    connection.send((head, [content.nbytes for content in buffers]))
    for content in buffers:
        for start in range(0, content.nbytes, _CHUNK_BYTES):
            connection.send_bytes(content[start : start + _CHUNK_BYTES])


def _receive(connection: Connection, message: tuple[bytes, list[int]], wait: Callable[[], None]) -> Photo | Refusal:
    head, lengths = message
    buffers = []
    for length in lengths:
        content = np.empty(length, np.uint8)
        for start in range(0, length, _CHUNK_BYTES):
            wait()
            connection.recv_bytes_into(content[start : start + _CHUNK_BYTES])
        buffers.append(content)
    return pickle.loads(head, buffers=buffers)
