import os
import signal
import threading

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.image.gamut import SRGB, MatrixCurves
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


def test_ends_with_close():
    worker = ReadingWorker()
    worker.close()
    with pytest.raises(ReadError):
        worker.read(b"", "empty")
    process = worker._process.pid
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
