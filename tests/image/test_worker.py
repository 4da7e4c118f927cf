import errno
import faulthandler
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest

from lutbridge.color.gamut import SRGB, MatrixCurves
from lutbridge.errors import ReadError, SizeError
from lutbridge.image.read import read, read_bytes
from lutbridge.image.target import Target
from lutbridge.image.worker import Limits, ReadingWorker
from lutbridge_server.for_result import ForResult

from . import profiles, samples


@pytest.fixture(scope="module")
def worker():
    with ReadingWorker() as started:
        yield started


def same(one, other):
    assert (one.path, one.container, one.notices) == (other.path, other.container, other.notices)
    assert one.pixels.dtype == other.pixels.dtype and np.array_equal(one.pixels, other.pixels)
    assert (one.alpha is None) == (other.alpha is None)
    assert one.alpha is None or np.array_equal(one.alpha, other.alpha)
    assert np.array_equal(one.color.to_model(one.pixels), other.color.to_model(other.pixels))


def test_gives_what_read_gives(tmp_path, worker):
    wide = samples.write_tiff(tmp_path / "a.tif", samples.ramp(np.uint16), iccprofile=profiles.display_p3())
    for path in (
        samples.rich_jpeg(tmp_path / "a.jpg", 6),
        samples.rich_png(tmp_path / "a.png", samples.ramp(np.uint16, (96, 130, 4)), 8),
        samples.rich_tiff(tmp_path / "b.tif", samples.ramp(), 5),
        samples.write_png(tmp_path / "large.png", np.zeros((1500, 1000, 3), np.uint8)),
        samples.write_tiff(tmp_path / "c.tif", samples.ramp(), iccprofile=profiles.camera()),
        wide,
    ):
        photo = worker.read(path)
        same(photo, read(path))
        assert (photo.color is SRGB) == (path.name not in ("a.tif", "c.tif"))
        same(worker.read(path.read_bytes(), "upload 1"), read_bytes(path.read_bytes(), "upload 1"))
    assert isinstance(worker.read(wide).color, MatrixCurves)


def test_refuses_what_read_refuses(tmp_path, worker):
    with pytest.raises(ReadError, match=r"missing\.jpg: there is no such file"):
        worker.read(tmp_path / "missing.jpg")
    with pytest.raises(ReadError, match=r"^upload 7: this is text"):
        worker.read(b"<html>", "upload 7")
    floats = samples.write_tiff(tmp_path / "a.tif", np.zeros((8, 8, 3), np.float32))
    with pytest.raises(ReadError, match="--input-encoding"):
        worker.read(floats)
    assert worker.read(floats, float_encoding="linear").pixels.dtype == np.uint16


def killed_while_it_reads(process):
    os.kill(process.pid, signal.SIGSTOP)  # so that the crash comes while it reads
    timer = threading.Timer(0.3, os.kill, (process.pid, signal.SIGKILL))
    timer.start()
    return timer


def test_a_photo_that_crashes_the_decoder_is_tried_twice_and_costs_nothing_else(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    with pytest.raises(ReadError, match=r"a\.png: reading it crashed the decoder; the file is damaged"):
        worker.read(path, then=faulthandler._sigsegv)
    same(worker.read(path), read(path))


def test_a_decoder_killed_by_others_costs_no_photo(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    worker.read(path)
    before = worker._process
    timer = killed_while_it_reads(before)
    same(worker.read(path), read(path))
    timer.join()
    assert worker._process is not before


def test_who_gives_up_ends_the_process(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    worker.read(path)
    pid, looks = worker._process.pid, []
    os.kill(pid, signal.SIGSTOP)  # a decoder that does not come back

    def meanwhile():
        looks.append(1)
        if len(looks) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker.read(path, meanwhile=meanwhile)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    same(worker.read(path), read(path))


@pytest.mark.parametrize("broken", ["Pipe", "start", "imports"])
@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EMFILE, errno.ENOMEM])
def test_a_refused_start_costs_nothing_but_itself(tmp_path, monkeypatch, broken, number):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    def die(self):
        start(self)
        self.kill()

    context = multiprocessing.get_context("spawn")
    start = context.Process.start
    with ReadingWorker() as worker:
        with monkeypatch.context() as patch:
            if broken == "Pipe":
                patch.setattr(type(context), "Pipe", refuse)
            else:
                patch.setattr(context.Process, "start", refuse if broken == "start" else die)
            before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
            for _ in range(2):
                with pytest.raises(OSError, match="ended while it started|" + os.strerror(number)):
                    worker.read(path)
            assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) <= before
            worker.close()
        same(worker.read(path), read(path))


def test_ends_with_its_program_whatever_it_is_at(tmp_path):
    """A decoder that runs wild in C hears no thread of Python."""
    program = "import os, sys\nfrom lutbridge.image.worker import ReadingWorker\nif __name__ == '__main__':\n"
    program += "    worker = ReadingWorker()\n    try:\n        worker.read(b'')\n    except Exception: pass\n"
    program += "    print(worker._process.pid, flush=True)\n    sys.stdin.read()"
    started = subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True)
    pid = int(started.stdout.readline())
    if sys.platform == "linux":
        os.kill(pid, signal.SIGSTOP)
    started.kill()
    started.communicate()
    for _ in range(200):
        if not is_running(pid):
            return
        threading.Event().wait(0.05)
    raise AssertionError("it outlived its program")


