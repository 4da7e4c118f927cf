import builtins
import errno
import os
import time

import pytest

from lutbridge import files
from lutbridge.errors import WriteError
from lutbridge.files import atomic_write, remove_leftovers


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
    monkeypatch.setattr("lutbridge.files._RENAME_PATIENCE_S", 0.1)
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


ABANDONED = ".lutbridge-0123456789abcdef.tmp"


def aged(path, seconds):
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_what_a_dead_process_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / ABANDONED).write_bytes(b"half a photo")
    aged(tmp_path / ABANDONED, 2)
    others = [".lutbridge-notes.tmp", "photo.jpg", ABANDONED + "x", ".lutbridge-0123456789abcdeg.tmp"]
    for name in others:
        (tmp_path / name).write_bytes(b"")
        aged(tmp_path / name, 2)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted(others)
    remove_leftovers(tmp_path / "missing")
    for name in others:
        (tmp_path / name).unlink()


def test_what_a_living_process_writes_is_left_alone(tmp_path):
    def meanwhile(file):
        file.write(b"half")
        file.flush()
        (temporary,) = tmp_path.iterdir()
        aged(temporary, 10**6)
        remove_leftovers(tmp_path)
        assert temporary.exists()
        file.write(b" and half")

    def verify(file):
        remove_leftovers(tmp_path)
        return file.read() == b"half and half"

    atomic_write(tmp_path / "a", meanwhile, verify)
    assert names(tmp_path) == ["a"]


def test_a_temporary_that_was_just_made_is_left_alone(tmp_path):
    (tmp_path / ABANDONED).write_bytes(b"")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [ABANDONED]
    (tmp_path / ABANDONED).unlink()


def test_a_link_under_a_temporary_s_name_leads_nowhere(tmp_path):
    (tmp_path / "photo").write_bytes(b"")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ABANDONED).symlink_to(aged(tmp_path / "photo", 2))
    remove_leftovers(tmp_path / "x")
    assert (tmp_path / "photo").exists()
    (tmp_path / "x" / ABANDONED).unlink()


def test_without_locks_age_decides(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_CLAIMS", None)
    for name, seconds in ((ABANDONED, 4000), (ABANDONED.replace("0", "f"), 3000)):
        (tmp_path / name).write_bytes(b"")
        aged(tmp_path / name, seconds)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [ABANDONED.replace("0", "f")]
    (tmp_path / ABANDONED.replace("0", "f")).unlink()
    atomic_write(tmp_path / "a", b"whole", lambda file: file.read() == b"whole")
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", ["links", "no links", "Windows"])
def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path, monkeypatch, kind):
    def none(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    def rename(source, target):  # as it is there
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", str(source))
        os.replace(source, target)

    if kind != "links":
        monkeypatch.setattr(os, "link", none)
    if kind == "Windows":
        monkeypatch.setattr(files, "_IS_WINDOWS", True)
        monkeypatch.setattr(os, "rename", rename)
    atomic_write(tmp_path / "a", b"ours", replace=False)
    assert (tmp_path / "a").read_bytes() == b"ours" and (tmp_path / "a").stat().st_nlink == 1

    def appears(file):
        file.write(b"ours")
        (tmp_path / "b").write_bytes(b"theirs")

    with pytest.raises(WriteError, match="has appeared under this name meanwhile, and is left as it is"):
        atomic_write(tmp_path / "b", appears, replace=False)
    assert (tmp_path / "b").read_bytes() == b"theirs" and names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("answer", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_share_that_has_no_fsync_is_written_to(tmp_path, monkeypatch, answer):
    def none(handle):
        raise OSError(answer, os.strerror(answer))

    monkeypatch.setattr(os, "fsync", none)
    atomic_write(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == b"content"


def test_a_failed_fsync_is_a_failed_write(tmp_path, monkeypatch):
    def broken(handle):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(WriteError, match="Input/output error"):
        atomic_write(tmp_path / "a", b"content")
    assert names(tmp_path) == []


def test_only_what_must_outlive_a_power_loss_waits_for_the_disk(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    atomic_write(tmp_path / "result", b"data", flush=False)
    assert not flushed and (tmp_path / "result").read_bytes() == b"data"
    atomic_write(tmp_path / "result", b"other data")
    assert flushed


def test_what_is_no_ordinary_file_is_not_read(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert (files.read_ordinary(tmp_path / "a"), files.read_ordinary(tmp_path / "a", 3)) == (b"12345", b"123")
    with pytest.raises(FileNotFoundError):
        files.read_ordinary(tmp_path / "b")
    with pytest.raises(OSError, match=r"[Dd]irectory|denied"):
        files.read_ordinary(tmp_path)
    with pytest.raises(OSError, match="no ordinary file"):
        files.read_ordinary(os.devnull)
