"""darktable with the plug-in as `lutbridge plugin install` leaves it, a real helper, and photos."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from ..helper_process import PROGRAM
from . import photos
from .host import Darktable

MOST_VARIED = 64  # of 65535, a quarter of a step of 8 bit; 22 were seen


@pytest.fixture(scope="session")
def start_darktable(tmp_path_factory):
    """Starts a darktable with the plug-in; `rc` and `environment` go to Darktable."""

    def start(rc=None, environment=None):
        darktable = Darktable(tmp_path_factory.mktemp("darktable"), rc, environment)
        install = [PROGRAM, "plugin", "install", "darktable", "--settings", darktable.config]
        subprocess.run(install, check=True, capture_output=True)
        return darktable

    return start


@pytest.fixture(scope="session")
def darktable(start_darktable, helper):
    """One darktable for all tests that need nothing special; each test brings photos of its own."""
    with start_darktable(environment=helper.environment) as darktable:
        yield darktable


@pytest.fixture
def editor(darktable, tmp_path):
    """The shared darktable with its settings as they are at first."""
    darktable.settings()
    darktable.said_anything_wrong()
    styles = darktable.lua("return #dt.styles")
    yield darktable
    assert darktable.said_anything_wrong() == []
    assert list(darktable.tmp.rglob("lutbridge*")) == []
    assert darktable.lua("return #dt.styles") == styles


class Photo:
    """A photo in darktable, and what it looks like there."""

    def __init__(self, editor, path):
        self.editor, self.path = editor, Path(path)
        self.number = editor.load(self.path)

    def pixels(self):
        return self.editor.export(self.number, self.path.with_name(f"export-{self.number}.tif"))

    def same(self, one, other):
        """Whether two pictures come from exports of this photo; darktable 5 varies those of a RAW file a little."""
        varies = self.path.suffix == ".dng" and self.editor.version >= (5, 0)
        return np.abs(one.astype(int) - other).max() <= (MOST_VARIED if varies else 0)

    def is_exported_as(self, before):
        """Whether it is exported with the pixels of an earlier export."""
        return self.same(self.pixels(), before)

    def press(self, action="retouch"):
        return self.editor.press(action, self.number)

    def looks(self):
        """Its instances of Auto Retouch: .cube file, and 1 or 0 for on or off."""
        entries = self.editor.history(self.number)
        return [(self.editor.luts / path, on) for path, on, _, name in entries if name == "Auto Retouch"]

    def cube(self):
        """The .cube file of its one look, which is on."""
        ((path, on),) = self.looks()
        assert on
        return path


@pytest.fixture
def open_photo(editor, make_portrait):
    """Makes a portrait and opens it in darktable; see make_portrait."""
    return lambda name="anna.png", **changes: Photo(editor, make_portrait(name, **changes))


@pytest.fixture
def make_portrait(tmp_path):
    """Writes a portrait under a name whose suffix says how: .png, .jpg, .tif, .dng."""

    def make(name, **changes):
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        photos.write(path, **changes)
        return path

    return make
