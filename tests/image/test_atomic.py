import builtins
import errno
import os

import pytest

from lutbridge.errors import WriteError
from lutbridge.image.atomic import atomic_write


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_writes_bytes_or_what_a_function_writes(tmp_path):
    atomic_write(tmp_path / "a", b"first")
    atomic_write(str(tmp_path / "a"), lambda file: file.write(b"second"))
    assert (tmp_path / "a").read_bytes() == b"second"
    assert names(tmp_path) == ["a"]


def test_verify_sees_the_file_and_decides(tmp_path):
    seen = []
    atomic_write(tmp_path / "a", b"good", lambda file: seen.append(file.read()) or True)
    assert seen == [b"good"]
    with pytest.raises(WriteError, match="does not read back"):
        atomic_write(tmp_path / "a", b"bad", lambda file: False)
    assert (tmp_path / "a").read_bytes() == b"good"
    assert names(tmp_path) == ["a"]


def test_is_readable_by_whom_the_umask_allows(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    atomic_write(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
@pytest.mark.parametrize("number", range(1, 4))
def test_a_failing_call_leaves_the_old_file_or_the_new_one(tmp_path, monkeypatch, call, number):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    module = builtins if call == "open" else os
    real, calls = getattr(module, call), []

    def fail(*args, **kwargs):
        calls.append(args)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, call, fail)
        try:
            atomic_write(target, b"new", lambda file: file.read() == b"new")
            failed = False
        except WriteError as error:
            failed = True
            assert "disk is full" in str(error)
    assert target.read_bytes() == (b"old" if failed else b"new")
    assert failed == (number == 1 or (call, number) == ("open", 2))
    assert names(tmp_path) == ["a"]


def test_an_interrupt_leaves_nothing(tmp_path):
    def interrupted(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "a", interrupted)
    assert names(tmp_path) == []


def test_waits_for_a_scanner_on_windows_and_then_gives_up(tmp_path, monkeypatch):
    busy, real = [2], os.replace

    def replace(source, target):
        if busy[0]:
            busy[0] -= 1
            error = PermissionError(errno.EACCES, "Access is denied")
            error.winerror = 5
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    atomic_write(tmp_path / "a", b"whole")
    assert (tmp_path / "a").read_bytes() == b"whole"
    busy[0] = 10**6
    monkeypatch.setattr("lutbridge.image.atomic._RENAME_PATIENCE_S", 0.1)
    with pytest.raises(WriteError, match="cannot be written to"):
        atomic_write(tmp_path / "b", b"whole")
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("missing/a", "its folder does not exist"), ("file/a", "its folder is not a folder"), ("x" * 300, "too long")],
)
def test_says_what_stands_in_the_way(tmp_path, place, sentence):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match=sentence):
        atomic_write(tmp_path / place, b"")


def test_never_replaces_a_folder(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(WriteError, match="a folder stands under this name"):
        atomic_write(tmp_path / "a", b"")
    assert names(tmp_path) == ["a"]
