"""The bundle that `make bundle` left in dist/, unpacked as a user does; `make test-bundle` builds it first."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from lutbridge import __version__

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
PROGRAMS = {"win32": "lutbridge.exe", "darwin": "lutbridge.app/Contents/MacOS/lutbridge"}


@pytest.fixture(scope="session")
def archive():
    found = [path for path in DIST.glob(f"lutbridge-{__version__}-*") if path.name.endswith((".tar.gz", ".zip"))]
    assert len(found) == 1, f"{DIST} has no bundle of this version, or several: run `make bundle`"
    return found[0]


@pytest.fixture(scope="session")
def bundle(archive, tmp_path_factory):
    """The unpacked folder, which nothing is written into from here on."""
    place = tmp_path_factory.mktemp("unpacked")
    if sys.platform == "darwin":  # zipfile loses links
        os.spawnlp(os.P_WAIT, "ditto", "ditto", "-x", "-k", archive, place)
    else:
        shutil.unpack_archive(archive, place, **({"filter": "data"} if archive.suffix == ".gz" else {}))
    (folder,) = place.iterdir()
    return folder


@pytest.fixture(scope="session")
def program(bundle):
    return bundle / PROGRAMS.get(sys.platform, "lutbridge")


@pytest.fixture(scope="session")
def write_portrait():
    """Writes one of the demo's portraits, its format by the suffix, as light as `gain` says."""

    def write(path, gain=1.0):
        with Image.open(ROOT / "examples" / "shoot" / "portraits" / "too-dark.jpg") as portrait:
            portrait.convert("RGB").point(lambda code: min(255, round(gain * code))).save(path)

    return write
