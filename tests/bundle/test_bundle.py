"""The bundle on the system that it was built on: what is in it, what it takes, and that it does everything."""

import json
import os
import subprocess
import sys
import time

import pytest

from lutbridge import __version__
from lutbridge.image.read import read
from tests.base_installation import Installation, check_everything
from tests.image.formats.test_raw import make_dng

MOST_MEGABYTES, MOST_PACKED_MEGABYTES = 300, 110
MOST_SECONDS = 15  # of one core, for the first photo
LIBRARIES = (".so", ".dll", ".pyd", ".dylib")


def files(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def test_it_takes_little_of_the_disk(archive, bundle):
    unpacked = sum(path.stat().st_size for path in files(bundle).values() if not path.is_symlink()) / 1e6
    packed = archive.stat().st_size / 1e6
    print(f"the bundle takes {unpacked:.0f} MB, packed {packed:.0f} MB")
    assert unpacked <= MOST_MEGABYTES and packed <= MOST_PACKED_MEGABYTES


def test_it_holds_nothing_that_only_training_needs_and_nothing_under_the_gpl(bundle):
    modules = json.loads((bundle / "licences" / "contents.json").read_text())
    found = {name.replace("/", ".").split(".")[0] for name in modules}
    found |= {part.partition("-")[0] for name in files(bundle) for part in name.split("/")}
    assert {"numba", "flask", "safetensors"} <= found
    unwanted = {"torch", "triton", "scipy", "skimage", "matplotlib", "tensorboard", "pillow_heif", "libx265", "libheif"}
    assert found & unwanted == set()


def test_the_licence_of_everything_is_in_it(bundle):
    contents = json.loads((bundle / "licences" / "contents.json").read_text())
    owners = {path.name for path in (bundle / "licences").iterdir() if path.is_dir()}
    assert set(contents.values()) == owners
    for owner in owners:
        texts = [path for path in (bundle / "licences" / owner).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in texts) > 400, f"{owner} has no text"
    known = {name.rpartition("/")[2] for name in contents}
    libraries = {path.name for path in files(bundle).values() if set(path.suffixes) & set(LIBRARIES)}
    assert len(libraries) > 50
    assert libraries - known == set()
    assert {"lutbridge", "numpy", "imagecodecs", "llvmlite", "rawpy", "flask", "Python", "pyinstaller"} <= {
        owner.lower() if owner != "Python" else owner for owner in owners
    }


def test_it_says_its_version(program):
    assert subprocess.check_output([program, "--version"], text=True) == f"lutbridge {__version__}\n"


def test_it_does_everything_or_names_the_extra_and_writes_nothing_into_its_own_folder(
    program, bundle, tmp_path, make_photo
):
    before = {name: path.stat().st_mtime_ns for name, path in files(bundle).items()}
    check_everything(Installation.at([program], tmp_path / "work", make_photo))
    assert {name: path.stat().st_mtime_ns for name, path in files(bundle).items()} == before


def test_it_reads_and_writes_every_kind_of_photo(program, tmp_path, make_photo):
    installed = Installation.at([program], tmp_path / "work", make_photo)
    for name in ("c.png", "d.webp", "e.avif"):
        make_photo(installed.folder / "kinds" / name, size=(96, 64))
    make_dng(installed.folder / "kinds" / "f.dng")
    ran = installed.run("render kinds -o out")
    assert ran.returncode == 0, ran.stderr
    paths = [path for path in (installed.folder / "out").iterdir() if path.suffix != ".sqlite"]
    results = {path.name: read(path).pixels.shape for path in paths}
    assert results == {"c.png": (64, 96, 3), "d.webp": (64, 96, 3), "e.tif": (64, 96, 3), "f.tif": (180, 120, 3)}
    for form in ("jpeg", "webp", "png", "tiff"):
        assert installed.run(f"render kinds/f.dng -o {form} --format {form}").returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows counts no time of children")
def test_the_first_photo_is_there_soon_even_though_its_renderer_is_compiled(program, tmp_path, make_photo):
    installed = Installation.at([program], tmp_path / "work", make_photo)
    start, before = time.perf_counter(), os.times()
    ran = installed.run("render shoot/a.jpg -o out")
    seconds, after = time.perf_counter() - start, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"the first photo took {seconds:.1f} s, and {busy:.1f} s of one core")
    assert ran.returncode == 0 and "compiling for this processor" in ran.stderr
    assert busy <= MOST_SECONDS
    assert read(installed.folder / "out" / "a.jpg").pixels.shape == (64, 96, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="where the kernels go elsewhere is platformdirs' to say")
def test_kernels_are_kept_in_the_user_s_cache(program, tmp_path, make_photo):
    installed = Installation.at([program], tmp_path / "work", make_photo)
    assert installed.run("render shoot/a.jpg -o out").returncode == 0
    assert list((installed.folder / "home" / "cache" / "lutbridge" / "kernels").rglob("*.nbc"))
    again = installed.run("render shoot/b.tif shoot/a.jpg -o again")
    assert again.returncode == 0
