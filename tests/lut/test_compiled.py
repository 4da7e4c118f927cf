import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from lutbridge.lut.compiled import announced
import numpy as np
from lutbridge.lut.lookup import look_up, pad
with announced(lambda: print("compiling")):
    look_up(pad(np.zeros((2, 2, 2, 3))), 2, np.zeros((1, 3), np.float32))
    look_up(pad(np.zeros((2, 2, 2, 3))), 2, np.zeros((1, 3), np.uint8))
print("scipy.linalg" in sys.modules)
"""


@pytest.fixture
def run(tmp_path):
    def program(text):
        environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        result = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout.split()

    return program


def test_compiling_is_announced_once_and_what_was_kept_is_not_compiled(run):
    assert run(PROGRAM)[0] == "compiling"
    assert run(PROGRAM) == ["False"], "nor is scipy imported"


CALLEE = """
from numba import njit
from lutbridge.lut.compiled import COMPILED
@njit(**COMPILED)
def inner():
    return {value}
"""
CALLER = """
import sys
sys.path.insert(0, {folder!r})
import callee, caller
print(caller.outer())
"""


def test_a_changed_callee_in_another_file_is_noticed(run, tmp_path):
    lines = "import callee", "from lutbridge.lut.compiled import kept", "@kept(callee)", "def outer():"
    (tmp_path / "caller.py").write_text("\n".join((*lines, "    return callee.inner()\n")))
    for value in (1, 1, 23):
        (tmp_path / "callee.py").write_text(CALLEE.format(value=value))
        assert run(CALLER.format(folder=str(tmp_path))) == [str(value)]


SUM = """
from lutbridge.lut.compiled import kept
@kept()
def add(a, b):
    return a + b
"""
KINDS = """
import sys
sys.path.insert(0, {folder!r})
from lutbridge.lut.compiled import announced
from own_sum import add
with announced(lambda: print("compiling")):
    print(add(1, 2), add(1.5, 2.5))
"""
COMPILED, KEPT = ["compiling", "3", "4.0"], ["3", "4.0"]


@pytest.fixture
def add_both(run, tmp_path):
    """Runs a program that adds whole numbers and others, by a function that is kept."""
    (tmp_path / "own_sum.py").write_text(SUM)
    return lambda before="": run(before + KINDS.format(folder=str(tmp_path)))


def kept_files(folder, pattern):
    return sorted((folder / "cache").rglob(pattern))


@pytest.mark.parametrize(("pattern", "share"), [("*.nbi", 0), ("*.nbc", 0.5)])
def test_what_was_kept_and_then_cut_is_compiled_again(add_both, tmp_path, pattern, share):
    assert add_both() == COMPILED and add_both() == KEPT
    for path in kept_files(tmp_path, pattern):
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert add_both() == COMPILED
    assert add_both() == KEPT


def test_what_two_processes_kept_under_one_name_is_compiled_again(add_both, tmp_path):
    assert add_both() == COMPILED
    one, other = kept_files(tmp_path, "*.nbc")
    one.write_bytes(other.read_bytes())
    assert add_both() == COMPILED
    assert add_both() == KEPT


def test_a_full_disk_costs_only_what_would_be_kept(add_both):
    full = "from numba.core.caching import IndexDataCacheFile as File\ndef save(*_): raise OSError(28, 'full')\n"
    assert add_both(f"{full}File._save_data = save\n") == COMPILED


def test_scipy_s_linear_algebra_is_still_there_for_others(run):
    program = "import lutbridge.lut.compiled, scipy.linalg.cython_blas; print(scipy.linalg.cython_blas.__name__)"
    assert run(program) == ["scipy.linalg.cython_blas"]
