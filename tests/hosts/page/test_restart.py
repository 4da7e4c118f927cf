"""The helper ends and comes back, and the page is loaded again: the photos are still there."""

import contextlib
import http.server
import threading
from typing import ClassVar

import numpy as np
import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(chromium, own_helper, tools):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(own_helper.entrance())
    page.wait_for_selector("#model option", state="attached")
    yield page
    context.close()


def see_it_gone(page):
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#trouble")).to_contain_text("The helper does not answer; type lutbridge serve --open")


def see_it_back(page):
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#memory")).to_contain_text("memory")


def see_the_first_photo_as_before(tools, page, before):
    """Its look with portrait-v1, and the render that is saved."""
    page.select_option("#model", "portrait-v1")
    page.click("#filmstrip li:first-child button")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    assert np.array_equal(tools.pixels(page, "#right"), before)
    name, content = tools.save(page, "#save-photo")
    assert name.startswith("DSC_0001") and content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_helper_that_comes_back_is_at_the_same_address_and_knows_the_page(tools, page, own_helper, shoot, end):
    tools.add(page, shoot[:3])
    before = tools.pixels(page, "#right")
    port, token = own_helper.port, own_helper.token
    getattr(own_helper, end)()
    see_it_gone(page)
    page.click("#filmstrip li:last-child button")
    page.select_option("#model", "toy")
    expect(page.locator("#right-tag")).to_have_text("not retouched")
    own_helper.start()
    assert own_helper.port == port and own_helper.token != token
    see_it_back(page)
    expect(page.locator("#filmstrip button")).to_have_count(3)
    expect(page.locator("#right-tag")).to_have_text("retouched")
    expect(page.locator("#model")).to_have_value("toy")
    see_the_first_photo_as_before(tools, page, before)


