"""What strangers send to a port on this machine, from a plain socket, and the answers they get.

`docs/helper-safety.md` lists them by outcome; a test holds the two together.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from lutbridge_server.security import HEADERS
from lutbridge_server.settings import Settings

from .conftest import FakeRetoucher, code_of, parse, running

DOCUMENT = Path(__file__).parents[2] / "docs" / "helper-safety.md"
PASSES = "served"


@dataclass(frozen=True)
class Attack:
    """One thing that is sent.

    Attributes:
        kind: the heading it stands under.
        what: in words, for the table.
        head: changes of the head of a request that passes, `method` and `path` among them; None leaves a header out.
            {port} and {token} are filled in.
        outcome: the code of the refusal, or PASSES.
        body: sent after the head, its length announced unless the head says otherwise.
        raw: the whole request instead of head and body.
    """

    kind: str
    what: str
    outcome: str
    head: dict | None = None
    body: bytes = b""
    raw: bytes | None = None


def hosts():
    for host in (
        "rebound.example:{port}",
        "localhost.evil.example:{port}",
        "127.0.0.1.nip.io:{port}",
        "user@127.0.0.1:{port}",
        "0.0.0.0:{port}",
        "[::1]:{port}",
        "127.1:{port}",
        "2130706433:{port}",
        "127.0.0.1:99",
        "127.0.0.1",
        ":{port}",
        "",
        "127.0.0.1:{port}, rebound.example",
    ):
        yield Attack("Rebinding", f"`Host: {host}`", "host_refused", {"Host": host})
    yield Attack("Rebinding", "no `Host`", "host_refused", {"Host": None})
    yield Attack("Rebinding", "two `Host` lines", "host_refused", {"Host": "127.0.0.1:{port}\r\nHost: rebound.example"})
    forwarded = {"Host": "rebound.example", "X-Forwarded-Host": "127.0.0.1:{port}", "Forwarded": "host=127.0.0.1"}
    yield Attack("Rebinding", "`X-Forwarded-Host` with the right name", "host_refused", forwarded)
    yield Attack(
        "Rebinding", "the address of another server as the target", "bad_request", {"path": "http://a.example/"}
    )
    yield Attack("Rebinding", "`Host: LOCALHOST:{port}`", "host_refused", {"Host": "LOCALHOST:{port}"})


def origins():
    for origin in (
        "https://gallery.example",
        "null",
        "file://",
        "http://localhost:99",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "",
    ):
        yield Attack("Other web pages", f"`Origin: {origin}`", "origin_refused", {"Origin": origin})
    for site in ("cross-site", "same-site"):
        yield Attack("Other web pages", f"`Sec-Fetch-Site: {site}`", "origin_refused", {"Sec-Fetch-Site": site})
    asks_first = {"method": "OPTIONS", "Origin": "https://gallery.example", "Access-Control-Request-Method": "POST"}
    yield Attack("Other web pages", "a preflight", "origin_refused", asks_first)
    socket_ = {"Origin": "https://gallery.example", "Upgrade": "websocket", "Connection": "Upgrade"}
    yield Attack("Other web pages", "a WebSocket", "origin_refused", socket_)
    yield Attack("Other web pages", "the page's own origin", PASSES, {"Origin": "http://localhost:{port}"})
    for site in ("none", "same-origin"):
        yield Attack("Other web pages", f"`Sec-Fetch-Site: {site}`", PASSES, {"Sec-Fetch-Site": site})
    form = {"method": "POST", "path": "/v1/lut", "Content-Type": "multipart/form-data; boundary=x"}
    yield Attack(
        "Other web pages",
        "a form without the protocol's header",
        "protocol_unsupported",
        form | {"Lutbridge-Protocol": None},
    )
    for kind in (form["Content-Type"], "text/plain", "application/x-www-form-urlencoded", None):
        with_type = form | {"Content-Type": kind}
        yield Attack("Other web pages", f"a body of type {kind}", "unsupported_media_type", with_type, b"x=1")


def strangers():
    for value in (None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"):
        shown = "no `Authorization`" if value is None else f"`Authorization: {value}`"
        yield Attack("No token", shown, "unauthorized", {"Authorization": value})
    twice = {"Authorization": "Bearer {token}\r\nAuthorization: Bearer {token}"}
    yield Attack("No token", "two `Authorization` lines", "unauthorized", twice)
    bare = {"Authorization": None}
    yield Attack("No token", "the token in the address", "unauthorized", bare | {"path": "/v1/info?token={token}"})
    yield Attack(
        "No token", "the token as a cookie", "unauthorized", bare | {"Cookie": "token={token}; lutbridge={token}"}
    )
    for path in ("//v1/info", "/v1/%69nfo", "/V1/info", "/v1/info/", "/healthz/../v1/info", "/nothing"):
        yield Attack("No token", f"`GET {path}` without a token", "unauthorized", bare | {"path": path})
    big = bare | {"method": "POST", "path": "/v1/render", "Content-Length": "900000000"}
    yield Attack("No token", "900 MB without a token: refused before the body", "unauthorized", big)
    for method, path in (
        ("GET", "/healthz"),
        ("POST", "/healthz"),
        ("GET", "/"),
        ("GET", "/open"),
        ("POST", "/page/x"),
    ):
        needless = bare | {"method": method, "path": path, "Content-Length": "1000000"}
        what = f"`{method} {path}` with 1 MB, where no token is needed: refused before the body"
        yield Attack("No token", what, "bad_request", needless)
    endless = bare | {"method": "POST", "path": "/healthz", "Transfer-Encoding": "chunked"}
    yield Attack("No token", "`POST /healthz` with chunks: refused before the first", "bad_request", endless)


def smuggling():
    chunked = {"method": "POST", "path": "/v1/lut", "Transfer-Encoding": "chunked"}
    yield Attack(
        "Smuggling", "both lengths", "bad_request", chunked | {"Content-Length": "5"}, b"0\r\n\r\nGET /v1/info"
    )
    for coding, outcome in (
        ("xchunked", "not_implemented"),
        ("chunked, identity", "not_implemented"),
        ("gzip", "not_implemented"),
        ("\x0bchunked", "bad_request"),
    ):
        yield Attack(
            "Smuggling",
            f"`Transfer-Encoding: {ascii(coding)[1:-1]}`",
            outcome,
            chunked | {"Transfer-Encoding": coding},
            b"0\r\n\r\n",
        )
    post = {"method": "POST", "path": "/v1/lut"}
    for length in ("-1", "+5", "0x5", "5 5", "5, 5", "5\r\nContent-Length: 6", "1e3"):
        yield Attack(
            "Smuggling",
            f"`Content-Length: {ascii(length)[1:-1]}`",
            "bad_request",
            post | {"Content-Length": length},
            b"12345",
        )
    yield Attack("Smuggling", "a chunk of no length", "bad_request", chunked, b"zz\r\nhello\r\n0\r\n\r\n")
    for what, raw in (
        ("chunks in HTTP 1.0", b"POST /v1/lut HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("HTTP 0.9", b"GET /v1/info\r\n\r\n"),
        ("HTTP 2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("HTTP 3.0", b"GET /v1/info HTTP/3.0\r\n\r\n"),
        ("a space before the colon", b"GET /v1/info HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n"),
        ("a NUL in a header", b"GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\0\r\n\r\n"),
        ("a bare line feed in a header", b"GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\nX: y\r\n\r\n"),
        ("a folded header", b"GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\tX: y\r\n\r\n"),
        ("a header without a name", b"GET /v1/info HTTP/1.1\r\n: x\r\n\r\n"),
        ("a method in lower case", b"get /v1/info HTTP/1.1\r\n\r\n"),
        ("no method", b"/v1/info\r\n\r\n"),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        ("random bytes", bytes(range(128, 256)) + b"\r\n\r\n"),
    ):
        outcome = "host_refused" if what == "a folded header" else "bad_request"
        yield Attack("Smuggling", what, outcome, raw=raw)


def wrong_calls():
    for method in ("PUT", "PATCH", "TRACE", "OPTIONS", "BREW", "DELETE"):
        yield Attack("Wrong calls", f"`{method} /v1/info`", "method_not_allowed", {"method": method})
    yield Attack("Wrong calls", "`GET /v1/lut`", "method_not_allowed", {"path": "/v1/lut"})
    for path in (
        "/../../etc/passwd",
        "/page/../settings.py",
        "/page/%2e%2e/settings.py",
        "/page//etc/passwd",
        "/page/..%5csettings.py",
        "/v1/jobs/../info",
        "/v1/%00",
    ):
        yield Attack("Wrong calls", f"`GET {path}`", "not_found", {"path": path})
    for method, path in (("GET", "/v1/info"), ("PUT", "/v1/lut"), ("POST", "/v1/groups"), ("DELETE", "/v1/jobs/j-1")):
        call = {"method": method, "path": path}
        yield Attack("Wrong calls", f"`{method} {path}` with a body", "bad_request", call, b"x")
    post = {"method": "POST"}
    for query, outcome in (
        ("model=/etc/passwd", "unknown_model"),
        ("model=../../evil.safetensors", "unknown_model"),
        ("name=../../etc/cron.d/x", "photo_refused"),
        ("name=a%0d%0aSet-Cookie:x", "photo_refused"),
        ("name=%00", "photo_refused"),
        ("url=http://169.254.169.254/", "bad_option"),
        ("path=/etc/passwd", "bad_option"),
        ("strength=nan", "bad_option"),
        ("strength=1e999", "bad_option"),
        ("size=256", "bad_option"),
        ("size=-1", "bad_option"),
        ("size=%D9%A3", "bad_option"),
        ("format=../x", "bad_option"),
        ("strength=1&strength=0", "bad_option"),
        ("group=g-1", "bad_option"),
        ("group=g-1&take=t1", "unknown_group"),
    ):
        yield Attack("Wrong calls", f"`POST /v1/lut?{query}`", outcome, post | {"path": f"/v1/lut?{query}"}, b"x")


def too_much():
    post = {"method": "POST", "path": "/v1/lut"}
    yield Attack("Too much", "a body of 1 TB announced", "body_too_large", post | {"Content-Length": str(10**12)})
    chunk = b"40000\r\n" + bytes(0x40000) + b"\r\n"
    chunked = post | {"Transfer-Encoding": "chunked"}
    yield Attack("Too much", "chunks without end", "body_too_large", chunked, 6 * chunk)
    yield Attack("Too much", "2 MB of one header", "headers_too_large", {"X-Long": 2_000_000 * "x"})
    yield Attack("Too much", "ten thousand headers", "headers_too_large", {f"X-{i}": "xxxx" for i in range(10_000)})
    yield Attack("Too much", "an address of 2 MB", "headers_too_large", {"path": "/v1/info?" + 2_000_000 * "x"})
    yield Attack("Too much", "500 kB of blanks before a value", "bad_request", {"X-Wide": 500_000 * " " + "x"})
    yield Attack("Too much", "`GET a://` and 500 kB of digits", "bad_request", {"path": "a://" + 500_000 * "1"})
    folded = "\r\n".join(["X-Folded: x", *100_000 * [" x"]])
    yield Attack("Too much", "a header folded 100,000 times", "headers_too_large", {"X": f"x\r\n{folded}"})
    yield Attack("Too much", "a number of 5,000 digits", "bad_request", post | {"Content-Length": 5_000 * "9"})


def png(width, height, data):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bodies():
    post = {"method": "POST", "path": "/v1/lut"}
    for what, body in (
        ("nothing", b""),
        ("random bytes", bytes(range(256)) * 8),
        ("a page", b"<!doctype html><script>alert(1)</script>"),
        ("an address to fetch", b"http://169.254.169.254/latest/meta-data/"),
        ("a path", b"/etc/passwd"),
        ("a JPEG's first bytes", b"\xff\xd8\xff\xe0\x00\x10JFIF\0"),
        ("a pickle", b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."),
        ("gzip", zlib.compress(b"x" * 1000)),
    ):
        yield Attack("Bad photos", what, "photo_refused", post, body)
    bomb = png(4_000, 4_000, zlib.compress(4_000 * bytes(1 + 3 * 4_000), 9))
    lie = png(50_000, 50_000, b"x")
    yield Attack(
        "Bad photos", "a PNG of 50,000 × 50,000 in 69 bytes: refused by its header", "too_many_pixels", post, lie
    )
    yield Attack("Bad photos", "16 MP in 47 kB, where 1 MP is the limit", "too_many_pixels", post, bomb)


ATTACKS = [*hosts(), *origins(), *strangers(), *smuggling(), *wrong_calls(), *too_much(), *bodies()]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One helper that stands up to all of it."""
    settings = Settings(body_bytes=2**20, pixels=1_000_000)
    with running(settings, FakeRetoucher(), tmp_path_factory.mktemp("attacked") / "spool") as server:
        yield server


