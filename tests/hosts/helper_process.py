"""A helper of the tests' own, as a process; and a program that is none."""

import contextlib
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import filelock

PROGRAM = Path(sys.executable).with_name("lutbridge")


class Helper:
    """A helper of the tests' own, started as a user would."""

    def __init__(self, runtime: Path):
        self.environment = {
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CACHE_HOME": str(runtime / "cache"),
            "XDG_STATE_HOME": str(runtime / "state"),
            "OMP_NUM_THREADS": "2",
        }
        self.state_file = runtime / "lutbridge" / "helper.json"
        self.process = None

    def start(self):
        command = [PROGRAM, "serve"]
        self.process = subprocess.Popen(
            command, env=os.environ | self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 60
        while not self.state_file.exists():
            assert self.process.poll() is None, "the helper has ended"
            assert time.monotonic() < end, "the helper does not come up"
            time.sleep(0.05)

    def ask(self, path: str, body: bytes) -> bytes:
        """What it answers to a POST."""
        facts = json.loads(self.state_file.read_text())
        headers = {"Authorization": f"Bearer {facts['token']}", "Lutbridge-Protocol": "1"}
        headers["Content-Type"] = "application/octet-stream"
        request = urllib.request.Request(f"http://127.0.0.1:{facts['port']}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def stop(self):
        """Ends whichever helper runs there, and removes what a killed one left."""
        subprocess.run([PROGRAM, "serve", "--stop"], env=os.environ | self.environment, check=True, capture_output=True)
        if self.process:
            self.process.wait(timeout=30)
        self.process = None
        end = time.monotonic() + 30
        while self.lock_is_held() and time.monotonic() < end:
            time.sleep(0.05)
        self.state_file.unlink(missing_ok=True)

    def lock_is_held(self) -> bool:
        with (
            contextlib.suppress(filelock.Timeout),
            filelock.FileLock(self.state_file.with_name("helper.lock"), timeout=0),
        ):
            return False
        return True


@contextlib.contextmanager
def stranger():
    """Another program on the helper's old port; yields the port and the headers that it was sent."""
    seen = []

    class Stranger(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # the name is the base class's
            seen.append(dict(self.headers))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, seen
        server.shutdown()
        thread.join()
