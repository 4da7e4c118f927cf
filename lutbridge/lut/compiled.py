"""How this package compiles its kernels with Numba."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache

# Numba would import scipy to look for its linear algebra, which no kernel here uses: half of what the first call takes.
if "scipy.linalg.cython_blas" not in sys.modules:
    sys.modules["scipy.linalg.cython_blas"] = None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        del sys.modules["scipy.linalg.cython_blas"]

COMPILED = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


class _Cache(FunctionCache):
    """Numba's cache of a function on disk, which stops nothing: what cannot be read is compiled, and kept anew."""

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


def kept(*callees: ModuleType) -> Callable[[Callable], Callable]:
    """Compile a function, and keep the result on disk: beside its file, else in the user's cache folder, else not.

    Args:
        callees: other modules whose compiled functions it calls. Numba looks at the date of the function's own file
            only, and would go on with what it kept when one of these has changed.
    """

    def compile_(function: Callable) -> Callable:
        dispatcher = njit(**COMPILED)(function)
        try:
            cache = _Cache(function)
        except RuntimeError:  # neither folder can be written
            return dispatcher
        files = [Path(file) for file in (function.__code__.co_filename, *(module.__file__ for module in callees))]
        cache._cache_file._source_stamp = tuple((file.stat().st_mtime, file.stat().st_size) for file in files)
        dispatcher._cache = cache
        return dispatcher

    return compile_


def cache_folder(module: ModuleType) -> str | None:
    """Where the compiled functions of a module are kept; None where no folder for them can be written."""
    caches = (getattr(function, "_cache", None) for function in vars(module).values())
    return next((cache.cache_path for cache in caches if isinstance(cache, _Cache)), None)


@contextmanager
def announced(say: Callable[[], None]) -> Iterator[None]:
    """Within this context the first kernel that has to be compiled is announced, before it is."""
    with event.install_listener("numba:compile", _Announcer(say)):
        yield


class _Announcer(event.Listener):
    def __init__(self, say):
        self._say = say

    def on_start(self, event):
        if self._say:
            say, self._say = self._say, None
            say()

    def on_end(self, event):
        pass
