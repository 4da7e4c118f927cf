import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from lutbridge.cli.interruption import SIGNALS, Interruption


def answered(capfd, words):
    """What stands on stderr once the thread has answered."""
    said, end = "", time.monotonic() + 5
    while words not in said and time.monotonic() < end:
        said += capfd.readouterr().err
        time.sleep(0.01)
    return said


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_is_a_request_and_the_second_aborts(number, capfd):
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert not interruption.requested
        os.kill(os.getpid(), number)
        assert interruption.requested
        assert "Stopping; press Ctrl-C again to stop now." in answered(capfd, "now.")
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_the_answer_names_the_oldest_photo_that_is_not_written_yet(capfd):
    photos = [SimpleNamespace(path=Path(f"shoot/IMG_{number}.jpg")) for number in range(3)]
    with Interruption() as interruption:
        work = interruption.naming(lambda photo, output: lambda: "figures")
        first, *_ = [work(photo, None) for photo in photos]
        assert first() == "figures"
        os.kill(os.getpid(), signal.SIGINT)
        assert "Finishing IMG_1.jpg; press Ctrl-C again to stop now." in answered(capfd, "now.")


BUSY = """
import os, signal, sys, threading
import hashlib
from lutbridge.cli.interruption import Interruption
with Interruption():
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    hashlib.pbkdf2_hmac("sha256", b"", b"", {rounds})  # seconds in C, without Python's lock, as a kernel is
print("through", flush=True)
"""


def test_it_is_answered_at_once_while_a_kernel_runs():
    rounds, start = 100_000, time.process_time()
    hashlib.pbkdf2_hmac("sha256", b"", b"", rounds)
    rounds = int(rounds * 3 / (time.process_time() - start))  # three seconds of the processor
    command = [sys.executable, "-c", BUSY.format(rounds=rounds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stderr.readline()
        assert b"press Ctrl-C again to stop now" in process.stderr.readline()
        answered_at = time.monotonic()
        assert process.stdout.readline() == b"through\n"
        assert time.monotonic() - answered_at > 1, "the answer came when the kernel was through"
        process.communicate()