def request_of(attack, server):
    if attack.raw is not None:
        return attack.raw
    filled = {
        name: value and value.replace("{port}", str(server.port)).replace("{token}", server.helper.identity.token)
        for name, value in attack.head.items()
    }
    head = {"method": "GET", "path": "/v1/info"} | filled
    if attack.body and "Transfer-Encoding" not in head and "Content-Length" not in head:
        head["Content-Length"] = len(attack.body)
    if head["method"] in ("POST",) and not attack.body and not {"Content-Length", "Transfer-Encoding"} & set(head):
        head["Content-Length"] = 0
    return server.head(**head) + attack.body


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}: {attack.what}"[:60])
def test_an_attack_comes_to_nothing(attack, server):
    answer = parse(server.send(request_of(attack, server)))
    outcome = PASSES if answer.status == 200 else code_of(answer)
    assert outcome == attack.outcome
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert b"Traceback" not in answer.body and b"/lutbridge" not in answer.body
    assert parse(server.send(server.head("GET", "/healthz"))).status == 204, "it lives"


def test_the_document_shows_these_attacks():
    sections = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    for kind in dict.fromkeys(attack.kind for attack in ATTACKS):
        (section,) = [section for section in sections if section.startswith(f"{kind}\n")]
        rows = re.findall(r"^\| (?!outcome|---)`?([\w ]+?)`? \| (.+) \|$", section, re.MULTILINE)
        shown = {what: outcome for outcome, sent in rows for what in sent.split(" · ")}
        assert shown == {attack.what.replace("|", "\\|"): attack.outcome for attack in ATTACKS if attack.kind == kind}
