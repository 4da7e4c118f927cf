"""What an installation without extras must do and refuse: a list of command lines, and a helper to ask.

`tests/test_without_extras.py` runs it with the extras' modules blocked, `tests/hosts/test_base_installation.py` in an
environment that has none of them.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from lutbridge.model.checkpoint import load_network
from lutbridge.model.registry import DEFAULT_MODEL, find_model
from lutbridge.retouch import PART_VIEWS, VIEWS

PATIENCE = 120  # seconds for the first start of a helper on a busy machine
STATE = {"win32": "local", "darwin": "Library/Application Support"}  # in HOME
_HAS_PARTS = load_network(find_model(DEFAULT_MODEL)).has_mask

# Each command line works, in this order, in a folder that holds shoot/a.jpg and shoot/b.tif.
WORKS = (
    "--version",
    "models",
    "doctor",
    "render shoot -o rendered --report report.html",
    "render shoot -o matched --group all --device cpu",
    "groups shoot",
    *(f"cube shoot -o {view} --view {view}" for view in (*VIEWS, *(PART_VIEWS if _HAS_PARTS else ()))),
    "cube shoot -o set --group all",
    "lut info fused/a.cube",
    "lut check fused/a.cube",
    *(f"lut convert fused/a.cube -o a{suffix}" for suffix in (".xmp", ".png", ".3dl", ".spi3d", ".clf", ".csp")),
    "lut info a.csp",
    "lut resize fused/a.cube --size 17 -o small.cube",
    "lut compose small.cube fused/b.cube -o both.cube --allow-clipping",
    "lut invert small.cube -o undone.cube --allow-clipping",
    "lut blend small.cube --strength 0.5 -o half.cube",
    "lut hald -o identity.png",
    "lut hald identity.png -o identity.cube",
    "lut apply small.cube shoot -o applied",
    "plugin install darktable",
    "plugin uninstall darktable",
    "serve --stop",
)
# Command lines that end with exit code 3 and one sentence, and the extra that it names.
NEEDS = {
    "train --pairs shoot shoot2 -o style": "train",
    "evaluate --data shoot": "train",
    "reproduce table1 --data shoot -o table": "train",
    "import-checkpoint luts.pth classifier.pth -o public.safetensors": "train",
    "render shoot -o on-gpu --device cuda": "gpu",
    "cube shoot -o on-gpu --device cuda": "gpu",
    "render shoot -o watched --watch": "watch",
    "render shoot -o shared --ray auto": "ray",
    "lut plot fused/a.cube -o plot.png": "plot",
}


@dataclass(frozen=True)
class Installation:
    """A program and the folder that it is run in; nothing of the user's own is in reach."""

    command: tuple[str, ...]
    folder: Path
    environment: dict[str, str]

    @classmethod
    def at(cls, command, folder: Path, make_photo, **environment: str) -> "Installation":
        """Makes the folder with two photos."""
        make_photo(folder / "shoot" / "a.jpg", size=(96, 64))
        make_photo(folder / "shoot" / "b.tif", size=(64, 96), seed=1)
        (folder / "shoot2").mkdir()
        (folder / "home" / "run").mkdir(parents=True)
        of_its_own = {"HOME": "home", "XDG_RUNTIME_DIR": "home/run", "XDG_CACHE_HOME": "home/cache"}
        of_its_own |= {"XDG_STATE_HOME": "home/state", "XDG_CONFIG_HOME": "home/config"}
        if sys.platform == "win32":  # platformdirs asks the system, and darktable's folder is found by the other ones
            of_its_own |= {f"WIN_PD_OVERRIDE_{name}": "home/local" for name in ("APPDATA", "LOCAL_APPDATA")}
            of_its_own |= {"LOCALAPPDATA": "home/local", "APPDATA": "home/local", "USERPROFILE": "home"}
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        folders = {name: str(folder / value) for name, value in of_its_own.items()}
        return cls(tuple(map(str, command)), folder, kept | folders | environment)

    def run(self, line: str) -> subprocess.CompletedProcess:
        command = [*self.command, *line.split()]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def ask_helper(self) -> tuple[dict, bytes]:
        """Starts a helper, asks it who it is and for a LUT of a photo, and ends it: both answers."""
        state_file = self.folder / "home" / STATE.get(sys.platform, "run") / "lutbridge" / "helper.json"
        with subprocess.Popen([*self.command, "serve"], cwd=self.folder, env=self.environment) as helper:
            try:
                end = time.monotonic() + PATIENCE
                while not state_file.exists():
                    assert helper.poll() is None and time.monotonic() < end, "the helper does not come up"
                    time.sleep(0.1)
                state = json.loads(state_file.read_text())
                about = self._ask(state, "GET", "/v1/info", None)
                lut = self._ask(state, "POST", "/v1/lut", (self.folder / "shoot" / "a.jpg").read_bytes())
                assert self.run("serve --stop").returncode == 0 and helper.wait(60) == 0
            finally:
                helper.kill()
        return json.loads(about), lut

    def _ask(self, state, method, path, body):
        headers = {"Authorization": f"Bearer {state['token']}", "Lutbridge-Protocol": "1"}
        with closing(http.client.HTTPConnection("127.0.0.1", state["port"], timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers | {"Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, content
            return content


def check_everything(installed: Installation) -> None:
    """Runs all of it, with one list of what failed."""
    failed = []
    for line in WORKS:
        ran = installed.run(line)
        if ran.returncode or "Traceback" in ran.stderr:
            failed.append(f"{line}: exit {ran.returncode}, {ran.stdout[-500:]} {ran.stderr[-500:]}")
    for line, extra in NEEDS.items():
        ran = installed.run(line)
        sentence = ran.stderr.strip()
        asked = f'pip install "lutbridge[{extra}]"'
        if ran.returncode != 3 or asked not in sentence or "\n" in sentence:
            failed.append(f"{line}: exit {ran.returncode}, {ran.stderr[-500:]}")
    assert not failed, "\n".join(failed)
    with (
        Image.open(installed.folder / "rendered" / "a.jpg") as before,
        Image.open(installed.folder / "applied" / "a.jpg") as after,
    ):
        assert before.size == after.size == (96, 64)
    about, lut = installed.ask_helper()
    assert about["device"] == "cpu" and about["memory"]["resident_bytes"] > 0
    assert b"LUT_3D_SIZE" in lut
