"""How this package compiles its kernels with Numba."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from numba import njit

from lutbridge.lut import numba_internals

COMPILED = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


def kept(*callees: ModuleType) -> Callable[[Callable], Callable]:
    """Compile a function, and keep the result on disk: beside its file, or in the user's cache folder, if possible.

    Args:
        callees: other modules whose compiled functions or instructions it uses; if one of their files changes, it is
            compiled again.
    """

    def compile_(function: Callable) -> Callable:
        dispatcher = njit(**COMPILED)(function)
        files = [Path(file) for file in (function.__code__.co_filename, *(module.__file__ for module in callees))]
        numba_internals.keep_on_disk(dispatcher, function, files)
        return dispatcher

    return compile_


def cache_folder(module: ModuleType) -> str | None:
    """The folder for a module's compiled functions; None if none is writable."""
    folders = (numba_internals.kept_in(function) for function in vars(module).values())
    return next((folder for folder in folders if folder), None)


@contextmanager
def announced(say: Callable[[], None]) -> Iterator[None]:
    """Within this context the first kernel that has to be compiled is announced, before it is."""
    first = [say]
    with numba_internals.when_compiling(lambda: first and first.pop()()):
        yield
