"""What a second run into the same folder does: after a kill, a full disk, a change, an edit, a move; or at one time."""

import errno
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from PIL import Image

from lutbridge.batch.manifest import NAME, PUT_ASIDE, Manifest
from lutbridge.image.results import is_result


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


@pytest.fixture
def render(lutbridge, shoot, toy_model, tmp_path):
    """Runs `render` over the shoot into `out`; returns what it said, and the status of each photo by its name."""

    def run(*options, photos=(shoot,), model=toy_model, out=tmp_path / "out"):
        result = lutbridge("render", *photos, "-o", out, "--model", model, "--json", *options)
        lines = [json.loads(line) for line in result.out.splitlines()]
        status = {os.path.basename(line["photo"]): line["status"] for line in lines if line.get("type") == "photo"}
        status |= {os.path.basename(line["photo"]): line["status"] for line in lines if "status" in line}
        return result, status

    return run


ALL_KEPT = {"a.png": "kept", "b.jpg": "kept", "c.tif": "kept"}


def test_a_second_run_keeps_everything(render, tmp_path):
    render()
    before = files(tmp_path / "out")
    for existing in ("refuse", "skip"):
        result, status = render("--existing", existing)
        assert (result.code, status) == (0, ALL_KEPT)
        assert "3 of 3 photos already done and kept" in result.err
        assert f"nothing to do in {tmp_path / 'out'}; 3 already done and kept" in result.err
    assert files(tmp_path / "out") == before


def test_a_second_run_removes_half_written_files_even_if_nothing_is_left_to_do(render, tmp_path):
    render()
    before = files(tmp_path / "out")
    half = tmp_path / "out" / ".lutbridge-0123456789abcdef.tmp"  # of a run killed between a result and its entry
    half.write_bytes(b"half")
    os.utime(half, (time.time() - 10_000,) * 2)
    assert render()[1] == ALL_KEPT
    assert not half.exists() and files(tmp_path / "out") == before


def test_a_changed_setting_has_all_done_anew_and_says_which(render, tmp_path):
    render()
    before = files(tmp_path / "out")
    result, status = render("--strength", "0.3")
    assert (result.code, set(status.values())) == (0, {"done"})
    assert "3 to do: 3 made with a different strength" in result.err
    assert not set(files(tmp_path / "out").values()) & set(before.values())
    assert render("--strength", "0.3")[1] == ALL_KEPT
    result, _ = render("--strength", "0.3", "--quality", "60", "--bits", "8")
    assert "3 made with a different bit depth and quality" in result.err


def test_another_model_has_all_done_anew(render, parts_model):
    render()
    result, status = render(model=parts_model)
    assert set(status.values()) == {"done"} and "3 made with a different model" in result.err


def test_a_changed_photo_a_new_one_and_a_missing_result_are_done(render, shoot, make_photo, tmp_path):
    render()
    make_photo(shoot / "a.png", seed=7)
    make_photo(shoot / "d.png", seed=8)
    (tmp_path / "out" / "late" / "c.tif").unlink()
    result, status = render()
    assert status == {"a.png": "done", "b.jpg": "kept", "c.tif": "done", "d.png": "done"}
    for words in ("1 of 4 photos already done", "1 with a changed photo", "1 new", "1 with a missing result"):
        assert words in result.err


def test_a_photo_that_was_only_touched_is_kept(render, shoot):
    render()
    os.utime(shoot / "a.png", (1, 1))
    assert render()[1] == ALL_KEPT
    with Manifest(shoot.parent / "out") as manifest:  # and is known by its new time from now on
        assert manifest.entry(shoot.parent / "out" / "a.png").stamp.mtime_ns == 1_000_000_000


def test_a_photo_that_failed_is_tried_again(render, shoot, make_photo):
    whole = (shoot / "b.jpg").read_bytes()
    (shoot / "b.jpg").write_bytes(whole[:300])
    assert render()[0].code == 1
    result, status = render()
    assert (result.code, status["b.jpg"]) == (1, "failed") and "1 to do: 1 failed before" in result.err
    (shoot / "b.jpg").write_bytes(whole)
    assert render()[1] == {"a.png": "kept", "b.jpg": "done", "c.tif": "kept"}


