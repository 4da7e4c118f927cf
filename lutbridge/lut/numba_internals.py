"""The only place that reaches into Numba's undocumented parts.

Each is here because Numba has no public equivalent. tests/lut/test_numba_internals.py shows which of them a new version
has changed; `numba.extending`, and its guide to low-level extensions, are used directly elsewhere.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.registry import cpu_target

# Numba would import scipy for linear algebra, which no kernel here uses: half of the first call's time.
if "scipy.linalg.cython_blas" not in sys.modules:
    sys.modules["scipy.linalg.cython_blas"] = None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        del sys.modules["scipy.linalg.cython_blas"]


class _Cache(FunctionCache):
    """Numba's cache of a function on disk, but never an obstacle: damaged entries are compiled and kept again."""

    def load_overload(self, sig, target_context):
        try:
            found = super().load_overload(sig, target_context)
        except Exception:  # a file that was cut, as by a loss of power, fails in any way
            self._start_anew()
            return None
        # Two processes that compile for two kinds of pixels at once may give both results the same name.
        return found if found is None or found.signature.args == tuple(sig) else None

    def save_overload(self, sig, data):
        with suppress(OSError):  # the disk is full
            super().save_overload(sig, data)

    def _start_anew(self):
        with suppress(OSError):
            self.flush()


def keep_on_disk(dispatcher: Callable, function: Callable, files: list[Path]) -> None:
    """Keep a compiled function on disk: beside its file, or in the user's cache folder, if possible.

    Numba's own `cache=True` only looks at the function's file, and fails on a damaged cache file.

    Args:
        dispatcher: what `numba.njit` made of the function.
        files: the cache is valid as long as none of them changes.
    """
    try:
        cache = _Cache(function)
    except RuntimeError:  # neither folder can be written
        return
    cache._cache_file._source_stamp = tuple((file.stat().st_mtime, file.stat().st_size) for file in files)
    dispatcher._cache = cache


def kept_in(function: object) -> str | None:
    """The folder of a function that `keep_on_disk` was asked to keep; None for any other object."""
    cache = getattr(function, "_cache", None)
    return cache.cache_path if isinstance(cache, _Cache) else None


@contextmanager
def when_compiling(say: Callable[[], None]) -> Iterator[None]:
    """Within this context, each function that has to be compiled is announced before it is."""
    with event.install_listener("numba:compile", _Announcer(say)):
        yield


class _Announcer(event.Listener):
    def __init__(self, say):
        self._say = say

    def on_start(self, event):
        self._say()

    def on_end(self, event):
        pass


def has_wide_registers() -> bool:
    """Whether Numba compiles for a processor with 32 registers of 512 bits (AVX-512)."""
    return "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2]
