"""A page that an earlier run served on a port that another program has taken: it goes on with this run, and whoever has
that port now does not.
"""

import hmac

import pytest

from lutbridge_server.lasting import Lasting, followed, recall, remember
from lutbridge_server.security import page_policy, successors
from lutbridge_server.serve import listening
from lutbridge_server.settings import Settings
from lutbridge_server.state import make_private

from .conftest import PORT

FORMER = 21000
ORIGIN = f"http://127.0.0.1:{FORMER}"


@pytest.fixture
def settings():
    return Settings(port=PORT, former_port=FORMER, seconds=30)


@pytest.fixture
def as_page(ask, helper):
    """Asks as the page does, or with other headers."""
    said = f"lutbridge-page:{PORT}:{helper.identity.instance}"
    proof = hmac.new(helper.identity.page_key.encode(), said.encode(), "sha256").hexdigest()
    headers = {"Authorization": None, "Origin": ORIGIN, "Sec_Fetch_Site": "same-site", "Lutbridge_Proof": proof}
    return lambda method, path, body=b"", **changes: ask(method, path, body, **headers | changes)


def test_its_page_is_served_like_one_of_this_run(as_page, photo):
    asked = as_page("GET", "/v1/info")
    assert asked.status_code == 200 and asked.headers["Access-Control-Allow-Origin"] == ORIGIN
    made = as_page("POST", "/v1/lut", photo)
    assert made.status_code == 200 and "Lutbridge-Result" in made.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in made.headers and "Set-Cookie" not in made.headers


def test_browsers_may_ask_first(as_page):
    asks = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "lutbridge-proof"}
    answer = as_page("OPTIONS", "/v1/lut", Lutbridge_Proof=None, Lutbridge_Protocol=None, Content_Type=None, **asks)
    assert answer.status_code == 204 and answer.data == b""
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Lutbridge-Proof" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("shown", ["nothing", "wrong", "for another port", "the token", "the cookie"])
def test_whoever_has_its_port_now_is_refused(as_page, helper, shown):
    identity = helper.identity
    other = hmac.new(identity.page_key.encode(), f"lutbridge-page:{FORMER}:{identity.instance}".encode(), "sha256")
    headers = {
        "nothing": {"Lutbridge_Proof": None},
        "wrong": {"Lutbridge_Proof": "0" * 64},
        "for another port": {"Lutbridge_Proof": other.hexdigest()},
        "the token": {"Lutbridge_Proof": None, "Authorization": f"Bearer {identity.token}"},
        "the cookie": {"Lutbridge_Proof": None, "Cookie": f"{identity.cookie_name}={identity.cookie}"},
    }[shown]
    assert as_page("GET", "/v1/info", **headers).json["code"] == "unauthorized"


@pytest.mark.parametrize(("shown", "status"), [("its proof", 200), ("another", 401)])
def test_the_page_of_this_run_may_prove_itself_too(as_page, shown, status):
    """With what it sends as it is left, when no cookie may go along."""
    changes = {"its proof": {}, "another": {"Lutbridge_Proof": "0" * 64}}[shown]
    answer = as_page("GET", "/v1/info", Origin=f"http://127.0.0.1:{PORT}", Sec_Fetch_Site="same-origin", **changes)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/", "/open", "/resume", "/page/app.js"])
def test_the_page_itself_and_its_cookie_are_not_given_there(as_page, path):
    answer = as_page("POST" if path == "/resume" else "GET", path)
    assert answer.json["code"] == "origin_refused" and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["http://127.0.0.1:21001", "http://localhost:21000", "https://127.0.0.1:21000"])
def test_no_other_port_is_meant(as_page, origin):
    answer = as_page("GET", "/v1/info", Origin=origin)
    assert answer.json["code"] == "origin_refused"
    assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control-")]
    assert as_page("OPTIONS", "/v1/info", Origin=origin).json["code"] == "origin_refused"


def test_whether_a_helper_is_here_is_told_to_it_and_its_proof_is_for_this_port(as_page, helper):
    nonce = 32 * "a"
    answer = as_page("GET", "/healthz", Lutbridge_Nonce=nonce, Lutbridge_Proof=None)
    assert answer.headers["Lutbridge-Page-Proof"] == helper.identity.proof_to_page(PORT, nonce)
    assert answer.headers["Lutbridge-Page-Proof"] != helper.identity.proof_to_page(FORMER, nonce)
    assert "Lutbridge-Page-Proof" in answer.headers["Access-Control-Expose-Headers"]


def test_the_next_run_is_looked_for_where_it_goes_first():
    with listening(0) as sock:
        taken = sock.getsockname()[1]
        with listening(0, taken) as other:
            assert other.getsockname()[1] in successors(taken)
    allowed = " ".join(f"http://127.0.0.1:2100{n}" for n in (1, 2, 3, 4))
    assert page_policy(21000).endswith(f"; connect-src 'self' {allowed}")
    assert successors(65534) == (65535,)


def test_the_former_port_is_remembered_until_it_is_had_again(tmp_path):
    folder = make_private(tmp_path / "lutbridge")
    first = Lasting(21000)
    moved = followed(first, 21001)
    assert (moved.port, moved.former, moved.page_key) == (21001, 21000, first.page_key)
    remember(folder, moved)
    assert recall(folder) == moved
    assert followed(moved, 21001) == moved
    assert followed(moved, 21000) == Lasting(21000, 21001, first.page_key)
    assert followed(Lasting(), 21000).former == 0
