"""Measures and limits this process's memory, for processes that read untrusted files."""

import contextlib
import ctypes
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

try:
    import resource as _RESOURCE
except ImportError:  # Windows
    _RESOURCE = None

_STATM = Path("/proc/self/statm")  # Linux: pages of the address space, then resident pages
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, of ru_maxrss
_LOOK_SECONDS = 0.05  # between two checks, on systems without a limit
_EXTENDED_LIMITS, _PROCESS_MEMORY = 9, 0x100  # <winnt.h>


def limit_memory(memory: int) -> None:
    """Limits this process to `memory` bytes more than it has now.

    On Linux and Windows, more raises a MemoryError. macOS ignores such limits: there a thread checks, and ends the
    process. If the system allows it, a crash leaves no copy of the memory on disk.
    """
    if _RESOURCE is None:
        _limit_by_job(memory)
        return
    with contextlib.suppress(OSError, ValueError):
        _RESOURCE.setrlimit(_RESOURCE.RLIMIT_CORE, (0, 0))
    address_space = _pages(0)
    if not address_space:
        threading.Thread(target=_end_beyond, args=(resident_memory() + memory,), daemon=True).start()
        return
    with contextlib.suppress(OSError, ValueError):
        most = address_space + memory
        _RESOURCE.setrlimit(_RESOURCE.RLIMIT_AS, (most, most))


def resident_memory() -> int:
    """Bytes of memory of this process; on macOS, which does not say, its peak."""
    if _RESOURCE is None:
        return _counters().working_set
    return _pages(1) or _RESOURCE.getrusage(_RESOURCE.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT


def _pages(column: int) -> int:
    try:
        return int(_STATM.read_text(encoding="ascii").split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _end_beyond(most: int) -> None:
    while resident_memory() <= most:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of <psapi.h>."""

    _fields_ = [("cb", ctypes.c_uint32), ("page_faults", ctypes.c_uint32)] + [
        (name, ctypes.c_size_t)
        for name in ("peak_working_set", "working_set", "_a", "_b", "_c", "_d", "committed", "peak_committed")
    ]


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of <winnt.h>."""

    _fields_ = [
        *[("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32)],
        *[("least_working_set", ctypes.c_size_t), ("most_working_set", ctypes.c_size_t)],
        *[("processes", ctypes.c_uint32), ("affinity", ctypes.c_size_t)],
        *[("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32)],
        ("io", ctypes.c_uint64 * 6),
        *[("process_memory", ctypes.c_size_t), ("job_memory", ctypes.c_size_t)],
        *[("peak_process", ctypes.c_size_t), ("peak_job", ctypes.c_size_t)],
    ]


def _limit_by_job(memory: int) -> None:
    """A job object with this one process in it; it lasts as long as the process, as its handle is never closed."""
    kernel32, limits = _kernel32(), _Limits(flags=_PROCESS_MEMORY, process_memory=_counters().committed + memory)
    job = kernel32.CreateJobObjectW(None, None)
    if job and kernel32.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)):
        kernel32.AssignProcessToJobObject(job, kernel32.GetCurrentProcess())


def _counters() -> _Counters:
    kernel32, counters = _kernel32(), _Counters(cb=ctypes.sizeof(_Counters))
    kernel32.K32GetProcessMemoryInfo(kernel32.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return counters


def _kernel32() -> Any:
    kernel32 = ctypes.WinDLL("kernel32")
    for name in ("CreateJobObjectW", "GetCurrentProcess"):
        getattr(kernel32, name).restype = ctypes.c_void_p  # handles are as wide as pointers
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    kernel32.CreateJobObjectW.argtypes = (pointer, pointer)
    kernel32.SetInformationJobObject.argtypes = (pointer, number, pointer, number)
    kernel32.AssignProcessToJobObject.argtypes = (pointer, pointer)
    kernel32.K32GetProcessMemoryInfo.argtypes = (pointer, pointer, number)
    return kernel32
