import errno
import os
import stat
import time

import pytest

from lutbridge_server.errors import ApiError
from lutbridge_server.spool import Spool
from lutbridge_server.tickets import Tickets


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool")
    yield spool
    spool.close()


@pytest.fixture
def tickets(spool):
    return Tickets(60, spool, 4711)


def secret(ticket):
    return ticket.path.removeprefix("/open?ticket=")


def test_a_ticket_is_good_once_and_its_file_goes_with_it(tickets):
    ticket = tickets.issue()
    assert ticket.file.exists()
    assert tickets.redeem(secret(ticket))
    assert not ticket.file.exists()
    assert not tickets.redeem(secret(ticket))
    assert not tickets.redeem("made up")


def test_its_file_leads_to_the_page_and_is_for_its_user_only(tickets):
    ticket = tickets.issue()
    assert f"http://127.0.0.1:4711{ticket.path}" in ticket.file.read_text()
    assert secret(ticket) not in str(ticket.file)
    assert stat.S_IMODE(ticket.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(ticket.file.parent.stat().st_mode) == 0o700


def test_a_ticket_expires(tickets, monkeypatch):
    ticket, other, now = tickets.issue(), tickets.issue(), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert not tickets.redeem(secret(ticket))
    assert other.file.exists()
    tickets.expire()
    assert not other.file.exists()


def test_at_the_end_no_file_is_left(tickets, spool):
    ticket = tickets.issue()
    spool.close()
    assert not ticket.file.exists() and not ticket.file.parent.exists()


def test_on_a_full_disk_no_half_file_stays(tickets, spool, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(ApiError, match="temporary folder is full"):
        tickets.issue()
    assert list(spool.folder.iterdir()) == []
