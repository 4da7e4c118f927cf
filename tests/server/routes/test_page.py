import hmac

import pytest


@pytest.fixture
def browser(app, helper):
    """A client that keeps cookies and sends what a page of ours sends."""
    client = app.test_client()

    def go(path, method="GET", **headers):
        sent = {"Host": f"127.0.0.1:{helper.settings.port}", "Sec-Fetch-Site": "same-origin"} | headers
        return client.open(path, method=method, headers=sent, buffered=True)

    return go


def test_a_ticket_opens_the_page_once(ask, browser, helper):
    path = ask("POST", "/v1/tickets").json["path"]
    entered = browser(path, **{"Sec-Fetch-Site": "none"})
    cookie = entered.headers["Set-Cookie"]
    assert entered.status_code == 200
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert helper.identity.token not in cookie
    assert browser("/v1/info").status_code == 200
    assert browser("/").status_code == 200
    again = browser(path)
    assert again.status_code == 401 and "Set-Cookie" not in again.headers


def test_looking_at_a_ticket_does_not_use_it_up(ask, browser):
    path = ask("POST", "/v1/tickets").json["path"]
    looked = browser(path, "HEAD")
    assert looked.status_code == 401 and "Set-Cookie" not in looked.headers
    assert browser(path).status_code == 200


def test_cookies_of_runs_that_are_over_are_removed(ask, helper):
    ours, old = helper.identity.cookie_name, "lutbridge-0123456789abcdef"
    path = ask("POST", "/v1/tickets").json["path"]
    entered = ask("GET", path, Cookie=f"{old}=x; theme=dark; lutbridge-panel=1; {ours}=old")
    first, second = sorted(entered.headers.getlist("Set-Cookie"), key=lambda cookie: cookie.startswith(ours))
    assert first.startswith(f"{old}=;") and "Max-Age=0" in first and "Path=/" in first
    assert second.startswith(f"{ours}={helper.identity.cookie};")


FROM_A_FILE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_a_file_may_lead_to_the_page_and_nothing_else_may(ask, browser):
    path = ask("POST", "/v1/tickets").json["path"]
    for other in ({"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Dest": "iframe"}, {"Origin": "null"}):
        assert browser(path, **FROM_A_FILE | other).json["code"] == "origin_refused"
    assert browser("/", **FROM_A_FILE).json["code"] == "origin_refused"
    assert browser(path, **FROM_A_FILE).status_code == 200


def test_the_page_has_the_key_that_proofs_are_checked_by(ask, browser, helper):
    browser(ask("POST", "/v1/tickets").json["path"])
    text = browser("/").text
    assert f'<meta name="key" content="{helper.identity.page_key}">' in text
    assert helper.identity.token not in text and helper.identity.cookie not in text
    answer = ask("GET", "/healthz", Authorization=None, Lutbridge_Nonce=32 * "a")
    assert answer.headers["Lutbridge-Page-Proof"] == helper.identity.proof_to_page(helper.settings.port, 32 * "a")
    assert helper.identity.page_key not in browser("/page/index.html").text


@pytest.mark.parametrize("path", ["/open", "/open?ticket=made-up", "/"])
def test_without_a_ticket_there_is_no_page(browser, path):
    answer = browser(path)
    assert answer.status_code == 401 and "Set-Cookie" not in answer.headers
    assert b"lutbridge serve --open" in answer.data


def test_the_cookie_needs_the_protocols_header_to_change_anything(ask, browser):
    browser(ask("POST", "/v1/tickets").json["path"])
    assert browser("/v1/groups", "POST").json["code"] == "protocol_unsupported"
    assert browser("/v1/groups", "POST", **{"Lutbridge-Protocol": "1"}).status_code == 201


