import time

from lutbridge_server.identity import Identity, Tickets


def test_every_start_has_its_own_secrets():
    first, second = Identity(), Identity()
    secrets = {each for me in (first, second) for each in (me.token, me.cookie, me.page_key)}
    assert len(secrets) == 6
    assert all(len(secret) >= 43 for secret in (first.token, first.cookie)), "256 bits in base 64"


def test_a_secret_is_known_exactly():
    me = Identity()
    assert me.is_token(me.token) and me.is_cookie(me.cookie)
    for wrong in ("", me.token[:-1], me.token + "x", me.cookie, "é", "\udcff"):
        assert not me.is_token(wrong)


def test_no_secret_is_printed():
    me = Identity()
    assert not any(secret in repr(me) for secret in (me.token, me.cookie, me.page_key))


def test_a_ticket_is_good_once():
    tickets = Tickets(60)
    ticket = tickets.issue()
    assert tickets.redeem(ticket)
    assert not tickets.redeem(ticket)
    assert not tickets.redeem("made up")


def test_a_ticket_expires(monkeypatch):
    tickets = Tickets(60)
    ticket, now = tickets.issue(), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert not tickets.redeem(ticket)
