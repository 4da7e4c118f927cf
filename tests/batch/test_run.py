import errno
import threading

import pytest

from lutbridge.batch.plan import Task
from lutbridge.batch.run import Outcome, prepare_folder, run
from lutbridge.errors import SetupError, WriteError
from lutbridge.image.read import read


@pytest.fixture
def tasks(tmp_path, make_photo):
    return [
        Task(make_photo(tmp_path / f"{number}.png", seed=number), tmp_path / "out" / "deep" / f"{number}.png")
        for number in range(4)
    ]


def copy(photo, target):
    target.write_bytes(photo.path.read_bytes())
    return Outcome(image_weights=(0.5,), clipped=0.25)


def failing(at, error):
    def work(photo, target):
        if target.stem == str(at):
            raise error
        return copy(photo, target)

    return work


def test_each_photo_is_done_in_order_in_folders_made_for_it(tasks):
    results = list(run(tasks, copy))
    assert [result.target for result in results] == [task.target for task in tasks]
    assert all(result.status == "done" and result.target.exists() for result in results)
    assert all(result.outcome.clipped == 0.25 and result.seconds >= 0 for result in results)


def test_a_broken_photo_fails_with_its_sentence_and_the_others_are_done(tasks):
    tasks[1].source.write_bytes(b"no photo at all")
    results = list(run(tasks, copy))
    assert [result.status for result in results] == ["done", "failed", "done", "done"]
    assert results[1].error.startswith(f"{tasks[1].source}: ")
    assert results[1].traceback == "" and results[1].outcome is None
    assert not tasks[1].target.exists()


def test_a_bug_on_one_photo_fails_that_photo_and_keeps_its_traceback(tasks):
    results = list(run(tasks, failing(2, ZeroDivisionError("boom"))))
    assert [result.status for result in results] == ["done", "done", "failed", "done"]
    assert "a bug in lutbridge stopped this photo (ZeroDivisionError: boom)" in results[2].error
    assert "Traceback" in results[2].traceback


def test_too_little_memory_fails_that_photo(tasks):
    results = list(run(tasks, failing(0, MemoryError())))
    assert [result.status for result in results] == ["failed", "done", "done", "done"]
    assert "not enough memory" in results[0].error


@pytest.mark.parametrize("direct", [True, False])
def test_a_full_disk_stops_the_batch_and_keeps_what_is_done(tasks, direct):
    full = OSError(errno.ENOSPC, "No space left on device")
    wrapped = WriteError(tasks[2].target, "the disk is full")
    wrapped.__cause__ = full
    done = []
    with pytest.raises(SetupError, match=r"the disk is full; .*--existing skip"):
        done.extend(run(tasks, failing(2, full if direct else wrapped)))
    assert tasks[0].target.exists() and tasks[1].target.exists() and not tasks[3].target.exists()


def test_a_fault_of_the_machine_stops_the_batch(tasks):
    with pytest.raises(SetupError, match="the GPU is gone"):
        list(run(tasks, failing(1, SetupError("the GPU is gone"))))
    assert not tasks[2].target.exists()


def test_a_request_to_stop_is_heard_between_two_photos(tasks):
    done = []

    def work(photo, target):
        done.append(target)
        return copy(photo, target)

    assert len(list(run(tasks, work, should_stop=lambda: len(done) == 2))) == 2
    assert not tasks[2].target.exists()


def test_the_next_photo_is_decoded_while_this_one_is_worked_on(tasks):
    second_read = threading.Event()

    def reading(path):
        if path == tasks[1].source:
            second_read.set()
        return read(path)

    def work(photo, target):
        assert second_read.wait(timeout=10)
        return copy(photo, target)

    assert all(result.status == "done" for result in run(tasks, work, read_photo=reading))


def test_never_more_than_two_photos_are_held(tasks):
    import gc
    import weakref

    photos = []

    def reading(path):
        photo = read(path)
        photos.append(weakref.ref(photo))
        return photo

    most = 0
    for _ in run(tasks, copy, read_photo=reading):
        gc.collect()
        most = max(most, sum(photo() is not None for photo in photos))
    assert 0 < most <= 2


def test_no_tasks_is_no_work():
    assert list(run([], copy)) == []


def test_a_folder_that_cannot_be_made_fails_the_photo(tasks):
    tasks[0].target.parent.parent.write_text("a file where a folder should be")
    results = list(run(tasks, copy))
    assert {result.status for result in results} == {"failed"}
    assert "this folder cannot be made" in results[0].error


def test_an_output_folder_is_made_and_tried(tmp_path):
    prepare_folder(tmp_path / "a" / "b", "-o")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_an_output_folder_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match=r"file/out: cannot be written to .*choose another folder"):
        prepare_folder(tmp_path / "file" / "out", "-o")