def edit(path):
    """As a retoucher does it, who saves under the same name; even one whose editor sets the old time again."""
    times = path.stat()
    pixels = bytearray(path.read_bytes())
    pixels[-20] ^= 1
    path.write_bytes(pixels)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return bytes(pixels)


@pytest.mark.parametrize("seen", ["by its time", "by its content alone"])
def test_an_edited_result_is_never_overwritten_unless_that_was_said(render, tmp_path, seen):
    result = tmp_path / "out" / "b.jpg"
    render()
    edited = edit(result)
    if seen == "by its time":
        os.utime(result)
        kept, status = render()
        assert (kept.code, status) == (0, ALL_KEPT)
        assert "out/b.jpg was edited after lutbridge wrote it, so it is kept" in kept.err
        refused, status = render("--strength", "0.3")
        assert refused.code == 2 and "b.jpg: was edited after lutbridge wrote it" in refused.err and not status
        _, status = render("--strength", "0.3", "--existing", "skip")
        assert status == {"a.png": "done", "b.jpg": "skipped", "c.tif": "done"}
    else:
        changed, status = render("--strength", "0.3")
        assert (changed.code, status["b.jpg"]) == (1, "failed")
        assert "left as it is; say --existing overwrite" in changed.err
    assert result.read_bytes() == edited
    assert render("--strength", "0.3", "--existing", "overwrite")[1]["b.jpg"] == "done"
    assert result.read_bytes() != edited


def test_another_photos_result_is_no_result_of_this_one(render, make_photo, tmp_path):
    """Two cards, both with IMG_1: the second must not take the place of the first."""
    first, second = (make_photo(tmp_path / card / "IMG_1.png", seed=seed) for card, seed in (("one", 1), ("two", 2)))
    render(photos=[first])
    before = files(tmp_path / "out")
    refused, _ = render(photos=[second])
    assert refused.code == 2 and "IMG_1.png: already exists" in refused.err
    assert render("--existing", "skip", photos=[second])[1] == {"IMG_1.png": "skipped"}
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("keeps_times", [True, False])
def test_a_moved_folder_is_known_again(lutbridge, shoot, toy_model, tmp_path, keeps_times):
    lutbridge("render", shoot, "-o", shoot / "retouched", "--model", toy_model)
    shutil.copytree(shoot, tmp_path / "moved", copy_function=shutil.copy2 if keeps_times else shutil.copyfile)
    shutil.rmtree(shoot)
    result = lutbridge("render", tmp_path / "moved", "-o", tmp_path / "moved" / "retouched", "--model", toy_model)
    assert result.code == 0 and "3 of 3 photos already done" in result.err


def test_results_moved_without_their_photos_are_known_again(render, tmp_path):
    render()
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    assert render(out=tmp_path / "elsewhere")[1] == ALL_KEPT


def test_the_results_of_a_shoot_are_not_retouched_with_it(lutbridge, shoot, toy_model, tmp_path):
    first = ("render", shoot, "-o", shoot / "retouched", "--model", toy_model)
    lutbridge(*first)
    for forgotten in (False, True):
        if forgotten:  # the marks in the results say it as well
            (shoot / "retouched" / NAME).unlink()
        result = lutbridge("render", shoot, "-o", tmp_path / f"other-{forgotten}", "--model", toy_model)
        assert result.code == 0 and "3 of 3 photos done" in result.err
        assert f"{shoot}: skipped 3 results of lutbridge; name them to retouch them again" in result.err
    named = lutbridge("render", shoot / "retouched" / "b.jpg", "-o", tmp_path / "twice", "--model", toy_model)
    assert named.code == 0
    assert "b.jpg: this was made by lutbridge, and is retouched once more, as you named it" in named.err


