import subprocess
import sys

import click
import pytest

from lutbridge import __version__
from lutbridge.cli.main import COMMANDS, cli

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
    assert "2 invalid request; 3 setup problem" in result.out and "130 interrupted" in result.out


def _commands(group, context):
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield command
        if isinstance(command, click.Group):
            yield from _commands(command, click.Context(command, info_name=name, parent=context))


def test_every_option_says_what_it_does():
    commands = list(_commands(cli, click.Context(cli, info_name="lutbridge")))
    options = [option for command in commands for option in command.params if isinstance(option, click.Option)]
    assert len(options) > 100 and [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("group", [[], ["lut"], ["models"], ["plugin"]])
def test_no_summary_in_a_list_of_commands_is_cut_off(lutbridge, group):
    listed = lutbridge(*group, "--help").out.partition("\nCommands:\n")[2]
    assert listed and "..." not in listed


def test_version_is_the_packages(lutbridge):
    assert lutbridge("--version").out == f"lutbridge {__version__}\n"


def test_it_runs_as_a_module():
    result = subprocess.run([sys.executable, "-m", "lutbridge", "--version"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, f"lutbridge {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rendr"], "unknown command 'rendr'; did you mean 'render'?"),
        (["Cube"], "did you mean 'cube'?"),
        (["xyzzy"], "choose from render, cube, groups, lut, models, doctor"),
        (["lut", "converd"], "unknown command 'converd'; did you mean 'convert'?"),
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
        "lutbridge: standard output: the disk is full; redirect it elsewhere\n",
    )
