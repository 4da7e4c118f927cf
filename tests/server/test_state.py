import errno
import json
import os
import stat
import subprocess
import sys

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import state
from lutbridge_server.identity import Identity


@pytest.fixture
def folder(tmp_path):
    return state.make_private(tmp_path / "run" / "lutbridge")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_runtime_folder_of_the_session_or_the_users_state(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert state.state_folder() == tmp_path / "lutbridge"
    for useless in ("", "relative"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", useless)
        assert state.state_folder().name == "lutbridge" and state.state_folder().is_relative_to(os.environ["HOME"])


def test_on_macos_it_is_where_programs_of_the_desktop_look_whatever_the_terminal_sets(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "of the terminal"))
    assert state.state_folder() == tmp_path / "Library" / "Application Support" / "lutbridge"


def test_only_its_user_can_look_at_the_state(folder):
    me = Identity()
    state.publish(folder, me, 1234)
    assert (mode(folder), mode(folder / state.FILE)) == (0o700, 0o600)
    facts = json.loads((folder / state.FILE).read_text())
    assert set(facts) == {"port", "token", "pid", "instance", "protocol", "version"}
    assert (facts["port"], facts["token"], facts["pid"]) == (1234, me.token, os.getpid())
    assert state.read_state(folder) == facts


def test_on_windows_a_state_file_that_is_just_read_is_replaced_once_it_is_not(folder, monkeypatch):
    state.publish(folder, Identity(), 1234)
    replace, tries = os.replace, []

    def busy(*paths):
        tries.append(paths)
        if len(tries) < 3:
            error = PermissionError(errno.EACCES, "The process cannot access the file")
            error.winerror = 32
            raise error
        replace(*paths)

    monkeypatch.setattr(os, "replace", busy)
    state.publish(folder, Identity(), 4321)
    assert state.read_state(folder)["port"] == 4321 and len(tries) == 3
    assert [path.name for path in folder.iterdir()] == [state.FILE]


def test_a_folder_that_stood_open_is_closed(tmp_path):
    (tmp_path / "open").mkdir(mode=0o777)
    assert mode(state.make_private(tmp_path / "open")) == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_folders_are_private_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        state.make_private(tmp_path / "cache" / "lutbridge" / "spool")
    finally:
        os.umask(before)
    assert [mode(tmp_path / path) for path in ("cache", "cache/lutbridge", "cache/lutbridge/spool")] == 3 * [0o700]


def test_a_disk_that_keeps_no_permissions_is_a_sentence(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(os, "chmod", refuse)
    with pytest.raises(SetupError, match="keeps no permissions"):
        state.make_private(tmp_path / "open")
    assert state.make_private(tmp_path / "closed").is_dir(), "there is nothing to change"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("make", [getattr(os, "mkfifo", None), os.mkdir, lambda path: os.symlink("/etc/passwd", path)])
def test_what_is_no_ordinary_file_is_not_opened(folder, make):
    make(folder / state.LOCK)
    make(folder / state.FILE)
    assert state.read_state(folder) is None
    with pytest.raises(SetupError, match="no ordinary file; remove it"):
        state.hold(folder / state.LOCK)


def test_a_folder_of_somebody_else_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(SetupError, match="belongs to another user"):
        state.make_private(tmp_path)


def test_publishing_replaces_what_a_crash_left_over_and_withdrawing_removes_it(folder):
    (folder / state.FILE).write_text('{"port": 1}')
    (folder / ".lutbridge-0123456789abcdef.tmp").write_text('{"token": "of a helper that was killed while it wrote"}')
    state.publish(folder, Identity(), 2)
    assert state.read_state(folder)["port"] == 2
    state.withdraw(folder)
    state.withdraw(folder)
    assert state.read_state(folder) is None and list(folder.iterdir()) == []


def test_a_full_disk_leaves_no_half_file(folder, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SetupError, match="No space left"):
        state.publish(folder, Identity(), 2)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": 1}', '{"port": "1", "token": 2}', "\xff\xfe", "9" * 9999])
def test_a_state_file_that_makes_no_sense_is_none(folder, text):
    (folder / state.FILE).write_text(text, encoding="latin-1")
    assert state.read_state(folder) is None


def test_the_lock_is_held_by_one_and_freed_by_any_death(folder):
    hold = (
        "import sys, os; from pathlib import Path; from lutbridge_server.state import only_helper\n"
        "with only_helper(Path(sys.argv[1])) as alone:\n    print(alone, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "True\n"
        with state.only_helper(folder) as alone:
            assert not alone
        other.kill()
    with state.only_helper(folder) as alone:
        assert alone
