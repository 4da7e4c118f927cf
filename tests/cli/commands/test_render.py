import errno
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from lutbridge.image.read import read


def lines(result):
    return [json.loads(line) for line in result.out.splitlines()]


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file())


def test_a_shoot_becomes_a_folder_of_the_same_names_and_kinds(lutbridge, shoot, toy_model, tmp_path):
    out = tmp_path / "out"
    result = lutbridge("render", shoot, "-o", out, "--model", toy_model)
    assert result.code == 0
    assert files(out) == ["a.png", "b.jpg", "late/c.tif"]
    assert result.out.splitlines() == [str(out / name) for name in ("a.png", "b.jpg", "late/c.tif")]
    assert "3 of 3 photos done in" in result.err
    for name in files(out):
        before, after = read(shoot / name), read(out / name)
        assert after.container.format == before.container.format
        assert after.pixels.astype(float).mean() > before.pixels.astype(float).mean()


def test_sixteen_bits_stay_sixteen_bits(lutbridge, toy_model, tmp_path):
    import tifffile

    pixels = np.random.default_rng(0).integers(0, 65536, (20, 30, 3), np.uint16)
    tifffile.imwrite(tmp_path / "deep.tif", pixels, photometric="rgb")
    assert lutbridge("render", tmp_path / "deep.tif", "-o", tmp_path / "out", "--model", toy_model).code == 0
    after = read(tmp_path / "out" / "deep.tif").pixels
    assert after.dtype == np.uint16 and len(np.unique(after & 255)) > 100


def test_results_of_another_kind(lutbridge, shoot, toy_model, tmp_path):
    out = tmp_path / "out"
    kind = ("--format", "tiff", "--bits", "16", "--icc", "srgb")
    assert lutbridge("render", shoot, "-o", out, "--model", toy_model, *kind).code == 0
    assert files(out) == ["a.tif", "b.tif", "late/c.tif"]
    for name in files(out):
        photo = read(out / name)
        assert photo.container.format == "tiff" and photo.pixels.dtype == np.uint16 and photo.container.icc
    smaller = tmp_path / "smaller"
    assert (
        lutbridge("render", shoot, "-o", smaller, "--model", toy_model, "--format", "jpeg", "--quality", "20").code == 0
    )
    assert files(smaller) == ["a.jpg", "b.jpg", "late/c.jpg"]
    result = lutbridge("render", shoot, "-o", tmp_path / "x", "--model", toy_model, "--icc", shoot / "a.png")
    assert result.code == 2 and "no colour profile that RGB photos can be written in" in result.err
    assert not (tmp_path / "x").exists()


def test_strength_0_leaves_the_pixels_alone(lutbridge, make_photo, toy_model, tmp_path):
    source = make_photo(tmp_path / "a.png")
    lutbridge("render", source, "-o", tmp_path / "out", "--model", toy_model, "--strength", "0")
    assert np.array_equal(np.asarray(Image.open(source)), np.asarray(Image.open(tmp_path / "out" / "a.png")))


def test_a_broken_photo_is_named_and_the_others_are_done(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "b.jpg").write_bytes((shoot / "b.jpg").read_bytes()[:300])
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model)
    assert result.code == 1
    assert files(tmp_path / "out") == ["a.png", "late/c.tif"]
    assert f"Failed:\n  {shoot / 'b.jpg'}: " in result.err
    assert "2 of 3 photos done" in result.err and "1 failed" in result.err


def test_json_is_one_object_a_photo_and_a_summary(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "b.jpg").write_bytes(b"")
    out, report = tmp_path / "out", tmp_path / "report.html"
    result = lutbridge("render", shoot, "-o", out, "--model", toy_model, "--json", "--report", report)
    done, failed, _, summary = lines(result)
    assert done["photo"] == str(shoot / "a.png") and done["output"] == str(out / "a.png")
    assert (done["type"], done["status"], len(done["image_weights"])) == ("photo", "done", 2)
    assert 0 <= done["clipped"] <= 1 and done["delta_e"] > 0 and done["seconds"] > 0 and done["notices"] == []
    assert (failed["status"], failed["output"]) == ("failed", None)
    assert failed["error"].startswith(str(shoot / "b.jpg"))
    assert {key: summary[key] for key in ("type", "done", "failed", "skipped", "not_tried", "exit_code")} == {
        "type": "summary",
        "done": 2,
        "failed": 1,
        "skipped": 0,
        "not_tried": 0,
        "exit_code": 1,
    }
    assert (summary["model"], summary["device"], summary["report"]) == ("toy", "cpu", str(report))


def test_the_report_holds_every_photo_and_failure(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "b.jpg").write_bytes(b"")
    report = tmp_path / "pages" / "report.html"
    lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--report", report)
    page = report.read_text(encoding="utf-8")
    assert page.count('<li class="photo"') == 2
    assert "the file is empty" in page or "empty" in page
    assert files(report.parent) == ["report.html"]


