"""Programs that lutbridge's files are opened in. Without them these tests fail; `make test-hosts` installs them."""

import contextlib
import json
import os
import subprocess

import pytest

CHROMIUM = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
]


class Browser:
    """One page of a real Chromium, driven over the DevTools protocol on a pipe."""

    def __init__(self, commands, answers):
        self._commands, self._answers, self._number, self._session = commands, answers, 0, None
        self._received = b""
        self.events = []  # what the browser reported unasked

    def open(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while (answer := self._receive()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def evaluate(self, expression):
        """The value of a JavaScript expression, or of its promise."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key, virtual_code):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=virtual_code)

    def mouse(self, kind, x, y):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def _receive(self):
        while b"\0" not in self._received:
            piece = self._answers.read1()
            assert piece, "chromium has gone"
            self._received += piece
        message, _, self._received = self._received.partition(b"\0")
        return json.loads(message)


@pytest.fixture
def browser(tmp_path):
    command_read, command_write = os.pipe()
    answer_read, answer_write = os.pipe()
    # Chromium takes commands on descriptor 3 and answers on 4.
    script = f'exec "$@" 3<&{command_read} 4>&{answer_write}'
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", *CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}"],
        pass_fds=(command_read, answer_write),
        stderr=subprocess.DEVNULL,
    )
    os.close(command_read)
    os.close(answer_write)
    with open(command_write, "wb") as commands, open(answer_read, "rb") as answers:
        page = Browser(commands, answers)
        yield page
        with contextlib.suppress(AssertionError):
            page.call("Browser.close")
    process.wait(timeout=30)
