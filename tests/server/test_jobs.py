import threading
import time
from types import SimpleNamespace

import pytest

from lutbridge.errors import ReadError, SetupError, WriteError
from lutbridge_server.errors import ApiError
from lutbridge_server.jobs import Job, KeptJobs, Worker


@pytest.fixture
def worker():
    worker = Worker(most_waiting=2, retry_seconds=3)
    yield worker
    worker.stop()
    assert worker.join(5)


class Held:
    """Work that goes on until it is let go."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, step):
        self.begun.set()
        assert self.go.wait(10)
        step(0.5)
        return "done"


@pytest.fixture
def held(worker):
    """A job that keeps the worker busy."""
    work = Held()
    job = worker.submit(Job("lut", work))
    assert work.begun.wait(5)
    yield job, work
    work.go.set()


def test_a_job_runs_and_reports(worker):
    seen = []
    job = worker.submit(Job("lut", lambda step: [step(share) or seen.append(job.progress) for share in (0.2, 0.9)]))
    assert job.wait(5)
    assert (job.state, job.progress, seen) == ("done", 1.0, [0.2, 0.9])


def test_jobs_run_in_the_order_they_came(worker, held):
    done = []
    jobs = [worker.submit(Job("lut", lambda step, n=n: done.append(n))) for n in range(2)]
    assert [worker.ahead_of(job) for job in jobs] == [1, 2]
    held[1].go.set()
    assert all(job.wait(5) for job in jobs)
    assert done == [0, 1]


def test_a_full_queue_refuses_and_lets_go_of_what_was_sent(worker, held):
    released = []
    for _ in range(2):
        worker.submit(Job("lut", lambda step: None))
    with pytest.raises(ApiError) as refused:
        worker.submit(Job("lut", lambda step: None, release=lambda: released.append(1)))
    assert refused.value.code == "busy" and refused.value.headers == {"Retry-After": "3"}
    assert released == [1]


def test_a_job_that_waits_is_cancelled_at_once(worker, held):
    released = []
    job = worker.submit(Job("lut", lambda step: None, release=lambda: released.append(1)))
    worker.cancel(job)
    assert (job.state, released, worker.counts()["waiting"]) == ("cancelled", [1], 0)


def test_a_job_in_work_stops_at_its_next_step(worker, held):
    job, work = held
    worker.cancel(job)
    work.go.set()
    assert job.wait(5)
    assert (job.state, job.result) == ("cancelled", None)


def test_a_result_that_nobody_wants_any_more_is_dropped(worker):
    dropped, begun, go = [], threading.Event(), threading.Event()

    def work(step):  # its last step is behind it
        begun.set()
        go.wait(5)
        return "file"

    job = worker.submit(Job("lut", work, drop=dropped.append))
    assert begun.wait(5)
    worker.cancel(job)
    go.set()
    assert job.wait(5)
    assert (job.state, dropped) == ("cancelled", ["file"])


def test_a_result_is_dropped_once(worker):
    dropped = []
    job = worker.submit(Job("lut", lambda step: "file", drop=dropped.append))
    assert job.wait(5)
    job.abandon()
    job.abandon()
    assert dropped == ["file"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReadError("/secret/spool/ab12", "it is cut short", "copy it again"), "photo_refused"),
        (SetupError("/home/anna/model.safetensors: damaged"), "model_unavailable"),
        (MemoryError(), "out_of_memory"),
        (WriteError("/secret/spool/ab12", "its folder does not exist"), "internal"),
        (ZeroDivisionError("division"), "internal"),
    ],
)
def test_a_failure_is_told_without_paths_and_the_next_job_runs(worker, error, code):
    def fail(step):
        raise error

    job = worker.submit(Job("lut", fail))
    assert job.wait(5)
    assert (job.state, job.error.code) == ("failed", code)
    assert "/" not in job.error.message
    after = worker.submit(Job("lut", lambda step: "fine"))
    assert after.wait(5) and after.result == "fine"


def test_at_the_end_the_job_in_work_is_finished_and_the_others_are_refused():
    worker, work = Worker(2, 1), Held()
    first, second = worker.submit(Job("lut", work)), worker.submit(Job("lut", lambda step: None))
    assert work.begun.wait(5)
    worker.stop()
    assert second.error.code == "shutting_down"
    work.go.set()
    assert worker.join(5)
    assert first.state == "done"
    with pytest.raises(ApiError, match="shutting down"):
        worker.submit(Job("lut", lambda step: None))


def finished(dropped=None, size=4):
    drop = dropped.append if dropped is not None else lambda result: None
    job = Job("lut", lambda step: SimpleNamespace(size=size), drop=drop)
    job.run()
    return job


def kept(*jobs, most=5, most_bytes=1000, seconds=60):
    kept = KeptJobs(most, most_bytes, seconds)
    for job in jobs:
        kept.add(job)
    return kept


def test_kept_jobs_expire_with_their_results_though_nobody_asks(monkeypatch):
    dropped = []
    job = finished(dropped)
    jobs = kept(job)
    jobs.expire()
    assert jobs.get(job.id) is job
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    jobs.expire()
    assert len(dropped) == 1
    with pytest.raises(ApiError) as unknown:
        jobs.get(job.id)
    assert unknown.value.code == "unknown_job"


def test_there_is_room_for_so_many_jobs():
    job = finished()
    jobs = kept(job, most=1)
    with pytest.raises(ApiError, match="1 jobs are kept already"):
        jobs.make_room()
    jobs.forget(job)
    jobs.make_room()


def test_there_is_room_for_so_many_bytes():
    jobs = kept(finished(size=600), finished(size=300))
    jobs.make_room()
    jobs.add(finished(size=100))
    with pytest.raises(ApiError) as refused:
        jobs.make_room()
    assert refused.value.code == "too_many_jobs"


def test_what_was_fetched_makes_room_the_oldest_first():
    dropped = []
    jobs = [finished(dropped, size) for size in (10, 20, 30)]
    several = kept(*jobs, most=3)
    jobs[1].collect()
    jobs[2].collect()
    several.make_room()
    assert [result.size for result in dropped] == [20]
    assert several.get(jobs[0].id) is jobs[0] and several.get(jobs[2].id) is jobs[2]


def test_a_job_is_awaited_while_somebody_asks_and_has_not_got_it(monkeypatch):
    job = finished()
    jobs = kept(job)
    assert jobs.are_awaited(5)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 6)
    assert not jobs.are_awaited(5), "its client seems to have gone"
    jobs.get(job.id)
    assert jobs.are_awaited(5)
    job.collect()
    assert not jobs.are_awaited(5)


def test_abandoned_jobs_make_room_the_oldest_first(monkeypatch):
    kept = KeptJobs(3, 1000, 3600, asking_seconds=5)
    jobs = [Job("lut", lambda step: None) for _ in range(3)]
    for number in (1, 0):
        jobs[number].run()
    for job in jobs:
        kept.add(job)
    with pytest.raises(ApiError):
        kept.make_room()
    for job in jobs:
        job.asked_at -= 6
    kept.make_room()
    assert [job.id in kept._jobs for job in jobs] == [True, False, True]