def test_a_second_run_does_what_is_missing_or_changed(lutbridge, shoot, toy_model, tmp_path):
    out = tmp_path / "out"
    again = ("render", shoot, "-o", out, "--model", toy_model)
    lutbridge(*again)
    (out / "a.png").unlink()
    first = (out / "b.jpg").stat().st_ino
    result = lutbridge(*again, "--json")
    assert result.code == 0
    assert [line.get("status") for line in lines(result)] == ["kept", "kept", "done", None]
    assert "2 of 3 photos already done and kept; 1 to do: 1 with a missing result" in result.err
    assert (out / "b.jpg").stat().st_ino == first
    assert lutbridge(*again, "--existing", "overwrite").code == 0
    assert (out / "b.jpg").stat().st_ino != first


def test_files_that_no_run_wrote_are_refused_skipped_or_overwritten(lutbridge, shoot, toy_model, tmp_path):
    out = tmp_path / "out"
    again = ("render", shoot, "-o", out, "--model", toy_model)
    out.mkdir()
    (out / "b.jpg").write_bytes(b"somebody's own")
    refused = lutbridge(*again)
    assert refused.code == 2 and "b.jpg: already exists" in refused.err and not (out / "a.png").exists()
    skipped = lutbridge(*again, "--existing", "skip", "--json")
    assert [line.get("status") for line in lines(skipped)] == ["skipped", "done", "done", None]
    assert (out / "b.jpg").read_bytes() == b"somebody's own"
    assert lutbridge(*again, "--existing", "overwrite").code == 0
    read(out / "b.jpg")


def test_other_files_are_mentioned(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "notes.txt").touch()
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model)
    assert result.code == 0 and "1 file of other types skipped (1 .txt)" in result.err


def test_what_the_result_will_not_have_is_said_with_the_photos_name(lutbridge, toy_model, tmp_path):
    Image.new("L", (40, 30), 90).save(tmp_path / "grey.png")
    result = lutbridge(
        "render", tmp_path / "grey.png", "-o", tmp_path / "out", "--model", toy_model, "--format", "webp"
    )
    assert result.code == 0 and f"{tmp_path / 'grey.png'}: grey photo, written as RGB" in result.err


@pytest.mark.parametrize(
    ("model", "code", "words"), [("portrait-v3", 2, "portrait-v2"), ("absent.safetensors", 3, "No such file")]
)
def test_a_model_that_is_not_there_is_refused_before_anything_is_made(lutbridge, shoot, tmp_path, model, code, words):
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", model)
    assert result.code == code and words in result.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_to_is_the_environments_fault(lutbridge, shoot, toy_model, tmp_path):
    (tmp_path / "file").touch()
    result = lutbridge("render", shoot, "-o", tmp_path / "file" / "out", "--model", toy_model)
    assert result.code in (2, 3) and "file" in result.err


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


def test_a_full_disk_stops_with_3_and_keeps_what_is_done(lutbridge, shoot, toy_model, tmp_path, monkeypatch):
    at_flush(monkeypatch, 3, raise_full_disk)  # a photo's file and its folder are flushed, then the next photo's file
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--json")
    assert result.code == 3
    assert files(tmp_path / "out") == ["a.png"]
    assert "the disk is full" in result.err
    assert (lines(result)[-1]["done"], lines(result)[-1]["not_tried"]) == (1, 2)


@pytest.mark.parametrize("where", [("--report",), ("--open",), ("--report", "--open")])
def test_a_report_without_a_name_stands_among_the_results(lutbridge, shoot, toy_model, tmp_path, monkeypatch, where):
    opened = []
    monkeypatch.setenv("BROWSER", "some")
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, *where)
    report = tmp_path / "out" / "report.html"
    assert result.code == 0 and report.exists() and f"report in {report}" in result.err
    assert opened == ([report.as_uri()] if "--open" in where else [])


