from lutbridge_server.identity import Identity


def test_every_start_has_its_own_secrets():
    first, second = Identity(), Identity()
    assert len({first.token, first.cookie, second.token, second.cookie}) == 4
    assert all(len(secret) >= 43 for secret in (first.token, first.cookie)), "256 bits in base 64"


def test_a_secret_is_known_exactly():
    me = Identity()
    assert me.is_token(me.token) and me.is_cookie(me.cookie)
    for wrong in ("", me.token[:-1], me.token + "x", me.cookie, "é", "\udcff"):
        assert not me.is_token(wrong)


def test_no_secret_is_printed():
    me = Identity()
    assert me.token not in repr(me) and me.cookie not in repr(me)


def test_a_proof_for_the_page_tells_nothing_of_the_token():
    me = Identity()
    assert me.page_key not in repr(me)
    assert me.page_proof("0" * 32) == Identity(me.instance, me.page_key).proof("0" * 32) != me.proof("0" * 32)