@pytest.mark.parametrize("foreign", [{"Origin": "https://gallery.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_the_cookie_is_worth_nothing_to_another_page(ask, browser, foreign):
    browser(ask("POST", "/v1/tickets").json["path"])
    assert browser("/v1/info", **foreign).json["code"] == "origin_refused"


def test_a_cookie_of_another_run_is_worth_nothing(ask, helper):
    cookie = f"{helper.identity.cookie_name}=another"
    assert ask("GET", "/v1/info", Authorization=None, Cookie=cookie).json["code"] == "unauthorized"


def resume(ask, proof, **headers):
    return ask("POST", "/resume", Authorization=None, **{"Lutbridge-Proof": proof, "Lutbridge-Protocol": "1"} | headers)


def proof_of_page(key, port, instance):
    return hmac.new(key.encode(), f"lutbridge-page:{port}:{instance}".encode(), "sha256").hexdigest()


def test_a_page_of_an_earlier_run_gets_this_run_s_cookie(ask, helper):
    key, port, instance = helper.identity.page_key, helper.settings.port, helper.identity.instance
    known = resume(ask, proof_of_page(key, port, instance))
    assert known.status_code == 204
    assert known.headers["Set-Cookie"].startswith(f"{helper.identity.cookie_name}={helper.identity.cookie};")
    assert key not in str(known.headers)


@pytest.mark.parametrize("wrong", ["another key", "another port", "another run", "no proof", "é"])
def test_nobody_else_gets_it(ask, helper, wrong):
    port, instance = helper.settings.port, helper.identity.instance
    proofs = {
        "another key": proof_of_page("k" * 43, port, instance),
        "another port": proof_of_page(helper.identity.page_key, port + 1, instance),
        "another run": proof_of_page(helper.identity.page_key, port, "0123456789abcdef"),
        "no proof": "",
    }
    answer = resume(ask, proofs.get(wrong, wrong))
    assert answer.json["code"] == "unauthorized" and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("foreign", [{"Origin": "http://127.0.0.1:8888"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_server_on_this_address_cannot_have_it_asked_for(ask, helper, foreign):
    identity, port = helper.identity, helper.settings.port
    answer = resume(ask, proof_of_page(identity.page_key, port, identity.instance), **foreign)
    assert answer.json["code"] == "origin_refused"


def test_the_helper_proves_itself_to_the_page_for_its_own_port(ask, helper):
    nonce = "0123456789abcdef" * 2
    answer = ask("GET", "/healthz", Authorization=None, **{"Lutbridge-Nonce": nonce})
    text = f"lutbridge-helper:{helper.settings.port}:{nonce}"
    expected = hmac.new(helper.identity.page_key.encode(), text.encode(), "sha256").hexdigest()
    assert answer.headers["Lutbridge-Page-Proof"] == expected


PRIVATE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FOREIGN = [
    'prefs={"theme":"dark"}',
    "flag",
    "a=b c",
    "a[]=1",
    "a@b=1",
    "path=/x",
    "secure",
    "expires=never",
    "n=\u00e9",
    'a="un closed',
    "=",
    "",
    "lutbridge-0123456789abcdef=another",
]


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("order", ["before", "after"])
def test_cookies_of_other_servers_on_this_address_do_not_hide_ours(ask, helper, foreign, order):
    ours = f"{helper.identity.cookie_name}={helper.identity.cookie}"
    both = [foreign, ours] if order == "before" else [ours, foreign]
    assert ask("GET", "/v1/info", Authorization=None, Cookie="; ".join(both)).status_code == 200


@pytest.mark.parametrize("like", ["x{name}", "{name}x", "{name} ", "x={name}"])
def test_a_cookie_of_a_similar_name_is_not_ours(ask, helper, like):
    name = like.format(name=helper.identity.cookie_name)
    assert ask("GET", "/v1/info", Authorization=None, Cookie=f"{name}={helper.identity.cookie}").status_code == 401


def test_modules_are_sent_as_such_whatever_the_system_thinks_of_their_names(browser, monkeypatch):
    monkeypatch.setattr("mimetypes.guess_type", lambda *given, **named: ("text/plain", None))
    assert browser("/page/app.js").content_type.startswith("text/javascript")
    assert browser("/page/base.css").content_type.startswith("text/css")


@pytest.mark.parametrize("path", ["/", "/page/app.js", "/healthz", "/v1/info", "/nothing"])
def test_every_answer_says_who_may_use_it(browser, path):
    headers = browser(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert {name: headers[name] for name in PRIVATE} == PRIVATE