def test_a_report_that_cannot_be_opened_is_named(lutbridge, shoot, toy_model, tmp_path, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--open")
    assert result.code == 0 and f"open {tmp_path / 'out' / 'report.html'} yourself" in result.err


@pytest.mark.parametrize("others", [("late",), ()])
def test_a_photo_is_not_taken_for_the_name_of_the_report(lutbridge, shoot, toy_model, tmp_path, others):
    photo, before = shoot / "a.png", (shoot / "a.png").read_bytes()
    rest = [shoot / other for other in others]
    run = ("render", "--report", photo, *rest, "-o", tmp_path / "out", "--model", toy_model)
    result = lutbridge(*run, "--existing", "overwrite")
    assert result.code == 2 and "put --report at the end" in result.err
    assert photo.read_bytes() == before and not (tmp_path / "out").exists()


def test_an_interrupt_finishes_the_photo_and_stops(lutbridge, shoot, toy_model, tmp_path, monkeypatch):
    at_flush(monkeypatch, 1, lambda: os.kill(os.getpid(), signal.SIGINT))
    report = tmp_path / "report.html"
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--report", report)
    assert result.code == 130
    assert files(tmp_path / "out") == ["a.png"]
    assert "run the same command again to continue" in result.err
    assert report.exists()


def test_an_interrupt_after_the_last_photo_changes_nothing(lutbridge, make_photo, toy_model, tmp_path, monkeypatch):
    at_flush(monkeypatch, 1, lambda: os.kill(os.getpid(), signal.SIGINT))
    source = make_photo(tmp_path / "a.png")
    assert lutbridge("render", source, "-o", tmp_path / "out", "--model", toy_model).code == 0


def test_a_second_interrupt_aborts_and_leaves_no_half_file(lutbridge, shoot, toy_model, tmp_path, monkeypatch):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)  # two at once would count as one
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(2)  # this is the writing thread: the main one gets to abort before the file is whole

    at_flush(monkeypatch, 3, twice)
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model)
    assert result.code == 130 and "aborted" in result.err
    assert files(tmp_path / "out") == ["a.png"], "what was half written is gone"


def test_sigterm_ends_a_real_process_between_two_photos(make_photo, toy_model, tmp_path):
    for number in range(40):
        make_photo(tmp_path / "shoot" / f"{number}.png", size=(300, 200), seed=number)
    command = [sys.executable, "-m", "lutbridge", "render", tmp_path / "shoot", "-o", tmp_path / "out"]
    with subprocess.Popen([*command, "--model", toy_model], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(files(tmp_path / "out")) == 1 + len(rest.splitlines()) < 40
    for name in files(tmp_path / "out"):
        read(tmp_path / "out" / name)


def test_a_bug_on_one_photo_leaves_a_log_and_the_others(lutbridge, shoot, toy_model, tmp_path, monkeypatch):
    from lutbridge.retouch import Retoucher

    render = Retoucher.render

    def broken(self, photo, *args, **kwargs):
        if photo.path.name == "b.jpg":
            raise ZeroDivisionError("boom")
        return render(self, photo, *args, **kwargs)

    monkeypatch.setattr(Retoucher, "render", broken)
    result = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model, "--json")
    assert result.code == 1 and files(tmp_path / "out") == ["a.png", "late/c.tif"]
    error = lines(result)[1]["error"]
    assert (
        "a bug in lutbridge stopped this photo (ZeroDivisionError: boom); please report it and attach the log" in error
    )
    with open(error.rpartition("the log ")[2], encoding="utf-8") as log:
        assert "## Traceback" in log.read()


def test_names_that_are_no_unicode_come_out_as_they_are(make_photo, toy_model, tmp_path):
    make_photo(tmp_path / "shoot" / os.fsdecode(b"\xff\x1b.png"))
    command = [sys.executable, "-m", "lutbridge", "render", tmp_path / "shoot", "-o", tmp_path / "out"]
    result = subprocess.run([*command, "--model", toy_model], capture_output=True)
    assert result.returncode == 0
    assert result.stdout == os.fsencode(tmp_path / "out") + b"/\xff\x1b.png\n"


def test_what_floats_are_can_be_said(lutbridge, toy_model, tmp_path):
    import tifffile

    values = np.random.default_rng(0).random((20, 30, 3), np.float32)
    tifffile.imwrite(tmp_path / "float.tif", values, photometric="rgb")
    arguments = "render", tmp_path / "float.tif", "-o", tmp_path / "out", "--model", toy_model
    refused = lutbridge(*arguments)
    assert refused.code == 1 and "--input-encoding srgb or --input-encoding linear" in refused.err
    done = lutbridge(*arguments, "--input-encoding", "linear", "--json")
    assert done.code == 0
    assert "floating-point photo, written with 16 bits per channel" in lines(done)[0]["notices"]
    assert read(tmp_path / "out" / "float.tif").pixels.dtype == np.uint16


@pytest.mark.parametrize("taken", ["--model", "--reference", "--group"])
def test_nothing_that_is_read_is_overwritten_by_the_report(lutbridge, shoot, toy_model, tmp_path, taken):
    files = {"--model": tmp_path / "own.safetensors", "--reference": tmp_path / "liked.png"}
    files["--group"] = tmp_path / "groups.html"
    files["--model"].write_bytes(toy_model.read_bytes())
    files["--reference"].write_bytes((shoot / "a.png").read_bytes())
    files["--group"].write_text("a.png\n")
    options = [word for option, file in files.items() for word in (option, file)]
    before = files[taken].read_bytes()
    to = ("-o", tmp_path / "out", "--report", files[taken], "--existing", "overwrite")
    result = lutbridge("render", shoot, *to, *options)
    reason = f"would replace the input {files[taken]};" if taken == "--group" else "does not end in .html"
    assert result.code == 2 and reason in result.err
    assert files[taken].read_bytes() == before