def test_the_mask_beside_a_result_is_no_photo_either(lutbridge, shoot, parts_model, tmp_path):
    lutbridge("render", shoot, "-o", shoot / "retouched", "--model", parts_model, "--mask")
    (shoot / "retouched" / NAME).unlink()
    assert is_result(shoot / "retouched" / "a-mask.png")
    result = lutbridge("render", shoot, "-o", tmp_path / "other", "--model", parts_model)
    assert "skipped 6 results of lutbridge" in result.err and "3 of 3 photos done" in result.err


def test_the_report_shows_what_is_kept_as_well(render, shoot, make_photo, tmp_path):
    report = tmp_path / "report.html"
    render("--report", report)
    first = report.read_text(encoding="utf-8")
    make_photo(shoot / "d.png", seed=8)
    result, _ = render("--report", report)
    assert result.code == 0
    page = report.read_text(encoding="utf-8")
    assert page.count('<li class="photo"') == 4 and first.count('<li class="photo"') == 3
    report.write_text("my own notes")
    assert render("--report", report)[0].code == 2
    assert report.read_text() == "my own notes"


def test_a_second_run_at_the_same_time_says_so_and_exits_with_3(render, tmp_path):
    render()
    with Manifest(tmp_path / "out"):
        result, status = render()
    assert result.code == 3 and not status
    assert "out: another run is writing to this folder; wait for it to finish, or choose another folder" in result.err


def test_a_damaged_record_is_put_aside_and_the_results_stay(render, tmp_path):
    render()
    before = files(tmp_path / "out")
    record = tmp_path / "out" / NAME
    content = bytearray(record.read_bytes())
    content[100:3000] = b"\xff" * 2900
    damaged = (bytes(content), b"no database at all" * 99, record.read_bytes()[:5000])
    asides = (PUT_ASIDE, ".lutbridge.damaged-2.sqlite", ".lutbridge.damaged-3.sqlite")
    for damage, aside in zip(damaged, asides, strict=True):
        record.write_bytes(damage)
        refused, _ = render()
        assert refused.code == 2 and "the record of earlier runs is damaged" in refused.err
        assert (tmp_path / "out" / aside).read_bytes() == damage
        result, status = render("--existing", "skip")
        assert result.code == 0 and set(status.values()) == {"skipped"}
        assert files(tmp_path / "out") == before
    assert render("--existing", "overwrite")[0].code == 0
    assert render()[1] == ALL_KEPT


def test_a_record_by_a_later_version_is_left_as_it_is(render, tmp_path):
    render()
    record = tmp_path / "out" / NAME
    with sqlite3.connect(record) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = record.read_bytes()
    result, status = render("--existing", "skip")
    assert (result.code, set(status.values())) == (0, {"skipped"})
    assert "a later version of lutbridge made it" in result.err
    assert record.read_bytes() == before


def test_a_record_by_an_earlier_version_is_brought_up_to_date(render, tmp_path, monkeypatch):
    from lutbridge.batch import tables

    render()
    monkeypatch.setattr(tables, "STEPS", (*tables.STEPS, "ALTER TABLE settings ADD COLUMN note TEXT;"))
    assert render()[1] == ALL_KEPT
    with sqlite3.connect(tmp_path / "out" / NAME) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (len(tables.STEPS),)
    database.close()


def test_without_its_record_a_folder_of_results_is_as_good(render, tmp_path):
    render()
    for path in (tmp_path / "out").iterdir():
        if path.name == NAME:
            path.unlink()
    with Image.open(tmp_path / "out" / "a.png") as image:
        image.load()
    refused, _ = render()
    assert refused.code == 2 and "already exists" in refused.err


KILLS = 6


