import errno
import threading
import time

import pytest

from lutbridge.batch.plan import PlannedPhoto
from lutbridge.batch.run import PhotoFigures, prepare_folder, run
from lutbridge.errors import SetupError, WriteError
from lutbridge.files import atomic_write
from lutbridge.image.read import read


@pytest.fixture
def tasks(tmp_path, make_photo):
    return [
        PlannedPhoto(make_photo(tmp_path / f"{number}.png", seed=number), tmp_path / "out" / "deep" / f"{number}.png")
        for number in range(4)
    ]


def copy(photo, output):
    def finish():
        output.write_bytes(photo.path.read_bytes())
        return PhotoFigures(image_weights=(0.5,), clipped=0.25)

    return finish


def failing(at, error, late):
    """Work that fails at one photo: while it is retouched, or late, while it is written."""

    def work(photo, output):
        if output.stem != str(at):
            return copy(photo, output)
        if not late:
            raise error

        def finish():
            raise error

        return finish

    return work


both = pytest.mark.parametrize("late", [False, True], ids=["retouching", "writing"])


def test_each_photo_is_done_in_order_in_folders_made_for_it(tasks):
    results = list(run(tasks, copy))
    assert [result.output for result in results] == [task.output for task in tasks]
    assert all(result.status == "done" and result.output.exists() for result in results)
    assert all(result.figures.clipped == 0.25 and result.seconds >= 0 for result in results)


def test_a_broken_photo_fails_with_its_sentence_and_the_others_are_done(tasks):
    tasks[1].source.write_bytes(b"no photo at all")
    results = list(run(tasks, copy))
    assert [result.status for result in results] == ["done", "failed", "done", "done"]
    assert results[1].error.startswith(f"{tasks[1].source}: ")
    assert results[1].traceback == "" and results[1].figures is None
    assert not tasks[1].output.exists()


@both
def test_a_bug_on_one_photo_fails_that_photo_and_keeps_its_traceback(tasks, late):
    results = list(run(tasks, failing(2, ZeroDivisionError("boom"), late)))
    assert [result.status for result in results] == ["done", "done", "failed", "done"]
    assert "a bug in lutbridge stopped this photo (ZeroDivisionError: boom)" in results[2].error
    assert "Traceback" in results[2].traceback


@both
def test_too_little_memory_fails_that_photo(tasks, late):
    results = list(run(tasks, failing(0, MemoryError(), late)))
    assert [result.status for result in results] == ["failed", "done", "done", "done"]
    assert "not enough memory" in results[0].error


@both
@pytest.mark.parametrize("direct", [True, False])
def test_a_full_disk_stops_the_batch_and_keeps_what_is_done(tasks, direct, late):
    full = OSError(errno.ENOSPC, "No space left on device")
    wrapped = WriteError(tasks[2].output, "the disk is full")
    wrapped.__cause__ = full
    done = []
    with pytest.raises(SetupError, match=r"the disk is full; .*run the same command again"):
        for result in run(tasks, failing(2, full if direct else wrapped, late)):
            done.append(result.status)
    assert done == ["done", "done"]
    assert tasks[0].output.exists() and tasks[1].output.exists() and not tasks[3].output.exists()


@both
def test_a_fault_of_the_machine_stops_the_batch(tasks, late):
    with pytest.raises(SetupError, match="the GPU is gone"):
        list(run(tasks, failing(1, SetupError("the GPU is gone"), late)))
    assert tasks[0].output.exists() and not tasks[2].output.exists()


@pytest.mark.parametrize(("begun", "finished"), [(1, 1), (2, 1), (3, 2)])
def test_a_request_to_stop_is_heard_between_two_photos(tasks, begun, finished):
    """The first photo is finished; a later one is not written where another was at that time."""
    seen = []

    def work(photo, output):
        seen.append(output)
        return copy(photo, output)

    assert len(list(run(tasks, work, should_stop=lambda: len(seen) == begun))) == finished
    assert [task.output.exists() for task in tasks] == [True] * finished + [False] * (4 - finished)


def test_the_next_photo_is_decoded_while_this_one_is_worked_on(tasks):
    second_read = threading.Event()

    def reading(path):
        if path == tasks[1].source:
            second_read.set()
        return read(path)

    def work(photo, output):
        assert second_read.wait(timeout=10)
        return copy(photo, output)

    assert all(result.status == "done" for result in run(tasks, work, read_photo=reading))


def test_a_photo_is_written_while_the_next_one_is_worked_on(tasks):
    second = threading.Event()

    def work(photo, output):
        if output.stem == "1":
            second.set()
        write = copy(photo, output)

        def finish():
            assert second.wait(timeout=10)
            return write()

        return finish

    assert [result.status for result in run(tasks, work)] == ["done"] * 4


def test_photos_are_written_one_after_another_in_order(tasks):
    running, order = threading.Lock(), []

    def work(photo, output):
        def finish():
            assert running.acquire(blocking=False)
            order.append(output)
            running.release()
            return PhotoFigures()

        return finish

    assert all(result.status == "done" for result in run(tasks, work))
    assert order == [task.output for task in tasks]


