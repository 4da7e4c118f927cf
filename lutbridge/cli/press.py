"""Tests what Auto Retouch does when pressed: starts the helper as a plug-in would, queries it and stops it again."""

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from lutbridge.cli.diagnosis import Diagnosis
from lutbridge.errors import SetupError

PATIENCE = 60.0  # seconds until a started helper must answer, as in the plug-ins
_LOOK_AGAIN = 0.2  # seconds between two looks


def press(title: str, program: Path, host: str) -> Diagnosis:
    """Starts `program serve`, unless a helper answers already.

    Args:
        title: of the finding.
        program: the program that the plug-in knows.
        host: "darktable" or "lightroom", as `lutbridge plugin install` calls it.
    """
    from lutbridge_server import client
    from lutbridge_server.settings import Settings

    if not program.exists():
        return Diagnosis(title, False, f"it needs {program}, which is missing; run `lutbridge plugin install {host}`")
    if there := client.find_helper():
        return Diagnosis(title, True, f"finds the running {_named(client.info(there))}")
    start = time.monotonic()
    with tempfile.TemporaryFile() as log:
        try:
            process = _start([str(program), "serve"], log)
        except OSError as error:  # as where the Python has gone that a script is for
            reason = f"{program} cannot be started ({error.strerror})"
            return Diagnosis(title, False, f"{reason}; run `lutbridge plugin install {host}`")
        while not (there := client.find_helper()):
            if process.poll() is not None:
                return Diagnosis(title, False, f"{program} stops at once: {_last_line(log)}")
            if time.monotonic() > start + PATIENCE:
                process.kill()
                process.wait()
                return Diagnosis(title, False, f"{program} does not answer within {PATIENCE:g} seconds")
            time.sleep(_LOOK_AGAIN)
        found = f"starts {program}; the {_named(client.info(there))} answers in {time.monotonic() - start:.1f} s"
        try:
            client.stop(Settings().lock_seconds)
            process.wait(PATIENCE)
        except (SetupError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
            return Diagnosis(title, False, f"{found}, but does not stop when asked to")
    return Diagnosis(title, True, found)


def _start(command: Sequence[str], log: BinaryIO) -> subprocess.Popen:
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )


def _named(about: dict) -> str:
    return f"helper of lutbridge {about['version']} on {about['device']}"


def _last_line(log: BinaryIO) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
