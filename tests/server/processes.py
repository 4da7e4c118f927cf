"""The helper as a process of its own, with a home of its own."""

import os
import signal
import subprocess
import sys
import time

from lutbridge_server import client, state

PATIENCE = 60  # seconds for a start on a busy machine


class Process:
    """`python -m lutbridge_server` for a user of its own."""

    def __init__(self, home, model):
        self.home, self.model, self.started = home, model, []
        self.environment = os.environ | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
            "OMP_NUM_THREADS": "1",
            "PYTHONFAULTHANDLER": "1",
        }
        (home / "run").mkdir(parents=True)

    def start(self, *arguments):
        return self.run("--device", "cpu", "--model", str(self.model), *arguments)

    def run(self, *arguments):
        """`lutbridge serve` with these arguments and no others."""
        command = [sys.executable, "-m", "lutbridge_server", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen(command, env=self.environment, **pipes)
        self.started.append(process)
        return process

    @property
    def folder(self):
        return self.home / "run" / "lutbridge"

    def wait_for(self, process):
        """The state file of this process, once it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            found = state.read_state(self.folder)
            if found and found["pid"] == process.pid and client.answers(found):
                return found
            time.sleep(0.05)
        raise AssertionError(f"no helper: {process.communicate(timeout=5)}")

    def ended(self, process, seconds=30):
        """The exit code of a process that is to end by itself; where it does not, it tells where it stands."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            raise AssertionError(f"still there after {seconds} s: {process.communicate(timeout=10)}") from None

    def end(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
