"""Reads photo files of unknown origin in a process of its own, so that a decoder that crashes or runs wild costs one
photo and not the program.

The process is held to an amount of memory and to a time for each photo. It is no sandbox: it may do what its user may.
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

from lutbridge.errors import ReadError
from lutbridge.files import limit_memory
from lutbridge.image.convert import FloatEncoding
from lutbridge.image.formats.codec import MAX_PIXELS, limit_pixels
from lutbridge.image.photo import Photo

_CHUNK_BYTES = 1 << 20  # a connection holds each message twice
_REMEDY = "the file is damaged or was made to do harm; export it again"

Refusal = tuple[type[ReadError], str, str]  # what to raise, with its fault and its remedy


@dataclass(frozen=True)
class Limits:
    """What reading one photo may take."""

    seconds: float = 120.0
    memory: int = 4 << 30  # bytes beside the empty process; 500 megapixels of 16-bit RGB are 3 GB
    pixels: int = MAX_PIXELS  # by the header, before anything is decoded


class ReadingWorker:
    """A process that reads photos, one at a time; started when it is first needed, and again after a crash.

    Safe to use from several threads, which wait for each other. A context manager; `close` ends the process, and so
    does the end of the program. Memory is limited where the system lets a process limit itself (not on Windows).

    Args:
        limits: for each photo.
    """

    def __init__(self, limits: Limits = Limits()):
        self._limits, self._lock = limits, threading.Lock()
        self._process: multiprocessing.Process | None = None
        self._connection: Connection | None = None

    def read(self, source: str | Path | bytes, name: str = "", float_encoding: FloatEncoding | None = None) -> Photo:
        """What `image.read.read` gives for a file, or `read_bytes` for a file's content.

        Args:
            source: the file, or its content.
            name: what to call the photo in messages and in `Photo.path`; for a file its path.
            float_encoding: what the numbers of a floating-point photo are where it has no profile.

        Raises:
            ReadError: as `read` does, SizeError over the limit of pixels; and where the file crashed the decoder, or
                took more than the limits allow.
        """
        path = Path(name or (source if not isinstance(source, bytes) else "photo"))
        with self._lock:
            try:
                answer = self._ask((source, path, float_encoding))
            except TimeoutError as error:
                self._stop()
                raise ReadError(path, f"reading it took more than {self._limits.seconds:g} seconds", _REMEDY) from error
            except (EOFError, OSError) as error:  # the process has gone, and with it the other end
                self._stop()
                raise ReadError(path, "reading it crashed the decoder", _REMEDY) from error
            except BaseException:  # an interrupt leaves half an answer in the connection
                self._stop()
                raise
        if isinstance(answer, Photo):
            return answer
        kind, *sentence = answer
        raise kind(path, *sentence)

    def close(self) -> None:
        """Ends the process; whoever is just reading gets a ReadError."""
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

    def _ask(self, request: tuple) -> Photo | Refusal:
        if self._process is None or not self._process.is_alive():
            self._stop()
            self._start()
        self._connection.send(request)
        deadline = time.monotonic() + self._limits.seconds
        return _receive(self._connection, lambda: max(0.0, deadline - time.monotonic()))

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks in whatever state they are
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
        self._process.start()
        theirs.close()
        atexit.register(self.close)  # multiprocessing's own goodbye is a SIGTERM, which it does not listen to
        if not self._connection.poll(60):  # its imports do not count as reading
            raise EOFError
        self._connection.recv()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._connection.close()
            atexit.unregister(self.close)
        self._process = self._connection = None


def _serve(connection: Connection, limits: Limits) -> None:
    """The process: answers requests until the other end is closed."""
    from lutbridge.image.read import read, read_bytes

    for each in (signal.SIGINT, signal.SIGTERM):  # for the program, which ends this process when it is done with it
        signal.signal(each, signal.SIG_IGN)
    limit_memory(limits.memory)
    limit_pixels(limits.pixels)
    connection.send("ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            source, path, float_encoding = connection.recv()
            try:
                if isinstance(source, bytes):
                    photo = read_bytes(source, path, float_encoding)
                else:
                    photo = replace(read(source, float_encoding), path=path)
            except ReadError as error:
                _send(connection, (type(error), error.fault, error.remedy))
            else:
                _send(connection, photo)
            source = photo = None  # before the next one is read


def _send(connection: Connection, answer: Photo | Refusal) -> None:
    """Pixels and tables go beside the pickle, piece by piece, so that nothing is held twice."""
    if isinstance(answer, Photo):
        alpha = None if answer.alpha is None else np.ascontiguousarray(answer.alpha)
        answer = replace(answer, pixels=np.ascontiguousarray(answer.pixels), alpha=alpha)
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(answer, protocol=5, buffer_callback=buffers.append)
    connection.send((head, [buffer.raw().nbytes for buffer in buffers]))
    for buffer in buffers:
        content = buffer.raw()
        for start in range(0, content.nbytes, _CHUNK_BYTES):
            connection.send_bytes(content[start : start + _CHUNK_BYTES])


def _receive(connection: Connection, patience: Callable[[], float]) -> Photo | Refusal:
    def wait() -> None:
        if not connection.poll(patience()):
            raise TimeoutError

    wait()
    head, lengths = connection.recv()
    buffers = []
    for length in lengths:
        content = np.empty(length, np.uint8)
        for start in range(0, length, _CHUNK_BYTES):
            wait()
            connection.recv_bytes_into(content[start : start + _CHUNK_BYTES])
        buffers.append(content)
    return pickle.loads(head, buffers=buffers)
