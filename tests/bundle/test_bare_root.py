"""The bundle in a Debian that has only what every Debian has: no Python, another user, a folder only root may write to.

Neither HOME nor anything else is in its environment but PATH. Needs root and debootstrap.
"""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lutbridge import __version__

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="a root of one's own needs Linux and root"
)
PATIENCE = 120  # seconds for a helper to come up on a busy machine
# $0 is the root, $1 the user: a view of processes of its own, then the command as that user, in that user's home.
ENTER = """
mount -t proc proc "$0/proc"
exec chroot --userspec="$1" "$0" env -i PATH=/usr/bin:/bin sh -c "cd ~$1 2> /dev/null || cd /tmp; $2"
"""


class BareRoot:
    """A Debian in a folder, with the bundle in /opt/lutbridge and photos in /photos."""

    program = "/opt/lutbridge/lutbridge"

    def __init__(self, folder: Path):
        self.folder = folder
        self.home = folder / "home" / "ann"

    def command(self, line: str, user: str = "ann") -> list[str]:
        namespace = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        if line.startswith("lutbridge "):
            line = line.replace("lutbridge", self.program, 1)
        return [*namespace, "sh", "-c", ENTER, str(self.folder), user, line]

    def run(self, line: str, user: str = "ann") -> subprocess.CompletedProcess:
        start = time.perf_counter()
        ran = subprocess.run(self.command(line, user), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        took = time.perf_counter() - start
        print(f"{user}$ {line}   ({took:.1f} s, exit {ran.returncode})\n{ran.stdout}{ran.stderr}")
        return ran


@pytest.fixture(scope="module")
def bare(bundle, write_portrait, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare") / "root"
    curl = "--include=curl"  # what darktable's plug-in needs beside us
    subprocess.run(["debootstrap", "--variant=minbase", curl, "bookworm", folder], check=True, capture_output=True)
    subprocess.run(["chroot", folder, "useradd", "--create-home", "ann"], check=True)
    shutil.copytree(bundle, folder / "opt" / "lutbridge", symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX,go-w", folder / "opt" / "lutbridge"], check=True)
    (folder / "photos").mkdir(mode=0o755)
    for number in range(3):
        write_portrait(folder / "photos" / f"take-{number}.jpg", 1 - number / 10)
    return BareRoot(folder)


def test_there_is_nothing_to_lean_on(bare):
    assert bare.run("command -v python3 python pip gcc").returncode != 0
    assert "Permission denied" in bare.run("touch /opt/lutbridge/mark").stderr
    assert bare.run('test -z "$HOME"').returncode == 0
    assert bare.run("id -un").stdout == "ann\n"


def test_the_first_photo(bare):
    ran = bare.run("lutbridge render /photos/take-0.jpg -o first")
    assert ran.returncode == 0 and "1 of 1 photos done" in ran.stderr
    assert (bare.home / "first" / "take-0.jpg").stat().st_size > 10_000


def test_doctor_finds_nothing_wrong(bare):
    ran = bare.run("lutbridge doctor")
    assert ran.returncode == 0
    assert all(line.startswith("ok ") for line in ran.stdout.splitlines())
    assert "kept in /home/ann/.cache/lutbridge/kernels/" in ran.stdout


def test_one_lut_for_a_group(bare):
    assert bare.run("lutbridge cube /photos -o luts --group all").returncode == 0
    assert {path.suffix for path in (bare.home / "luts").iterdir()} == {".cube", ".sqlite"}  # and the record of the run


def test_a_lut_that_opencolorio_reads_in_a_process_of_its_own(bare):
    assert bare.run("lutbridge cube /photos/take-0.jpg -o one --size 9").returncode == 0
    assert bare.run("lutbridge lut convert one/take-0.cube -o one/take-0.csp").returncode == 0
    ran = bare.run("lutbridge lut info one/take-0.csp")
    assert ran.returncode == 0 and "9" in ran.stdout


def test_the_helper_answers_and_ends(bare):
    state_file = bare.home / ".local" / "state" / "lutbridge" / "helper.json"
    with subprocess.Popen(bare.command("lutbridge serve")) as helper:
        try:
            end = time.monotonic() + PATIENCE
            while not state_file.exists():
                assert helper.poll() is None and time.monotonic() < end, "the helper does not come up"
                time.sleep(0.1)
            state = json.loads(state_file.read_text())
            assert json.loads(ask(state, "GET", "/v1/info"))["version"] == __version__
            photo = (bare.folder / "photos" / "take-1.jpg").read_bytes()
            assert b"LUT_3D_SIZE" in ask(state, "POST", "/v1/lut", photo)
            assert bare.run("lutbridge serve --stop").returncode == 0
            assert helper.wait(60) == 0
        finally:
            helper.kill()


def ask(state, method, path, body=None):
    headers = {"Authorization": f"Bearer {state['token']}", "Lutbridge-Protocol": "1"}
    headers["Content-Type"] = "application/octet-stream"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", state["port"], timeout=PATIENCE)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        return content


def test_the_plugin_is_installed_and_knows_this_program_and_what_a_press_would_find(bare):
    assert bare.run("lutbridge plugin install darktable").returncode == 0
    lua = bare.home / ".config" / "darktable" / "lua" / "lutbridge" / "lib" / "lutbridge_installed.lua"
    assert "command = [==[/opt/lutbridge/lutbridge]==]" in lua.read_text()
    ran = bare.run("lutbridge doctor")
    assert ran.returncode == 0
    assert "starts /opt/lutbridge/lutbridge; the helper of lutbridge" in ran.stdout


def test_a_user_who_may_write_nowhere_is_told_and_can_render_all_the_same(bare):
    ran = bare.run("lutbridge doctor", "nobody")
    assert ran.returncode == 1
    faults = [line for line in ran.stdout.splitlines() if line.startswith("FAULT")]
    assert any("state folder" in line and "cannot be written to" in line for line in faults)
    assert any("compiled kernels" in line and "NUMBA_CACHE_DIR" in line for line in faults)
    assert bare.run("lutbridge render /photos/take-0.jpg -o /tmp/nobody", "nobody").returncode == 0