def test_a_matched_shoot_is_to_be_matched_again(tools, page, own_helper, shoot):
    tools.add(page, shoot[:2])
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("2 takes match")
    own_helper.kill()
    see_it_gone(page)
    own_helper.start()
    see_it_back(page)
    expect(page.locator("#shoot-state")).to_have_text("Not matched yet")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("2 takes match")


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another user's program on the helper's port: it says yes to everything, and writes down what it gets."""

    seen: ClassVar[list] = []
    cookies: ClassVar[list] = []
    is_mute = threading.Event()  # then it takes every request, and never answers

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        self.seen.append((self.command, self.path, self.rfile.read(length)))
        self.cookies.append(self.headers.get("Cookie"))
        self.close_connection = True
        if self.is_mute.is_set():
            return self.rfile.read(1)
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=31536000")
        self.send_header("Lutbridge-Instance", "0123456789abcdef")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        self.do_GET()

    def do_DELETE(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def stranger(port):
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Stranger) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_whoever_takes_its_port_gets_no_photo(tools, page, own_helper, shoot):
    tools.add(page, shoot[0])
    own_helper.kill()
    see_it_gone(page)
    with stranger(own_helper.port):
        expect(page.locator("#trouble")).to_contain_text("another program answers in its place; it was sent nothing")
        page.select_option("#model", "portrait-v2")
        page.set_input_files("#files", shoot[1])
        expect(page.locator("#right-tag")).to_have_text("not retouched")
    assert Stranger.seen and {(command, path) for command, path, _ in Stranger.seen} == {("GET", "/healthz")}
    assert not any(body for *_, body in Stranger.seen)
    own_helper.start()
    see_it_back(page)
    expect(page.locator("#filmstrip button")).to_have_count(2)


def test_where_its_port_stays_taken_the_page_goes_on_at_the_next_one(tools, page, own_helper, shoot):
    tools.add(page, shoot[:3])
    before, port = tools.pixels(page, "#right"), own_helper.port
    own_helper.kill()
    see_it_gone(page)
    Stranger.seen.clear()
    with stranger(port):
        own_helper.start()
        assert own_helper.port != port
        see_it_back(page)
        expect(page.locator("#filmstrip button")).to_have_count(3)
        page.select_option("#model", "toy")
        page.set_input_files("#files", shoot[-1])  # a TIFF, which the helper has to read
        expect(page.locator("#filmstrip button")).to_have_count(4)
        see_the_first_photo_as_before(tools, page, before)
        page.click("button[data-view=shoot]")
        page.click("#match")
        expect(page.locator("#shoot-state")).to_have_text("4 takes match")
        own_helper.kill()
        see_it_gone(page)
        own_helper.start()
        see_it_back(page)  # once more, where it is now
    assert {(command, path) for command, path, _ in Stranger.seen} <= {("GET", "/healthz")}
    assert not any(body for *_, body in Stranger.seen)


def test_a_page_that_is_left_says_no_farewell_to_whoever_has_its_port(tools, page, own_helper, shoot):
    """By then the browser has the cookie of the next run, on another port, and sends it to all ports."""
    tools.add(page, shoot[:2], wait=False, model="toy")
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("2 takes match")
    page.evaluate("() => Object.defineProperty(document, 'hidden', { value: true })")  # it looks for no helper
    port = own_helper.port
    own_helper.kill()
    Stranger.cookies.clear()
    with stranger(port):
        own_helper.start()
        other = page.context.new_page()
        other.goto(own_helper.entrance())
        other.wait_for_selector("#model option", state="attached")
        page.select_option("#model", "portrait-v1")  # which closes the group at the helper
        page.close(run_before_unload=True)
        other.wait_for_timeout(1000)
        other.close()
    assert not [cookie for cookie in Stranger.cookies if cookie]


def test_where_its_port_is_taken_by_one_who_never_answers_the_page_goes_on_at_the_next_one(page, own_helper):
    own_helper.kill()
    see_it_gone(page)
    Stranger.is_mute.set()
    try:
        with stranger(own_helper.port):
            own_helper.start()
            see_it_back(page)
    finally:
        Stranger.is_mute.clear()


def test_the_photos_survive_a_reload(tools, page, shoot):
    tools.add(page, [*shoot[:2], shoot[-1]])
    before = tools.pixels(page, "#right")
    page.click("#filmstrip li:nth-child(2) button")
    page.click("#remove")
    expect(page.locator("#filmstrip button")).to_have_count(2)
    page.reload()
    expect(page.locator("#filmstrip button")).to_have_count(2)
    expect(page.locator("#name")).to_have_text(shoot[-1].name)  # the one that was in view
    page.click("#filmstrip li:first-child button")
    expect(page.locator("#name")).to_have_text(shoot[0].name)
    page.wait_for_selector("#photo-view[aria-busy=false]")
    assert np.array_equal(tools.pixels(page, "#right"), before)
    name, content = tools.save(page, "#save-photo")
    assert name.startswith("DSC_0001") and content.startswith(b"\xff\xd8\xff")
    page.set_input_files("#files", shoot[0])
    expect(page.locator("#filmstrip button")).to_have_count(2)
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#empty")).to_be_visible()
    page.reload()
    page.wait_for_selector("#model option", state="attached")
    expect(page.locator("#empty")).to_be_visible()


def test_settings_ticks_and_groups_survive_a_reload(tools, page, shoot):
    tools.add(page, shoot[:4])
    page.keyboard.press("y")
    page.keyboard.press("t")
    page.click("#filmstrip li:nth-child(3) button")
    page.select_option("#image-format", "png")
    tools.slide(page, "#strength", 35)
    page.click("button[data-view=shoot]")
    page.click("button[data-show=alone]")
    page.keyboard.press("n")  # the ticked take
    page.select_option("#reference", label=shoot[1].name)
    page.reload()
    expect(page.locator("#filmstrip button")).to_have_count(4)
    expect(page.locator("button[data-show=alone]")).to_have_attribute("aria-pressed", "true")
    labels = [button.get_attribute("aria-label") for button in page.locator("#sheet li button").all()]
    assert labels == [
        "DSC_0002.JPG, group 1",
        "DSC_0003.JPG, group 1",
        "DSC_0004.JPG, group 1",
        "DSC_0001.JPG, group 2",
    ]
    expect(page.locator("#sheet input:checked")).to_have_count(1)
    expect(page.locator("#reference option:checked")).to_have_text(shoot[1].name)
    expect(page.locator("#model")).to_have_value("portrait-v1")
    expect(page.locator("#strength-value")).to_have_text("35 %")
    expect(page.locator("#image-format")).to_have_value("png")
    page.click("button[data-view=photo]")
    expect(page.locator("#name")).to_have_text(shoot[2].name)
    expect(page.locator("#beside")).to_have_attribute("aria-pressed", "true")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    left, right = (tools.pixels(page, canvas).astype(int) for canvas in ("#left", "#right"))
    assert np.abs(left - right).max() > 0, "it is retouched at 35 %"


def test_the_photos_survive_a_reload_after_the_helper_came_back(tools, page, own_helper, shoot):
    tools.add(page, shoot[0])
    own_helper.kill()
    see_it_gone(page)
    own_helper.start()
    page.context.new_page().goto(own_helper.open())  # as the user does, who typed lutbridge serve --open
    page.reload()
    expect(page.locator("#filmstrip button")).to_have_count(1)
    expect(page.locator("#right-tag")).to_have_text("retouched")


def test_another_tab_has_photos_of_its_own(tools, page, own_helper, shoot):
    tools.add(page, shoot[0])
    other = page.context.new_page()
    other.goto(f"http://127.0.0.1:{own_helper.port}/")
    other.wait_for_selector("#model option", state="attached")
    expect(other.locator("#empty")).to_be_visible()


def test_what_is_too_much_for_the_browser_is_named_after_a_reload(tools, page, shoot):
    page.evaluate("""() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (value.file.name === "DSC_0002.JPG") throw new DOMException("full", "QuotaExceededError");
        return put.call(this, value, key);
      };
    }""")
    tools.add(page, shoot[:2])
    page.reload()
    expect(page.locator("#lost")).to_have_text("1 photo was lost in the reload; add it again: DSC_0002.JPG")
    expect(page.locator("#filmstrip button")).to_have_count(1)