def test_after_kills_the_results_are_those_of_an_uninterrupted_run(make_photo, toy_model, tmp_path):
    for number in range(24):
        make_photo(tmp_path / "shoot" / f"{number}.png", size=(300, 200), seed=number)

    def command(out):
        arguments = ["render", tmp_path / "shoot", "-o", tmp_path / out, "--model", toy_model]
        return [sys.executable, "-m", "lutbridge", *map(str, arguments)]

    moments = random.Random(18)
    for _ in range(KILLS):
        with subprocess.Popen(command("out"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdout.readline()  # the first photo of this run is done
            time.sleep(moments.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
    time.sleep(1.1)
    last = subprocess.run(command("out"), capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    assert "already done and kept" in last.stderr
    subprocess.run(command("whole"), capture_output=True, check=True)
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    with Manifest(tmp_path / "out") as manifest:
        assert {entry.state for entry in manifest.entries.values()} == {"done"} and len(manifest.entries) == 24


def at_flush(monkeypatch, number, action):
    """Calls `action` when the `number`-th file is flushed to disk, in the middle of being written."""
    calls, fsync = [], os.fsync

    def counted(descriptor):
        calls.append(descriptor)
        if len(calls) == number:
            action()
        return fsync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)


def raise_full_disk():
    raise OSError(errno.ENOSPC, "No space left on device")


def test_after_a_full_disk_the_same_command_goes_on(render, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        at_flush(patch, 3, raise_full_disk)
        result, _ = render()
    assert result.code == 3 and "the disk is full; free some space, then run the same command again" in result.err
    assert files(tmp_path / "out").keys() == {"a.png"}
    result, status = render()
    assert (result.code, status) == (0, {"a.png": "kept", "b.jpg": "done", "c.tif": "done"})
    assert "2 to do: 2 unfinished" in result.err


def test_a_disk_too_full_for_the_record_stops_the_batch_and_loses_nothing(render, tmp_path, monkeypatch):
    from lutbridge.batch import manifest

    done = manifest.Manifest.done

    def in_no_room(self, planned, seconds, figures):
        (pages,) = self._database.execute("PRAGMA page_count").fetchone()
        self._database.execute(f"PRAGMA max_page_count = {pages}")
        done(self, planned, seconds, {"notices": ["much to say" * 10_000]})

    with monkeypatch.context() as patch:
        patch.setattr(manifest.Manifest, "done", in_no_room)
        result, _ = render()
    assert result.code == 3
    made = files(tmp_path / "out")
    assert made.keys() == {"a.png"}
    result, status = render()
    assert (result.code, status) == (0, {"a.png": "kept", "b.jpg": "done", "c.tif": "done"})
    assert files(tmp_path / "out")["a.png"] == made["a.png"]


@pytest.mark.parametrize("changed_since", [False, True])
def test_a_kill_between_a_result_and_its_entry(render, tmp_path, monkeypatch, changed_since):
    """The result stands whole, and nothing says what it is: it is kept, and never replaced without a word."""
    from lutbridge.batch import manifest

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(manifest.Manifest, "done", killed)
        assert render()[0].code == 130
    (tmp_path / "out" / "b.jpg").unlink(missing_ok=True)
    assert "a.png" in files(tmp_path / "out")
    if changed_since:
        refused, _ = render("--strength", "0.5")
        assert refused.code == 2 and "a.png: already exists" in refused.err
    else:
        assert render()[1]["a.png"] == "kept"
        assert render("--strength", "0.5")[1]["a.png"] == "done"


def test_a_kill_while_old_results_are_replaced_leaves_no_mixture_unknown(render, tmp_path, monkeypatch):
    render()
    with monkeypatch.context() as patch:
        at_flush(patch, 3, lambda: os.kill(os.getpid(), signal.SIGINT))
        assert render("--strength", "0.3")[0].code == 130
    result, status = render("--strength", "0.3")
    assert status["a.png"] == "kept" and status["c.tif"] == "done" and "unfinished" in result.err
    assert set(render("--strength", "0.3")[1].values()) == {"kept"}


def test_several_jobs_give_the_bytes_of_one(render, tmp_path):
    render()
    assert render("--jobs", "3", out=tmp_path / "several")[0].code == 0
    assert files(tmp_path / "several") == files(tmp_path / "out")
