from lutbridge_server.identity import Identity


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


def test_a_proof_for_the_page_is_for_one_port_and_tells_nothing_of_the_token():
    me, nonce = Identity(), "0" * 32
    assert me.proof_to_page(1, nonce) == Identity(page_key=me.page_key).proof_to_page(1, nonce)
    assert len({me.proof_to_page(1, nonce), me.proof_to_page(2, nonce), me.proof(nonce)}) == 3
