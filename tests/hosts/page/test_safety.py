"""Who gets in, and who does not."""

import http.server
import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

# Everything that a page in the same browser can send without being asked; the cookie goes along where browsers let it.
ATTEMPTS = """
async (helper) => {
  const ask = (path, options) => fetch(helper + path, { credentials: "include", ...options }).then(
    (answer) => answer.type === "opaque" ? "opaque" : "read", () => "refused");
  const load = (tag, source, attribute = "src") => new Promise((done) => {
    const element = document.createElement(tag);
    element[attribute] = helper + source;
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    document.body.append(element);
  });
  const post = (type) => ({ method: "POST", mode: "no-cors", body: "x", headers: { "Content-Type": type } });
  const form = document.createElement("form");
  Object.assign(form, { method: "POST", action: helper + "/v1/shutdown", target: "frame" });
  document.body.append(form);
  form.submit();
  return {
    read: await ask("/v1/info"),
    readCustom: await ask("/v1/info", { headers: { "Lutbridge-Protocol": "1" } }),
    post: await ask("/v1/shutdown", { method: "POST", headers: { "Lutbridge-Protocol": "1" } }),
    postSimple: await ask("/v1/lut", post("text/plain")),
    script: await load("script", "/page/app.js"),
    icon: await load("img", "/page/icon.svg"),
    image: await load("img", "/v1/info"),
  };
}
"""


@pytest.fixture
def foreign():
    """The address of a page of somebody else's, on another port of this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>foreign</title><iframe name=frame></iframe>")

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_serve_open_leads_to_the_page_once(chromium, helper):
    file = helper.open()
    assert file.startswith("file://") and file.endswith(".html"), "no ticket on a command line"
    (ticket,) = set(re.findall(r"http://[^\"]+ticket=[^\"]+", Path(file.removeprefix("file://")).read_text()))
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(file)
        expect(page.locator("#empty")).to_be_visible()
        assert page.url == f"http://127.0.0.1:{helper.port}/", "the ticket is not left in the address"
        (cookie,) = context.cookies()
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and helper.token not in cookie["value"]
        assert page.evaluate("document.cookie") == ""
        assert not Path(file.removeprefix("file://")).exists(), "it has done its work"
    with chromium.new_context() as context:
        page = context.new_page()
        assert page.goto(ticket).status == 401
        assert page.goto(f"http://127.0.0.1:{helper.port}/").status == 401
        expect(page.locator("body")).to_contain_text("lutbridge serve --open")


def test_whoever_takes_the_helpers_place_is_sent_no_photo_and_no_cookie(tools, page, make_photo, tmp_path):
    """The page's requests are answered by another program, as after a crash; it knows the instance, which is public."""
    tools.add(page, make_photo(tmp_path / "before.png", size=(120, 80)))
    sent = []

    def answer(route):
        sent.append((route.request.method, urlsplit(route.request.url).path, route.request.all_headers()))
        headers = {"Lutbridge-Instance": "known", "Lutbridge-Page-Proof": 64 * "0"}
        route.fulfill(status=204, headers=headers) if sent[-1][1] == "/healthz" else route.fulfill(json={})

    page.route("**/*", answer)
    page.set_input_files("#files", make_photo(tmp_path / "after.png", size=(120, 80)))
    expect(page.locator("#trouble")).to_contain_text("another program answers in its place; it was sent nothing")
    page.wait_for_timeout(1000)
    assert {(method, path) for method, path, _ in sent} == {("GET", "/healthz")}
    assert not [headers for _, _, headers in sent if "cookie" in headers]


def test_a_foreign_page_gets_nothing_and_moves_nothing(page, helper, foreign):
    own = f"http://127.0.0.1:{helper.port}"
    other = page.context.new_page()
    other.goto(foreign)
    known = len(helper.log.read_text())
    outcomes = other.evaluate(ATTEMPTS, own)
    assert set(outcomes.values()) == {"refused"}, outcomes
    # What is refused at the door never becomes a request in the log; what our own page asks beside it does.
    passed = re.findall(r"request \d+ (.*) in", helper.log.read_text()[known:])
    assert set(passed) <= {"GET /v1/info 200"}
    assert other.goto(f"{own}/").status == 200, "typed by the user, so let in"
    other.goto(foreign)
    other.evaluate("address => { location.href = address; }", f"{own}/")
    other.wait_for_url(f"{own}/")
    assert "another web page" in other.content()
    other.close()
    page.wait_for_timeout(2500)  # the page asks every two seconds whether the helper is there
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_name_that_was_rebound_to_this_machine_gets_nothing(launch, helper):
    browser = launch("--host-resolver-rules=MAP photos.example 127.0.0.1")
    page = browser.new_page()
    answer = page.goto(f"http://photos.example:{helper.port}/page/app.js")
    assert answer.status == 403 and "host_refused" in answer.text()
    page.close()


def test_the_page_may_load_nothing_but_itself(page, helper):
    policy = page.request.get(f"http://127.0.0.1:{helper.port}/page/app.js").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.wasRun = true";
      document.body.append(script);
      const image = document.createElement("img");
      image.src = "https://photos.example/pixel.png";
      document.body.append(image);
    }""")
    page.wait_for_function("() => window.violations.length === 2", polling=100)
    assert page.evaluate("window.wasRun") is None
    page.evaluate("() => { window.violations = []; }")
    page.asked.clear()
    page.complaints.clear()


def test_a_name_with_markup_is_only_a_name(tools, page, make_photo, tmp_path):
    name = "<img src=x onerror=alert(1)>.png"
    tools.add(page, make_photo(tmp_path / name, size=(120, 80)))
    expect(page.locator("#name")).to_have_text(name)
    assert page.locator("img").count() == 0
