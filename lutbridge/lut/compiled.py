"""How this package compiles its kernels with Numba."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from numba import njit
from numba.core import event

# Numba would import scipy to look for its linear algebra, which no kernel here uses: half of what the first call takes.
if "scipy.linalg.cython_blas" not in sys.modules:
    sys.modules["scipy.linalg.cython_blas"] = None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        del sys.modules["scipy.linalg.cython_blas"]

COMPILED = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


def kept(*callees: ModuleType) -> Callable[[Callable], Callable]:
    """Compile a function, and keep the result on disk: beside its file, else in the user's cache folder, else not.

    Args:
        callees: other modules whose compiled functions it calls. Numba looks at the date of the function's own file
            only, and would go on with what it kept when one of these has changed.
    """

    def compile_(function: Callable) -> Callable:
        try:
            dispatcher = njit(cache=True, **COMPILED)(function)
        except RuntimeError:  # neither folder can be written
            return njit(**COMPILED)(function)
        files = [Path(file) for file in (function.__code__.co_filename, *(module.__file__ for module in callees))]
        dispatcher._cache._cache_file._source_stamp = tuple(
            (file.stat().st_mtime, file.stat().st_size) for file in files
        )
        return dispatcher

    return compile_


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
