import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from lutbridge.color.gamut import SRGB, MatrixCurves
from lutbridge.errors import ReadError, SizeError
from lutbridge.image.read import read, read_bytes
from lutbridge.image.worker import Limits, ReadingWorker

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


def test_a_crash_costs_one_photo(tmp_path, worker):
    path = samples.rich_png(tmp_path / "a.png", samples.ramp())
    worker.read(path)
    process = worker._process.pid
    os.kill(process, signal.SIGSTOP)  # so that the crash comes while it reads
    timer = threading.Timer(0.3, os.kill, (process, signal.SIGKILL))
    timer.start()
    with pytest.raises(ReadError, match=r"a\.png: reading it crashed the decoder; the file is damaged"):
        worker.read(path)
    timer.join()
    same(worker.read(path), read(path))
    assert worker._process.pid != process


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
