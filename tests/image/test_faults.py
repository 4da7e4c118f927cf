"""The n-th call that touches the disk fails, for every n until none is left to fail, while a photo is read and written.

Whatever fails: the result is whole or not there, no temporary stays, and the photo keeps every byte.
"""

import builtins
import errno
import io
import os

import pytest

from lutbridge.errors import PhotoError
from lutbridge.image.read import read
from lutbridge.image.write import write

from . import samples

MOST = 400
MAKE = {
    "jpeg": lambda path: samples.rich_jpeg(path, 6),
    "png": lambda path: samples.rich_png(path, samples.ramp()),
    "tiff": lambda path: samples.rich_tiff(path, samples.ramp(), 5, compression="lzw"),
    "webp": lambda path: samples.rich_webp(path, samples.ramp()),
}


class Disk:
    """Counts calls of one kind and lets the n-th fail."""

    def __init__(self, number, error):
        self.left, self.error = number, error

    def tick(self):
        self.left -= 1
        if self.left == 0:
            raise OSError(self.error, os.strerror(self.error))

    def before(self, function):
        def counted(*args, **kwargs):
            self.tick()
            return function(*args, **kwargs)

        return counted


class Failing(io.FileIO):
    """A file whose calls of one kind are counted."""

    def __init__(self, path, mode, disk, call):
        super().__init__(path, mode)
        if call == "flush":
            self.flush = disk.before(super().flush)
        self._tick = {call: disk.tick}

    def read(self, *args):
        self._tick.get("read", int)()
        return super().read(*args)

    def readall(self):
        self._tick.get("read", int)()
        return super().readall()

    def readinto(self, buffer):
        self._tick.get("read", int)()
        return super().readinto(buffer)

    def write(self, data):
        self._tick.get("write", int)()
        return super().write(data)

    def seek(self, *args):
        self._tick.get("seek", int)()
        return super().seek(*args)


def break_disk(patch, folder, call, disk):
    real = builtins.open
    if call in ("fsync", "replace", "fstat"):
        patch.setattr(os, call, disk.before(getattr(os, call)))
        return

    def opened(path, mode="r", *args, **kwargs):
        if not str(path).startswith(str(folder)):
            return real(path, mode, *args, **kwargs)
        if call == "open":
            disk.tick()
            return real(path, mode, *args, **kwargs)
        raw = Failing(path, mode.replace("b", ""), disk, call)
        return raw if call != "read" else io.BufferedReader(raw) if mode == "rb" else raw

    patch.setattr(builtins, "open", opened)


@pytest.mark.parametrize("format_", MAKE)
@pytest.mark.parametrize("call", ["open", "read", "seek", "fstat", "write", "flush", "fsync", "replace"])
@pytest.mark.parametrize("old", [None, b"an older result"], ids=["new", "replaced"])
def test_every_single_failure(tmp_path, monkeypatch, format_, call, old):
    source, target = MAKE[format_](tmp_path / "photo"), tmp_path / "result"
    before = source.read_bytes()
    write(target, read(source), read(source).pixels)
    whole = target.read_bytes()
    failures = 0
    for number in range(1, MOST):
        target.unlink()
        if old:
            target.write_bytes(old)
        disk = Disk(number, errno.EIO)
        with monkeypatch.context() as patch:
            break_disk(patch, tmp_path, call, disk)
            try:
                photo = read(source)
                write(target, photo, photo.pixels)
                failed = False
            except PhotoError as error:
                failed = True
                assert "\n" not in str(error)
        assert source.read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["photo"] + ["result"] * target.exists()
        if failed:
            failures += 1
            assert target.read_bytes() == old if old else not target.exists()
            if not old:
                target.write_bytes(b"")
        else:
            assert target.read_bytes() == whole
        if disk.left > 0:
            break
    assert disk.left > 0, "every call had its turn"
    assert failures or call in ("flush", "seek", "read")
