"""Which photos in a folder have arrived whole."""

import os
import shutil
import threading
import time

import pytest

from lutbridge.batch.collect import Found
from lutbridge.batch.watch import LOOK_EVERY, SETTLED, TRY_AGAIN, Arrivals, Bell


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class Folder:
    """A folder that is looked at, and the seconds that pass between two looks."""

    def __init__(self, path):
        self.path, self.clock = path, Clock()
        path.mkdir()
        self.arrivals = Arrivals(path, path / "out", self.clock)

    def put(self, name, content=b"photo"):
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def look(self, after=0.0):
        self.clock.now += after
        return [photo.source.relative_to(self.path).as_posix() for photo in self.arrivals.look()]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "hot")


def test_what_has_not_changed_for_a_moment_has_arrived_and_is_given_out_once(folder):
    folder.put("2.jpg")
    folder.put("10.jpg")
    assert folder.look() == []
    assert folder.arrivals.patience() < SETTLED
    assert folder.look(SETTLED) == ["2.jpg", "10.jpg"]
    assert folder.look(100) == []
    assert folder.arrivals.patience() == LOOK_EVERY


def test_what_still_grows_has_not_arrived(folder):
    for length in range(1, 9):
        folder.put("1.jpg", b"x" * length)
        assert folder.look(SETTLED * 0.8) == []
    assert folder.look(SETTLED) == ["1.jpg"]


def test_a_file_of_one_size_whose_time_changes_has_not_arrived(folder):
    path = folder.put("1.jpg")
    for second in range(5):
        os.utime(path, (second, second))
        assert folder.look(SETTLED) == []
    assert folder.look(SETTLED) == ["1.jpg"]


def test_hidden_files_other_files_and_results_are_left_out(folder):
    for name in (".1.jpg.part", "1.jpg.part", "notes.txt", "out/1.jpg"):
        folder.put(name)
    assert folder.look() == folder.look(1) == []
    (folder.path / "1.jpg.part").rename(folder.path / "1.jpg")
    assert folder.look() == [] and folder.look(1) == ["1.jpg"]


def test_folders_within_are_mirrored(folder):
    folder.put("card/1.jpg")
    folder.look()
    folder.clock.now += 1
    (photo,) = folder.arrivals.look()
    assert photo.folder.as_posix() == "card"


def test_a_new_name_for_a_photo_that_was_given_out_is_no_new_photo(folder):
    path = folder.put("1.jpg")
    folder.look()
    assert folder.look(1) == ["1.jpg"]
    path.rename(folder.path / "wedding-1.jpg")
    assert folder.look(1) == folder.look(1) == []
    shutil.copy(folder.path / "wedding-1.jpg", folder.path / "copy.jpg")
    assert folder.look() == [] and folder.look(1) == ["copy.jpg"], "a copy is a file of its own"


def test_a_photo_that_is_renamed_before_it_was_given_out_is_given_out_by_its_new_name(folder):
    path = folder.put("1.jpg")
    folder.look()
    path.rename(folder.path / "2.jpg")
    assert folder.look(1) == [] and folder.look(1) == ["2.jpg"]


def test_a_changed_photo_is_given_out_once_more(folder):
    folder.put("1.jpg")
    folder.look()
    folder.look(1)
    folder.put("1.jpg", b"edited")
    assert folder.look() == [] and folder.look(1) == ["1.jpg"]


def failing(folder):
    """Has the one photo given out fail; whether it was given up."""
    (path,) = folder.path.glob("*.jpg")
    return folder.arrivals.failed(Found(path, path.parent.relative_to(folder.path)))


def test_what_could_not_be_read_is_tried_again_and_given_up_until_it_changes(folder):
    folder.put("1.jpg", b"ha")
    folder.look()
    assert folder.look(1) == ["1.jpg"]
    for pause in TRY_AGAIN:
        assert not failing(folder)
        assert folder.look(pause * 0.9) == []
        assert folder.look(pause * 0.2) == ["1.jpg"]
    assert failing(folder), "now the user is told"
    assert folder.look(100) == []
    folder.put("1.jpg", b"half no more")
    assert folder.look() == [] and folder.look(1) == ["1.jpg"]
    assert not failing(folder), "and it has all its tries again"


def test_what_was_put_back_is_given_out_again(folder):
    folder.put("1.jpg")
    folder.look()
    folder.clock.now += 1
    found = folder.arrivals.look()
    folder.arrivals.put_back(found)
    assert folder.look() == ["1.jpg"]


def test_a_card_may_go_and_come_back(folder, tmp_path):
    folder.put("1.jpg")
    folder.look()
    assert folder.look(1) == ["1.jpg"] and not folder.arrivals.is_away
    shutil.copytree(folder.path, tmp_path / "card")  # keeps the times
    shutil.rmtree(folder.path)
    assert folder.look(1) == [] and folder.arrivals.is_away and folder.arrivals.patience() < 1
    shutil.copytree(tmp_path / "card", folder.path)
    folder.put("2.jpg")
    assert folder.look(1) == [] and not folder.arrivals.is_away
    assert folder.look(1) == ["2.jpg"], "what is done already is not done again"


def test_a_photo_that_went_with_the_card_is_tried_when_it_is_back(folder):
    path = folder.put("1.jpg")
    folder.look()
    assert folder.look(1) == ["1.jpg"]
    content = path.read_bytes()
    path.unlink()
    assert not folder.arrivals.failed(Found(path, path.parent))
    folder.look(1)
    path.write_bytes(content)
    assert folder.look() == [] and folder.look(1) == ["1.jpg"]


def ring_after(seconds, action):
    timer = threading.Timer(seconds, action)
    timer.start()
    return timer


def waited(bell, seconds=5.0):
    start = time.monotonic()
    bell.wait(seconds, lambda: False)
    return time.monotonic() - start


def test_the_bell_rings_when_something_happens(tmp_path):
    bell = Bell(tmp_path)
    waited(bell, 0.2)  # it listens now
    timer = ring_after(0.3, (tmp_path / "1.jpg").touch)
    assert 0.2 < waited(bell) < 4
    timer.join()


def test_the_bell_waits_no_longer_than_it_should(tmp_path):
    bell = Bell(tmp_path)
    assert 0.3 < waited(bell, 0.3) < 3
    start = time.monotonic()
    bell.wait(60, lambda: time.monotonic() - start > 0.2)
    assert time.monotonic() - start < 3


def test_the_bell_survives_that_its_folder_goes_and_comes_back(tmp_path):
    folder = tmp_path / "card"
    bell = Bell(folder)
    assert waited(bell, 0.3) >= 0.3, "it is not there yet"
    folder.mkdir()
    waited(bell, 0.2)
    folder.rmdir()
    waited(bell, 0.3)
    folder.mkdir()
    waited(bell, 0.5)
    timer = ring_after(0.3, (folder / "1.jpg").touch)
    assert waited(bell) < 4
    timer.join()
