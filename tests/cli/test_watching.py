"""`render --watch`, as a photographer who shoots into a folder uses it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from lutbridge.image.read import read

PATIENCE = 30.0  # seconds, on a busy machine


def names(folder):
    """Of files; the manifest is hidden."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return sorted(path.relative_to(folder).as_posix() for path in files)


class Session:
    """A `render --watch` that runs."""

    def __init__(self, folder, out, *options):
        command = [sys.executable, "-u", "-m", "lutbridge", "render", folder, "-o", out, "--watch", *options]
        self.folder, self.out, self._log = folder, out, out.with_suffix(".log")
        self._file = open(self._log, "w+")  # closed by `end`
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=self._file, text=True)
        self.until(lambda: "press Ctrl-C to stop" in self.said())

    def said(self):
        return self._log.read_text()

    def until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def until_there(self, *wanted):
        self.until(lambda: names(self.out) == sorted(wanted))

    def end(self):
        """Ctrl-C; returns the exit code and what went to stdout."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=PATIENCE)
        self._file.close()
        return self.process.returncode, out


@pytest.fixture
def session(tmp_path, toy_model):
    """Starts a session on the folder hot, with results in out; what a test leaves running is ended."""
    started = []

    def start(*options, folder="hot", out="out"):
        (tmp_path / folder).mkdir(exist_ok=True)
        started.append(Session(tmp_path / folder, tmp_path / out, "--model", toy_model, *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()
        one.process.communicate()
        one._file.close()


@pytest.fixture
def photo(make_photo, tmp_path):
    """Content of a photo that is never the same twice."""
    numbers = iter(range(1000))

    def content(suffix=".jpg"):
        return make_photo(tmp_path / f"made{suffix}", size=(96, 64), seed=next(numbers)).read_bytes()

    return content


def test_what_is_there_and_what_arrives_is_retouched_until_ctrl_c(session, photo, tmp_path):
    (tmp_path / "hot").mkdir()
    (tmp_path / "hot" / "1.jpg").write_bytes(photo())
    running = session()
    running.until_there("1.jpg")
    (running.folder / "late").mkdir()
    (running.folder / "late" / "2.png").write_bytes(photo(".png"))
    running.until_there("1.jpg", "late/2.png")
    assert f"{running.folder / '1.jpg'} → {running.out / '1.jpg'}" in running.said()
    code, out = running.end()
    assert code == 0 and out.splitlines() == [str(running.out / "1.jpg"), str(running.out / "late" / "2.png")]
    assert "2 of 2 photos done" in running.said()
    assert (read(running.out / "1.jpg").pixels != read(running.folder / "1.jpg").pixels).any()


def test_a_copy_that_pauses_and_a_rename_give_one_whole_result(session, photo):
    running = session("--json")
    content = photo()
    with open(running.folder / "slow.jpg", "wb") as file:
        for part in (content[: len(content) // 2], content[len(content) // 2 :]):
            file.write(part)
            file.flush()
            time.sleep(1)
    (running.folder / "3.jpg.part").write_bytes(content[:500])
    (running.folder / "3.jpg.part").write_bytes(content)
    (running.folder / "3.jpg.part").rename(running.folder / "3.jpg")
    running.until_there("3.jpg", "slow.jpg")
    (running.folder / "3.jpg").rename(running.folder / "renamed.jpg")
    time.sleep(1.5)
    code, out = running.end()
    assert code == 0 and "Failed" not in running.said()
    assert names(running.out) == ["3.jpg", "slow.jpg"], "a new name is no new photo"
    *_, summary = map(json.loads, out.splitlines())
    assert (summary["done"], summary["failed"], summary["not_tried"]) == (2, 0, 0)


def test_what_stays_broken_is_named_once_and_the_others_are_done(session, photo, monkeypatch):
    running = session()
    (running.folder / "broken.jpg").write_bytes(photo()[:700])
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.jpg")
    running.until(lambda: "broken.jpg: " in running.said())
    code, _ = running.end()
    assert code == 1 and "1 of 2 photos done" in running.said() and "1 failed" in running.said()


def test_a_card_that_is_taken_out_and_put_back(session, photo, tmp_path):
    running = session()
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.jpg")
    shutil.copytree(running.folder, tmp_path / "card")
    shutil.rmtree(running.folder)
    running.until(lambda: "is gone; waiting for it to come back" in running.said())
    (tmp_path / "card" / "2.jpg").write_bytes(photo())
    (tmp_path / "card").rename(running.folder)
    running.until_there("1.jpg", "2.jpg")
    assert running.end()[0] == 0 and "2 of 2 photos done" in running.said()


def test_results_in_the_same_folder_are_not_taken_again(session, photo, tmp_path):
    running = session("--name", "{stem}-retouched", folder="same", out="same")
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.jpg", "1-retouched.jpg")
    time.sleep(1.5)
    assert running.end()[0] == 0
    again = session("--name", "{stem}-retouched", folder="same", out="same")
    (again.folder / "2.jpg").write_bytes(photo())
    again.until_there("1.jpg", "1-retouched.jpg", "2.jpg", "2-retouched.jpg")
    time.sleep(1)
    assert again.end()[0] == 0 and len(names(again.folder)) == 4


def test_a_second_session_goes_on_and_another_photo_of_a_name_replaces_nothing(session, photo):
    running = session()
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.jpg")
    running.end()
    result = (running.out / "1.jpg").read_bytes()
    running = session()
    (running.folder / "2.jpg").write_bytes(photo())
    running.until_there("1.jpg", "2.jpg")
    (running.folder / "1.jpg").write_bytes(photo())
    running.until(lambda: "1.jpg has changed since it was retouched, or another photo has its name" in running.said())
    assert running.end()[0] == 0
    assert (running.out / "1.jpg").read_bytes() == result
    assert "1 of 1 photos done" in running.said() and "1 already done and kept" in running.said()
    running = session("--existing", "overwrite")
    running.until(lambda: (running.out / "1.jpg").read_bytes() != result)


def test_twins_get_names_of_their_own(session, photo):
    running = session("--format", "png")
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.png")
    (running.folder / "1.webp").write_bytes(photo(".webp"))
    running.until_there("1.png", "1-webp.png")
    running.end()
    again = session("--format", "png")
    time.sleep(1.5)
    assert (
        again.end()[0] == 0
        and names(again.out) == ["1-webp.png", "1.png"]
        and "2 already done and kept" in again.said()
    )


def test_a_photo_is_matched_to_its_scene(session, burst, tmp_path):
    running = session("--group", "all")
    for name in ("1.png", "2.png", "stranger.png"):
        shutil.copy(burst / name, running.folder)
        running.until(lambda name=name: name in names(running.out))
    running.end()
    assert f"{running.folder / '2.png'}: matched to 1.png" in running.said()
    assert "stranger.png: matched" not in running.said()
    alone = session(folder="hot", out="alone")
    alone.until_there("1.png", "2.png", "stranger.png")
    alone.end()

    def difference(name):
        pictures = [np.asarray(Image.open(folder / name), float) for folder in (running.out, alone.out)]
        return abs(pictures[0] - pictures[1]).max()

    assert difference("1.png") == difference("stranger.png") == 0 < difference("2.png")


def test_a_report_holds_what_came(session, photo, tmp_path):
    running = session("--report", tmp_path / "report.html")
    (running.folder / "1.jpg").write_bytes(photo())
    running.until_there("1.jpg")
    assert running.end()[0] == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<li class="photo"[^)]', page)) == 1 and "1.jpg" in page


def test_a_second_session_s_report_shows_the_results_of_the_first_as_they_are(session, photo, tmp_path):
    first = session()
    (first.folder / "1.jpg").write_bytes(photo())
    first.until_there("1.jpg")
    first.end()
    made = (first.out / "1.jpg").stat().st_mtime_ns
    second = session("--report", tmp_path / "report.html")
    (second.folder / "2.jpg").write_bytes(photo())
    second.until_there("1.jpg", "2.jpg")
    assert second.end()[0] == 0 and (second.out / "1.jpg").stat().st_mtime_ns == made
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(re.findall('data-delta-e="[0-9.]+"', page)) == 2 and "1.jpg" in page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("a.png", "-o", "out"), "--watch needs exactly one folder"),
        ((".", "late", "-o", "out"), "--watch needs exactly one folder"),
        ((".", "-o", "."), "results would replace the photos in this folder"),
        ((".", "-o", "out", "--dry-run"), "leave out --dry-run"),
        ((".", "-o", "out", "--group", "list.txt"), "a list cannot name photos still to come"),
        ((".", "-o", "out", "--group", "all", "--reference", "no.jpg"), "--reference: no.jpg: "),
    ],
)
def test_what_cannot_be_watched_is_refused(lutbridge, shoot, toy_model, monkeypatch, arguments, sentence):
    monkeypatch.chdir(shoot)
    done = lutbridge("render", *arguments, "--watch", "--model", toy_model)
    assert done.code == 2 and sentence in done.err and len(done.err.splitlines()) == 1, done.err


def test_without_its_extra_it_says_what_to_type(lutbridge, shoot, toy_model, monkeypatch, tmp_path):
    from lutbridge import extras

    monkeypatch.setattr(extras, "_missing", lambda extra: ["watchfiles"])
    extras.has.cache_clear()
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--watch", "--model", toy_model)
    extras.has.cache_clear()
    assert done.code == 3 and 'pip install "lutbridge[watch]"' in done.err
    assert os.listdir(tmp_path / "shoot") and not (tmp_path / "out").exists()