def is_running(pid):
    try:
        os.kill(pid, 0)
        return sys.platform != "linux" or Path(f"/proc/{pid}/stat").read_text().split()[2] not in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_photo_has_time_by_its_pixels(tmp_path):
    path = samples.write_png(tmp_path / "a.png", np.zeros((1000, 2000, 3), np.uint8))
    assert Limits().seconds_for(24_000_000) == 44 and Limits().seconds_for(500_000_000) == 120
    with ReadingWorker(Limits(base_seconds=60, seconds_per_megapixel=-30)) as worker:
        worker.read(samples.rich_png(tmp_path / "b.png", samples.ramp()))
        with pytest.raises(ReadError, match="took more than 0 seconds"):
            worker.read(path)


def test_what_is_said_of_a_photo_is_limited(tmp_path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    path = samples.write_png(tmp_path / "a.png", samples.ramp())
    whole = path.read_bytes()
    texts = b"".join(chunk(b"tEXt", b"k%d\0text" % k) for k in range(10_000))
    many = whole[:33] + texts + whole[33:]
    with ReadingWorker(Limits(metadata=1 << 20)) as worker:
        photo = worker.read(many, then=ForResult(Target("jpeg"), 0))
        assert photo.container.format == "jpeg"
        assert 1 <= len(photo.notices) <= 41 and all(len(notice) <= 400 for notice in photo.notices)
        broken = b"".join(chunk(b"zz%dz" % (k % 10), b"")[:-1] + b"!" for k in range(100))
        photo = worker.read(whole[:33] + broken + whole[33:])
        assert len(photo.notices) == 41 and photo.notices[-1] == "and 60 more of the kind"
        heavy = whole[:33] + chunk(b"tEXt", b"k\0" + bytes(2 << 20).replace(b"\0", b"x")) + whole[33:]
        with pytest.raises(ReadError, match="its metadata takes more than 1 MB"):
            worker.read(heavy)


def test_a_process_that_holds_on_to_memory_is_replaced(tmp_path):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    with ReadingWorker(Limits(kept=1)) as worker:
        worker.read(path)
        assert worker._process is None
        same(worker.read(path), read(path))


def test_a_crash_between_two_photos_is_not_noticed(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    worker.read(path)
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.join()
    same(worker.read(path), read(path))


def test_time_is_limited(tmp_path):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    with ReadingWorker(Limits(seconds=0)) as slow, pytest.raises(ReadError, match="took more than 0 seconds"):
        slow.read(path)


def test_memory_is_limited(tmp_path):
    small = samples.rich_png(tmp_path / "a.png", samples.ramp())
    large = samples.write_png(tmp_path / "b.png", np.zeros((8000, 6000, 3), np.uint8))
    with ReadingWorker(Limits(memory=96 << 20)) as tight:
        with pytest.raises(ReadError, match=r"b\.png: there is not enough memory"):
            tight.read(large)
        same(tight.read(small), read(small))


def test_pixels_are_limited_by_the_header_before_anything_is_decoded(tmp_path):
    small = samples.write_png(tmp_path / "a.png", np.zeros((90, 110, 3), np.uint8))
    with ReadingWorker(Limits(pixels=10_000)) as worker:
        assert worker.read(small).pixels.shape == (90, 110, 3)
        whole = samples.write_png(tmp_path / "c.png", np.zeros((100, 101, 3), np.uint8))
        with pytest.raises(SizeError, match=r"c\.png: 101 × 100 pixels are more than the 0\.01 megapixels"):
            worker.read(whole)
    assert read(whole).pixels.shape == (100, 101, 3), "this process has its own limit"


def test_a_large_photo_takes_no_memory_where_it_is_refused(tmp_path):
    large = samples.write_png(tmp_path / "b.png", np.zeros((8000, 6000, 3), np.uint8))
    with ReadingWorker(Limits(memory=96 << 20, pixels=10**7)) as tight, pytest.raises(SizeError):
        tight.read(large)


def test_signals_for_the_program_do_not_cost_a_photo(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    worker.read(path)
    process = worker._process
    for each in (signal.SIGTERM, signal.SIGINT):
        os.kill(process.pid, each)
    same(worker.read(path), read(path))
    assert worker._process is process


def test_the_program_ends_though_its_worker_was_not_closed():
    program = "from lutbridge.image.worker import ReadingWorker\nworker = ReadingWorker()\n"
    program += "try:\n    worker.read(b'')\nexcept Exception as error:\n    print(type(error).__name__)"
    guarded = "if __name__ == '__main__':\n    " + program.replace("\n", "\n    ")
    done = subprocess.run([sys.executable, "-c", guarded], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "ReadError\n"), done.stderr


def test_whoever_reads_while_it_is_closed_is_told(tmp_path):
    worker = ReadingWorker()
    worker.read(samples.rich_png(tmp_path / "a.png", samples.ramp()))
    os.kill(worker._process.pid, signal.SIGSTOP)
    timer = threading.Timer(0.3, worker.close)
    timer.start()
    with pytest.raises(ReadError, match="crashed the decoder"):
        worker.read(tmp_path / "a.png")
    timer.join()


def test_ends_with_close():
    worker = ReadingWorker()
    worker.close()
    with pytest.raises(ReadError):
        worker.read(b"", "empty")
    process = worker._process.pid
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
