import os
import subprocess
import sys

import pytest

# Ends where numpy or torch would be imported, and says what they would read.
PROGRAM = """
import os, sys
class Watch:
    def find_spec(self, name, *_):
        if name in ("numpy", "torch"):
            print(name, os.environ.get("OMP_NUM_THREADS"), flush=True)
            os._exit(0)
sys.meta_path.insert(0, Watch())
from lutbridge.cli.main import main
main()
"""


def seen(folder, command, **variables):
    """What is imported first, and what it reads."""
    (folder / "photo.jpg").write_bytes(b"")
    folders = dict.fromkeys(("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"), str(folder))
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    arguments = [sys.executable, "-c", PROGRAM, *command.format(folder).split()]
    result = subprocess.run(arguments, env=environment | folders | variables, capture_output=True, text=True)
    assert not result.stderr
    return result.stdout.split()


@pytest.mark.parametrize("command", ["render {0} -o {0}/out", "cube {0} -o {0}/out", "groups {0}", "serve"])
def test_one_thread_is_asked_for_before_anybody_looks(tmp_path, command):
    assert seen(tmp_path, command) == ["numpy", "1"]


def test_the_user_s_own_number_stands(tmp_path):
    assert seen(tmp_path, "render {0} -o {0}/out", OMP_NUM_THREADS="3") == ["numpy", "3"]