def test_a_batch_that_is_given_up_ends_at_once_and_leaves_nothing_half_written(tasks):
    """As by a second Ctrl-C."""
    half_written, go_on = threading.Event(), threading.Event()

    def work(photo, output):
        if output.stem == "1":
            assert half_written.wait(timeout=10)
            raise KeyboardInterrupt

        def slowly(file):
            file.write(b"half")
            half_written.set()
            go_on.wait(timeout=10)

        def finish():
            atomic_write(output, slowly)
            return PhotoFigures()

        return finish

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(run(tasks, work))
    try:
        assert time.monotonic() - start < 5
        assert list(tasks[0].output.parent.iterdir()) == []
    finally:
        go_on.set()


def test_what_is_being_written_is_finished_when_a_fault_stops_the_batch(tasks):
    started = threading.Event()

    def work(photo, output):
        if output.stem == "1":
            assert started.wait(timeout=10)
            raise SetupError("the GPU has gone")
        write = copy(photo, output)

        def finish():
            started.set()
            time.sleep(0.2)
            return write()

        return finish

    with pytest.raises(SetupError):
        list(run(tasks, work))
    assert tasks[0].output.read_bytes() == tasks[0].source.read_bytes() and not tasks[1].output.exists()


def test_a_photo_that_keeps_its_decoder_busy_fails_and_the_others_are_done(tasks, monkeypatch):
    monkeypatch.setattr("lutbridge.batch.run.READ_SECONDS", 0.3)
    go_on = threading.Event()

    def reading(path):
        if path == tasks[1].source:
            go_on.wait(timeout=30)
        return read(path)

    results = list(run(tasks, copy, read_photo=reading))
    go_on.set()
    assert [result.status for result in results] == ["done", "failed", "done", "done"]
    assert "reading it took more than 0.3 seconds" in results[1].error


@pytest.mark.parametrize(("large", "held"), [(2**28, 3), (0, 2)])
def test_never_more_than_three_photos_are_held_and_of_large_ones_two(tasks, monkeypatch, large, held):
    monkeypatch.setattr("lutbridge.batch.run.LARGE", large)
    import gc
    import weakref

    photos = []

    def reading(path):
        photo = read(path)
        photos.append(weakref.ref(photo))
        return photo

    most = 0

    def work(photo, output):
        nonlocal most
        gc.collect()
        most = max(most, sum(photo() is not None for photo in photos))
        return copy(photo, output)

    for _ in run(tasks, work, read_photo=reading):
        gc.collect()
        most = max(most, sum(photo() is not None for photo in photos))
    assert 0 < most <= held


def test_no_tasks_is_no_work():
    assert list(run([], copy)) == []


def test_a_folder_that_cannot_be_made_fails_the_photo(tasks):
    tasks[0].output.parent.parent.write_text("a file where a folder should be")
    results = list(run(tasks, copy))
    assert {result.status for result in results} == {"failed"}
    assert "could not create the folder" in results[0].error


def test_an_output_folder_is_made_and_tried(tmp_path):
    prepare_folder(tmp_path / "a" / "b", "-o")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_an_output_folder_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match=r"file/out: is not writable .*choose another folder"):
        prepare_folder(tmp_path / "file" / "out", "-o")


def test_several_at_once_give_the_same_results_in_the_same_order(tasks):
    import random

    delays = random.Random(1)

    def slow_copy(photo, output):
        time.sleep(delays.uniform(0, 0.05))
        return copy(photo, output)

    tasks[2].source.write_bytes(b"no photo at all")
    results = list(run(tasks, slow_copy, jobs=3))
    assert [result.source for result in results] == [task.source for task in tasks]
    assert [result.status for result in results] == ["done", "done", "failed", "done"]
    assert all(task.output.read_bytes() == task.source.read_bytes() for task in (tasks[0], tasks[1], tasks[3]))


def test_several_are_worked_on_at_once_and_never_more(tasks):
    meeting, busy, most = threading.Barrier(2), threading.Semaphore(2), []

    def work(photo, output):
        assert busy.acquire(blocking=False), "a third one was begun"
        meeting.wait(timeout=10)
        finish = copy(photo, output)

        def finish_and_leave():
            most.append(output)
            busy.release()
            return finish()

        return finish_and_leave

    assert len(list(run(tasks, work, jobs=2))) == len(most) == 4


def test_a_fault_among_several_stops_the_batch_and_what_is_begun_is_finished(tasks):
    others_began = threading.Event()

    def work(photo, output):
        if output.stem == "0":
            assert others_began.wait(timeout=10)
            raise SetupError("the GPU is gone")
        others_began.set()
        time.sleep(0.5)
        return copy(photo, output)

    with pytest.raises(SetupError, match="the GPU is gone"):
        list(run(tasks, work, jobs=2))
    assert [task.output.exists() for task in tasks] == [False, True, False, False]


def test_a_request_to_stop_finishes_those_that_are_begun(tasks):
    seen = []

    def work(photo, output):
        seen.append(output)
        return copy(photo, output)

    results = list(run(tasks, work, should_stop=lambda: bool(seen), jobs=2))
    assert 1 <= len(results) <= 2 and all(result.output.exists() for result in results)
