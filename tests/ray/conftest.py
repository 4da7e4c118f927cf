"""A cluster of two machines on this one, each an own session of processes, so that one can die with all it runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RAY = [sys.executable, "-m", "ray.scripts.scripts"]

# In every worker of a machine: each photo that it opens is noted. A photo whose name ends in HELD keeps the worker that
# opens it until the machine dies; one named in DEADLY kills it.
HOOK = """
import os, signal, sys, time

def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        path = os.fspath(arguments[0])
        if isinstance(path, str) and path.endswith(".jpg") and "/shoot/" in os.path.abspath(path):
            name = os.path.basename(path)
            with open(os.environ["NOTES"], "a") as notes:
                notes.write(name + "\\n")
            if name.endswith(os.environ.get("HELD", "nothing")):
                time.sleep(600)
            if name == os.environ.get("DEADLY"):
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(note)
"""


class Machine:
    """One node of a cluster, with one CPU.

    Attributes:
        opened: names of the photos that its workers opened, in their order.
    """

    def __init__(self, folder, *join, **variables):
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(HOOK)
        (folder / "notes").touch()
        self._notes = folder / "notes"
        environment = os.environ | {"PYTHONPATH": str(folder), "NOTES": str(self._notes)} | variables
        few = ("--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats")
        with subprocess.Popen(
            [*RAY, "start", *join, "--node-ip-address=127.0.0.1", *few],
            env=environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as starting:
            self._session = starting.pid
            output, _ = starting.communicate(timeout=120)
        assert starting.returncode == 0, output

    @property
    def opened(self):
        return self._notes.read_text().split()

    def forget(self):
        self._notes.write_text("")

    def die(self):
        """All of it at once, as by a power failure."""
        while processes := list(self._processes()):
            for process in processes:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.05)

    def _processes(self):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(session) == self._session and state != "Z":
                yield int(stat.parent.name)


@pytest.fixture
def machines():
    """Starts machines: the first is the head, whose address is `machines.address`; later ones join it."""
    folder = Path(tempfile.mkdtemp(prefix="lb-ray-"))  # short, as the sockets' paths have to be
    started = []

    def start(**variables):
        name = folder / str(len(started))
        if started:
            machine = Machine(name, f"--address={start.address}", **variables)
        else:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            start.address = f"127.0.0.1:{port}"
            head = ("--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder / 'ray'}")
            machine = Machine(name, *head, **variables)
        started.append(machine)
        return machine

    yield start
    for machine in reversed(started):
        machine.die()
    shutil.rmtree(folder)


@pytest.fixture
def lutbridge(tmp_path):
    """Starts the command in a folder with a shoot."""
    shutil.copytree(ROOT / "examples" / "shoot", tmp_path / "shoot")
    running = []

    def start(*arguments):
        command = [sys.executable, "-m", "lutbridge", *map(str, arguments)]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()
