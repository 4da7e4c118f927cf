"""The helper's page in a real Chromium, in front of a real helper with real models."""

import base64
import http.client
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from lutbridge_server.security import successors

from .takes import make_takes

PATIENCE = 120_000  # ms for anything that the helper computes; two cores may have to do it
START_SECONDS = 120  # for a helper to listen; Numba compiles at the first start

expect.set_options(timeout=PATIENCE)

# What the page must not do, recorded before any of its own scripts runs.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="session")
def shoot(tmp_path_factory):
    """Takes of one portrait: eleven JPEGs and a 16-bit TIFF, as paths."""
    folder = tmp_path_factory.mktemp("shoot")
    make_takes(folder)
    return sorted(folder.iterdir())


class Serve:
    """`lutbridge serve --open`, with a browser that only writes down what it is to open."""

    def __init__(self, folder, model):
        self.folder, self._opened = folder, folder / "opened"
        self.log = folder / "state/lutbridge/log/helper.log"
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {self._opened}.new && mv {self._opened}.new {self._opened}\n')
        browser.chmod(0o700)
        (folder / "run").mkdir(mode=0o700)
        self._surroundings = os.environ | {
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "BROWSER": f"{browser} %s",
        }
        self._command = [sys.executable, "-m", "lutbridge_server", "--open", "--device", "cpu", "--model", str(model)]

    def start(self):
        self._opened.unlink(missing_ok=True)
        with open(self.folder / "output", "w") as output:
            self.process = subprocess.Popen(self._command, env=self._surroundings, stdout=output, stderr=output)
        end = time.monotonic() + START_SECONDS
        while not self._opened.exists():
            assert self.process.poll() is None and time.monotonic() < end, (self.folder / "output").read_text()
            time.sleep(0.1)
        state = json.loads((self.folder / "run/lutbridge/helper.json").read_text())
        self.port, self.token = state["port"], state["token"]
        return self

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, (self.folder / "output").read_text()

    def kill(self):
        """Ends it as a crash does."""
        self.process.kill()
        self.process.wait(60)

    def open(self):
        """What the browser is told to open by the same command, now that a helper runs."""
        self._opened.unlink()
        command = self._command[:4]
        subprocess.run(command, env=self._surroundings, check=True, capture_output=True, timeout=START_SECONDS)
        return self._opened.read_text().strip()

    def entrance(self):
        """The address that a ticket opens once; a new one at each call."""
        headers = {"Authorization": f"Bearer {self.token}", "Lutbridge-Protocol": "1"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/v1/tickets", headers=headers)
        path = json.load(connection.getresponse())["path"]
        connection.close()
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture(scope="session")
def helper(tmp_path_factory, toy_model):
    serve = Serve(tmp_path_factory.mktemp("helper"), toy_model).start()
    yield serve
    serve.stop()


@pytest.fixture
def own_helper(tmp_path_factory, toy_model):
    """One that may be killed and started anew."""
    serve = Serve(tmp_path_factory.mktemp("own-helper"), toy_model).start()
    yield serve
    serve.stop()


@pytest.fixture(scope="session")
def entrance(helper):
    return helper.entrance


@pytest.fixture
def open_page(chromium, entrance, helper):
    """Opens the page in a browser session of its own; at the end nothing may have been complained of."""
    contexts, pages = [], []

    def start(browser=chromium, width=1280, height=800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.complaints, page.asked = [], []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        # Chromium remarks on every failed request; those that are meant to fail are the tests' own business.
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("request", lambda request: page.asked.append(request.url))
        page.add_init_script(WATCH)
        page.set_default_timeout(PATIENCE)
        page.goto(entrance())
        page.wait_for_selector("#model option", state="attached")
        return page

    yield start
    # Where the helper has gone, the page asks whether the next one is on a port that follows.
    followers = [f"http://127.0.0.1:{port}/healthz" for port in successors(helper.port)]
    for page in pages:
        assert page.evaluate("window.violations") == []
        others = [url for url in page.asked if not url.startswith((f"http://127.0.0.1:{helper.port}/", "blob:"))]
        assert set(others) <= set(followers)
        assert not page.complaints
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="session")
def tools():
    """What a user does, and what they see."""
    return SimpleNamespace(add=add, settle=settle, pixels=pixels, slide=slide, save=save, hold=hold, refuse=refuse)


def add(page, paths, wait=True, model="portrait-v1"):
    """Puts photos on the desk; waits until the one in sight is sharp and retouched. No model: the default one."""
    page.set_input_files("#files", paths)
    if model:
        page.select_option("#model", model)
    if wait:
        page.wait_for_selector("#photo-view[aria-busy=false]")


def settle(page):
    """Two frames, after which everything asked for is painted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def pixels(page, selector):
    """What a canvas holds: (H, W, 3) codes."""
    settle(page)
    url = page.locator(selector).evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def slide(page, selector, percent):
    page.locator(selector).fill(str(percent))
    settle(page)


def save(page, button):
    """Presses a button that saves one file; its name and bytes."""
    with page.expect_download() as download:
        page.click(button)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def hold(page, pattern):
    """Keeps requests from the helper; `release()` of what it returns lets them go on."""
    kept, is_over = [], []
    page.route(pattern, lambda route: route.continue_() if is_over else kept.append(route))

    def release():
        is_over.append(True)
        for route in kept:
            route.continue_()

    return SimpleNamespace(release=release)


def refuse(page, pattern, code="no_space", message="the temporary folder is full"):
    """Answers requests as a helper does that cannot now."""
    body = {"code": code, "message": message, "hint": "free some space on the disk"}
    page.route(pattern, lambda route: route.fulfill(status=507, json=body))
