"""What a process may take that reads files of unknown origin."""

import contextlib
from pathlib import Path


def limit_memory(memory: int) -> None:
    """Hold this process to so many bytes beside what it has, where the system lets it (not on Windows).

    A crash then leaves no copy of what was read on the disk either.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
