"""Work on photos: one at a time, a few waiting; each can be watched, cancelled and collected."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lutbridge_server.errors import ApiError, refusal_of, shutting_down

log = logging.getLogger(__name__)

# Reports progress, 0 to 1; raises Cancelled if the result is no longer wanted.
Step = Callable[[float], None]


class Cancelled(Exception):  # noqa: N818 - no error
    """The work was cancelled at a step."""


@dataclass(frozen=True)
class Result:
    """The result of a job.

    Attributes:
        path: the file, in the spool.
        size: of the file, in bytes.
        type: its media type.
        name: a file name for the client.
        facts: for `Lutbridge-Result`.
    """

    path: Path
    size: int
    type: str
    name: str
    facts: dict[str, Any]


class Job:
    """One piece of work and its state.

    Args:
        kind: "lut", "render", "mask", "take", "solve", "shared-lut" or "warm-up".
        work: the work itself; called at most once, by the worker's thread.
        release: frees the input of the work; called once, when it is over.
        drop: removes the result; called at most once, when it is no longer wanted.
    """

    def __init__(
        self,
        kind: str,
        work: Callable[[Step], Any],
        release: Callable[[], None] = lambda: None,
        drop: Callable[[Any], None] = lambda result: None,
    ):
        self.id = f"j-{secrets.token_hex(8)}"
        self.kind, self._work, self._release, self._drop = kind, work, release, drop
        self.state, self.progress = "waiting", 0.0
        self.result: Any = None
        self.error: ApiError | None = None
        self.asked_at = time.monotonic()  # by a client, last
        self.ended_at: float | None = None  # time.monotonic
        self.is_unwanted = self.is_collected = False  # result no longer wanted; client has it, or the failure
        self._over, self._lock = threading.Event(), threading.Lock()

    def run(self) -> None:
        self.state = "running"
        try:
            self._step(0.0)
            result = self._work(self._step)
        except Cancelled:
            self._end("cancelled")
        except Exception as error:  # a bug met on one photo must not cost the others
            refusal = refusal_of(error)
            if refusal.code == "internal":
                log.exception("%s %s failed", self.kind, self.id)
            self.fail(refusal)
        else:
            self._end("done", result)

    def fail(self, error: ApiError) -> None:
        self.error = error
        self._end("failed")

    def abandon(self) -> None:
        """The result is no longer wanted: the work stops at its next step, and the result is removed."""
        with self._lock:
            self.is_unwanted = True
            self._drop_result()

    def collect(self) -> None:
        """Its client has the result or the failure."""
        self.is_collected = True

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over within `seconds`."""
        return self._over.wait(seconds)

    def _step(self, progress: float) -> None:
        if self.is_unwanted:
            raise Cancelled
        self.progress = progress

    def _end(self, state: str, result: Any = None) -> None:
        self._release()
        self._work = None  # it holds on to photos
        with self._lock:
            self.result = result
            if self.is_unwanted:
                state = "cancelled"
                self._drop_result()
            self.state, self.progress, self.ended_at = state, 1.0, time.monotonic()
            self._over.set()

    def _drop_result(self) -> None:
        if self.result is not None:
            self._drop(self.result)
            self.result = None


