"""Holding a process to an amount of memory, also as Windows and macOS have to be asked for it; simulated here."""

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lutbridge import memory

MB = 1 << 20
GREEDY = """
import sys, time
from pathlib import Path
from lutbridge import memory
{setting}
memory.limit_memory(200 << 20)
held = bytearray(64 << 20)
time.sleep(0.3)
print("small", flush=True)
try:
    more = bytearray(600 << 20)
    more[:: 4096] = b"x" * len(more[:: 4096])
    time.sleep(10)
    print("large", flush=True)
except MemoryError:
    print("refused", flush=True)
"""


def greedy(setting=""):
    run = [sys.executable, "-c", GREEDY.format(setting=setting)]
    return subprocess.run(run, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS heeds no limit, and Windows has its own")
def test_what_goes_beyond_is_refused():
    assert greedy().stdout.split() == ["small", "refused"]


@pytest.mark.skipif(sys.platform != "linux", reason="it is looked up where Linux has it")
def test_where_no_limit_is_heeded_the_process_is_ended():
    # What the system tells as the peak of a process may be that of the large one which started it.
    ended = greedy("""
statm = Path("/proc/self/statm")
memory._STATM = Path("/nowhere")
memory.resident_memory = lambda: int(statm.read_text().split()[1]) << 12
""")
    assert (ended.stdout.split(), ended.returncode) == (["small"], 1)


def test_there_is_always_an_amount(monkeypatch):
    exact = memory.resident_memory()
    monkeypatch.setattr(memory, "_STATM", memory.Path("/nowhere"))
    assert memory.resident_memory() > 0.95 * exact > MB


class Kernel32:
    """What of Windows is asked: a process of 300 MB that has committed 400."""

    def __init__(self, refuses=()):
        self.refuses, self.limits, self.assigned = refuses, [], []

    def GetCurrentProcess(self):
        return 2**64 - 1

    def K32GetProcessMemoryInfo(self, process, counters, length):
        assert process == self.GetCurrentProcess() and length == ctypes.sizeof(counters._obj) == counters._obj.cb
        counters._obj.working_set, counters._obj.committed = 300 * MB, 400 * MB
        return 1

    def CreateJobObjectW(self, security, name):
        return None if "job" in self.refuses else 77

    def SetInformationJobObject(self, job, kind, limits, length):
        assert (job, kind) == (77, 9) and length == ctypes.sizeof(limits._obj)
        self.limits.append(limits._obj)
        return "limit" not in self.refuses

    def AssignProcessToJobObject(self, job, process):
        self.assigned.append((job, process))
        return 1


def windows(monkeypatch, refuses=()):
    kernel32 = Kernel32(refuses)
    monkeypatch.setattr(memory, "_RESOURCE", None)
    monkeypatch.setattr(memory, "_kernel32", lambda: kernel32)
    return kernel32


def test_on_windows_a_job_object_holds_the_process(monkeypatch):
    kernel32 = windows(monkeypatch)
    memory.limit_memory(96 * MB)
    (limits,) = kernel32.limits
    assert (limits.flags, limits.process_memory) == (0x100, 496 * MB)
    assert kernel32.assigned == [(77, 2**64 - 1)]
    assert memory.resident_memory() == 300 * MB


@pytest.mark.parametrize("refused", ["job", "limit"])
def test_a_windows_that_gives_no_job_object_is_no_failure(monkeypatch, refused):
    kernel32 = windows(monkeypatch, [refused])
    memory.limit_memory(96 * MB)
    assert kernel32.assigned == []


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the sizes of 64 bit")
def test_its_structures_are_as_large_as_windows_says():
    assert (ctypes.sizeof(memory._Counters), ctypes.sizeof(memory._Limits)) == (72, 144)


def test_handles_are_passed_whole(monkeypatch):
    names = ("CreateJobObjectW", "GetCurrentProcess", "SetInformationJobObject", "AssignProcessToJobObject")
    made = SimpleNamespace(**{name: SimpleNamespace() for name in (*names, "K32GetProcessMemoryInfo")})
    monkeypatch.setattr(ctypes, "WinDLL", lambda name: made, raising=False)
    found = memory._kernel32()
    assert found.GetCurrentProcess.restype is found.CreateJobObjectW.restype is ctypes.c_void_p
    assert found.AssignProcessToJobObject.argtypes == (ctypes.c_void_p, ctypes.c_void_p)
