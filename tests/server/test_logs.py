import logging
import os
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
    before = os.umask(0)
    for number in range(90):
        logging.getLogger("lutbridge_server.test").info("line %d of many", number)
    os.umask(before)
    files = sorted(path.name for path in folder.iterdir())
    assert files == [FILE, f"{FILE}.1", f"{FILE}.2"]
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3 * 2000
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_line_cannot_be_forged(folder):
    logging.getLogger("lutbridge_server.test").info("no %s", "way\n2026-11-30 12:00:00 INFO root: all fine\x1b[2J\r")
    text = (folder / FILE).read_text(encoding="utf-8")
    assert "\\x1b[2J\\r" in text and "\x1b" not in text and "\r" not in text
    assert [line for line in text.splitlines() if line.startswith("2026") and "all fine" in line] == []


def test_a_stranger_cannot_fill_the_log_or_hide_what_else_is_in_it(folder):
    log = logging.getLogger("lutbridge_server.test")
    for number in range(5000):
        log.warning("refused %d", number)
    log.info("a job failed")
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert text.count("refused") <= 150 and "a job failed" in text


def test_a_log_that_cannot_be_opened_is_a_sentence(tmp_path, me):
    (tmp_path / FILE).mkdir()
    with pytest.raises(SetupError, match=r"helper\.log: this is no ordinary file"), log_file(Settings(), me, tmp_path):
        pass
