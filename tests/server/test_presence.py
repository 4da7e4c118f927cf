"""What becomes of a helper whose folder, lock or state file somebody removes."""

import os
import shutil
from dataclasses import dataclass

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import presence as module
from lutbridge_server import state
from lutbridge_server.identity import Identity
from lutbridge_server.presence import Presence


@dataclass
class Kept:
    folder: object
    presence: Presence
    identity: Identity

    @property
    def found(self):
        return state.read_state(self.folder)


@pytest.fixture
def kept(tmp_path):
    folder, identity = state.make_private(tmp_path / "run" / "lutbridge"), Identity()
    presence = Presence(folder, state.hold(folder / state.LOCK), identity, 4711)
    presence.publish()
    yield Kept(folder, presence, identity)
    presence.release()


def test_what_is_there_is_left_as_it_is(kept):
    before = (kept.folder / state.FILE).stat()
    kept.presence.keep()
    assert os.path.samestat(before, (kept.folder / state.FILE).stat())


@pytest.mark.parametrize("gone", ["file", "lock", "folder", "parent"])
def test_what_was_removed_is_put_back(kept, gone):
    if gone in ("folder", "parent"):
        shutil.rmtree(kept.folder if gone == "folder" else kept.folder.parent)
    else:
        (kept.folder / (state.FILE if gone == "file" else state.LOCK)).unlink()
    kept.presence.keep()
    assert kept.found["token"] == kept.identity.token
    assert state.is_locked(kept.folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_in_the_place_of_the_state_file_is_replaced(kept):
    (kept.folder / state.FILE).unlink()
    os.mkfifo(kept.folder / state.FILE)
    kept.presence.keep()
    assert kept.found["port"] == 4711


def test_a_state_file_of_nobody_else_is_written_over(kept):
    (kept.folder / state.FILE).write_text('{"port": 1}')
    kept.presence.keep()
    assert kept.found["port"] == 4711


def test_where_another_helper_has_taken_the_place_this_one_ends_and_removes_nothing(kept):
    (kept.folder / state.LOCK).unlink()
    other = state.hold(kept.folder / state.LOCK)
    state.publish(kept.folder, Identity(), 4712)
    with pytest.raises(SetupError, match="another helper was started"):
        kept.presence.keep()
    kept.presence.withdraw()
    assert kept.found["port"] == 4712
    other.release()


def test_a_full_disk_has_half_a_minute_to_get_room_again(kept, monkeypatch):
    def full(*_):
        raise SetupError("helper.json: cannot be written (No space left on device); free some space")

    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with monkeypatch.context() as patch:
        patch.setattr(module, "publish", full)
        (kept.folder / state.FILE).unlink()
        kept.presence.keep()
        now[0] += 20
        kept.presence.keep()
        now[0] += 20
        with pytest.raises(SetupError, match="no program can find this helper any more, so it ends"):
            kept.presence.keep()
    kept.presence.keep()
    assert kept.found["port"] == 4711
