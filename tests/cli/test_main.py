import subprocess
import sys

import pytest

from lutbridge import __version__
from lutbridge.cli.main import COMMANDS

HEAVY = {"torch", "numpy", "numba", "PIL", "tifffile", "imagecodecs", "safetensors", "rich", "platformdirs"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["render", "--help"], ["lut", "--help"], ["rendre"]])
def test_help_and_version_import_nothing_heavy(arguments):
    script = (
        "import sys\n"
        "from lutbridge.cli.main import main\n"
        f"sys.argv = ['lutbridge', *{arguments!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print('\\nloaded:', *{name.split('.')[0] for name in sys.modules})"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.rpartition("loaded:")[2].split())
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_help_lists_every_command_and_the_exit_codes(lutbridge):
    result = lutbridge("--help")
    assert result.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.out
    assert "130 interrupted between two photos" in result.out


def test_version_is_the_packages(lutbridge):
    assert lutbridge("--version").out == f"lutbridge {__version__}\n"


def test_it_runs_as_a_module():
    result = subprocess.run([sys.executable, "-m", "lutbridge", "--version"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, f"lutbridge {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rendr"], "there is no command 'rendr'; did you mean 'render'?"),
        (["Cube"], "did you mean 'cube'?"),
        (["xyzzy"], "there are render, cube, groups, lut, models, doctor"),
        (["lut", "converd"], "there is no command 'converd'; did you mean 'convert'?"),
        (["--verison"], "--version"),
        (["render"], "Missing argument"),
        (["render", "a.jpg"], "Missing option '-o'"),
        (["render", "a.jpg", "-o", "out", "--strength", "1.5"], "1.5 is not between 0 and 1"),
        (["render", "a.jpg", "-o", "out", "--strength", "nan"], "nan is not between 0 and 1"),
        (["cube", "a.jpg", "-o", "out", "--size", "1"], "1 is not in the range 2<=x<=256"),
        (["cube", "a.jpg", "-o", "out", "--view", "fit"], "'fitted'"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(lutbridge, arguments, sentence):
    result = lutbridge(*arguments)
    assert result.code == 2
    assert sentence in result.err
    assert result.out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="the shell's way to close them")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_it_works_without_standard_streams(closed):
    command = f"'{sys.executable}' -m lutbridge models {closed}"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no /dev/full")
def test_a_full_disk_behind_stdout_is_the_environments_fault():
    command = f"'{sys.executable}' -m lutbridge models > /dev/full"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (
        3,
        "lutbridge: standard output: the disk is full; send it somewhere else\n",
    )
