"""Keep the memory that a step frees for the next one."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of glibc's malloc.h
KEEP = {M_MMAP_MAX: 0, M_TRIM_THRESHOLD: -1, M_TOP_PAD: 256 << 20}  # bytes
AS_IT_COMES = {M_MMAP_MAX: 65536, M_TRIM_THRESHOLD: 128 << 10, M_TOP_PAD: 128 << 10}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Within, the C library, where it is glibc, does not give large blocks back to the system.

    As it comes, every large tensor is fresh pages, which the system clears one by one when they are first touched, and
    which are gone after the operation. A step of `lam` on four photos of 540 × 360 px spends three quarters of its
    time so. It suits tensors of the same sizes over and over; others would leave ever more gaps between them.
    """
    _set(KEEP)
    try:
        yield
    finally:
        _give_back()


def outside(function: Callable) -> Callable:
    """A function that is called within `kept_memory`, and must not keep what it frees."""

    def called(*arguments):
        _give_back()
        try:
            return function(*arguments)
        finally:
            _set(KEEP)

    return called


def _give_back():
    _set(AS_IT_COMES)
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _set(options):
    with suppress(OSError, AttributeError):  # another C library, which is left as it is
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for option, value in options.items():
            mallopt(option, value)