@dataclass
class Worker:
    """One thread that works through a bounded queue.

    Args:
        most_waiting: jobs behind the current one.
        retry_seconds: for a refused client.
    """

    most_waiting: int
    retry_seconds: int
    _queue: deque = field(default_factory=deque)
    _running: Job | None = None
    _closing: bool = False

    def __post_init__(self):
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="lutbridge-worker", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Job:
        """Queues a job.

        Raises:
            ApiError: the queue is full, or the helper stops; the job is over then.
        """
        with self._changed:
            self._drop_unwanted()
            refusal = self._refusal()
            if refusal is None:
                self._queue.append(job)
                self._changed.notify()
        if refusal:
            job.fail(refusal)
            raise refusal
        return job

    def check_room(self) -> None:
        """Raises ApiError where `submit` would, so that nothing is prepared in vain."""
        with self._changed:
            self._drop_unwanted()
            refusal = self._refusal()
        if refusal:
            raise refusal

    def cancel(self, job: Job) -> None:
        """Ends a job: at once if it waits, at its next step if it runs."""
        job.abandon()
        with self._changed:
            self._drop_unwanted()

    def ahead_of(self, job: Job) -> int:
        """How many jobs are done before this one."""
        with self._changed:
            return self._queue.index(job) + (self._running is not None) if job in self._queue else 0

    def counts(self) -> dict[str, int]:
        with self._changed:
            return {"running": int(self._running is not None), "waiting": len(self._queue)}

    def stop(self) -> None:
        """Refuses waiting and new jobs; the current job continues."""
        with self._changed:
            self._closing = True
            refused = list(self._queue)
            self._queue.clear()
            self._changed.notify()
        for job in refused:
            job.fail(shutting_down())

    def join(self, seconds: float) -> bool:
        """Whether the current job, if any, ended within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _refusal(self) -> ApiError | None:
        if self._closing:
            return shutting_down()
        if len(self._queue) >= self.most_waiting:
            again = {"Retry-After": str(self.retry_seconds)}
            return ApiError("busy", f"{self.most_waiting} photos are waiting already", "try again in a moment", again)
        return None

    def _drop_unwanted(self) -> None:
        for job in [job for job in self._queue if job.is_unwanted]:
            self._queue.remove(job)
            job.run()  # ends at its first step

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    return
                self._running = job = self._queue.popleft()
            job.run()
            del job


def unknown_job() -> ApiError:
    return ApiError("unknown_job", "there is no such job", "send the photo again")


class KeptJobs:
    """The jobs that clients ask about by their id.

    Args:
        most: how many there may be.
        most_bytes: of all results together, which one of them may exceed.
        seconds: for how long after its end.
        asking_seconds: a client that has not asked about its job for so long counts as gone.
    """

    def __init__(self, most: int, most_bytes: int, seconds: int, asking_seconds: int = 5):
        self._asking_seconds = asking_seconds
        self._most, self._most_bytes, self._seconds = most, most_bytes, seconds
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def make_room(self) -> None:
        """Drops finished jobs if another one needs their place: first fetched ones, then those that no client has asked
        about for a while, oldest first.

        Raises:
            ApiError: too many are unfinished, or still asked about.
        """
        with self._lock:
            before = time.monotonic() - self._asking_seconds
            left = [job for job in self._jobs.values() if job.is_over and (job.is_collected or job.asked_at < before)]
            left.sort(key=lambda job: (not job.is_collected, job.ended_at))
            while self._is_full():
                if not left:
                    hint = "collect or delete finished ones first"
                    raise ApiError("too_many_jobs", f"{len(self._jobs)} jobs are kept already", hint)
                self._drop(left.pop(0))

    def add(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job

    def get(self, job_id: str) -> Job:
        with self._lock:
            if job_id not in self._jobs:
                raise unknown_job()
            job = self._jobs[job_id]
            job.asked_at = time.monotonic()
            return job

    def forget(self, job: Job) -> None:
        with self._lock:
            self._jobs.pop(job.id, None)

    def are_awaited(self, seconds: float) -> bool:
        """Whether a client that asked recently still waits for a result or a failure."""
        since = time.monotonic() - seconds
        with self._lock:
            return any(not job.is_collected and job.asked_at >= since for job in self._jobs.values())

    def expire(self) -> None:
        """Forgets what ended too long ago."""
        before = time.monotonic() - self._seconds
        with self._lock:
            for job in [job for job in self._jobs.values() if job.ended_at is not None and job.ended_at < before]:
                self._drop(job)

    def _is_full(self) -> bool:
        sizes = [job.result.size for job in self._jobs.values() if job.result is not None]
        return len(self._jobs) >= self._most or sum(sizes) >= self._most_bytes

    def _drop(self, job: Job) -> None:
        del self._jobs[job.id]
        job.abandon()
