"""The plug-in for Lightroom as `lutbridge plugin install` leaves it, with a real helper, in one made of stand-ins."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ..darktable import photos
from ..helper_process import PROGRAM, Helper

ROOT = Path(__file__).parents[3]
SPEC = ROOT / "plugin_lua" / "spec"
ADOBE_COLOR = {"Name": "Adobe Color", "UUID": "B952C231111CD8E0ECCF14B86BAA7077", "Amount": 1}
CONTRAST = 0.4  # what Adobe Color does here


class Lightroom:
    """One user's Lightroom, on a Mac as far as the plug-in can tell."""

    def __init__(self, home: Path, helper: Helper):
        self.home, self.helper = home, helper
        adobe = home / "Library" / "Application Support" / "Adobe"
        self.profiles = adobe / "CameraRaw" / "Settings" / "lutbridge"
        self.plugin = adobe / "Lightroom" / "Modules" / "lutbridge.lrplugin"
        self.temp, self.photos, self.exchange = home / "temp", home / "photos", home / "exchange"
        for folder in (self.temp, self.photos, self.exchange, adobe):
            folder.mkdir(parents=True)
        helper.state_file.parent.mkdir(mode=0o700, exist_ok=True)
        adobe.parent.joinpath("lutbridge").symlink_to(helper.state_file.parent)
        install = [PROGRAM, "plugin", "install", "lightroom", "--settings", adobe / "Lightroom"]
        subprocess.run(install, env=os.environ | {"HOME": str(home)}, check=True, capture_output=True)

    def photo(self, name="anna.nef", look=None, rating=3, **changes):
        """A photo in the catalogue, with what Lightroom exports of it; `changes` as photos.take has them."""
        path = self.photos / name
        path.write_bytes(b"the original")
        renders = {}
        for kind, size in (("full", 320), ("small", 160)):
            for develop, contrast in (("plain", 0), ("look", CONTRAST)):
                target = self.exchange / f"{name}-{develop}-{kind}.tif"
                pixels = photos.take(size, **changes)
                photos.write_tiff(target, pixels + contrast * pixels * (1 - pixels) * (2 * pixels - 1))
                renders[f"{develop}_{kind}"] = str(target)
        return {"path": str(path), "look": look, "renders": renders, "raw": {"rating": rating}}

    def run(self, *taken, presses=("retouch",), **job) -> dict:
        """Presses with these photos selected; returns what drive.lua answers."""
        job |= {"plugin": str(self.plugin), "temp": str(self.temp), "exchange": str(self.exchange), "photos": taken}
        job |= {"presses": presses, "state_file": str(self.helper.state_file)}
        path = self.home / "job.json"
        path.write_text(json.dumps(job))
        lua = shutil.which("lua5.1")
        assert lua, "lua5.1 is not installed"
        environment = os.environ | self.helper.environment | {"LUA_PATH": f"{SPEC}/?.lua;;"}
        command = [lua, Path(__file__).with_name("drive.lua"), path]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert {path.name for path in self.temp.iterdir()} <= {"lutbridge-helper.log"}  # what a started helper said
        assert {Path(photo["path"]).read_bytes() for photo in taken} <= {b"the original"}
        return json.loads(done.stdout)

    def beside(self):
        """The names of the files beside the originals."""
        return sorted(path.name for path in self.photos.iterdir())


@pytest.fixture
def lightroom(tmp_path, helper):
    return Lightroom(tmp_path / "it's Ann's Mäc", helper)
