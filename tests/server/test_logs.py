import logging
import stat

import pytest

from lutbridge.errors import SetupError
from lutbridge_server.identity import Identity
from lutbridge_server.logs import FILE, log_file
from lutbridge_server.settings import Settings


@pytest.fixture
def me():
    return Identity()


@pytest.fixture
def folder(tmp_path, me):
    with log_file(Settings(log_bytes=2000, log_files=2), me, tmp_path / "log"):
        yield tmp_path / "log"


def test_a_secret_never_gets_into_the_log(folder, me):
    log = logging.getLogger("lutbridge_server.test")
    log.info("token %s, cookie %s", me.token, me.cookie)
    try:
        raise ValueError(me.token)
    except ValueError:
        log.exception("failed")
    text = (folder / FILE).read_text(encoding="utf-8")
    assert "token ***, cookie ***" in text and "ValueError: ***" in text
    assert me.token not in text and me.cookie not in text


def test_logs_rotate_and_are_private(folder):
    for number in range(200):
        logging.getLogger("lutbridge_server.test").info("line %d of many", number)
    files = sorted(path.name for path in folder.iterdir())
    assert files == [FILE, f"{FILE}.1", f"{FILE}.2"]
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3 * 2000
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_log_that_cannot_be_opened_is_a_sentence(tmp_path, me):
    (tmp_path / FILE).mkdir()
    with pytest.raises(SetupError, match=r"helper\.log: cannot be written"), log_file(Settings(), me, tmp_path):
        pass
