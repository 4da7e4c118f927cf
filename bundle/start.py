"""What the bundle's program runs: the command line, and what Python would do for processes of its own."""

import multiprocessing
import os
import runpy
import sys

import platformdirs

from lutbridge.cli.main import main


def start() -> None:
    # Never in the bundle: it may be read-only, and a Mac's signature covers all that is in it.
    kernels = platformdirs.user_cache_path("lutbridge", appauthor=False) / "kernels"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kernels))
    if sys.argv[1:2] == ["-P"]:  # `python -P FILE`, as lutbridge.lut.formats.opencolorio starts its child
        sys.argv = sys.argv[2:]
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        main()


if __name__ == "__main__":
    multiprocessing.freeze_support()  # ends here in the process that reads photos
    start()
