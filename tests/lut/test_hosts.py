import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS, load
from lutbridge.lut.hosts import HOSTS, verdicts
from lutbridge.lut.lut3d import Lut3D


def verdict(host, path):
    return {found.host: found for found in verdicts(load(path))}[host]


def cube(folder, head, M=2, name="a.cube", shaper=()):
    rows = [f"{r / (M - 1):.6f} {g / (M - 1):.6f} {b / (M - 1):.6f}" for b, g, r in np.ndindex(M, M, M)]
    path = folder / name
    path.write_text("\n".join([*head, f"LUT_3D_SIZE {M}", *shaper, *rows]) + "\n")
    return path


def written(folder, name, M):
    format_ = FORMATS[name]
    path = folder / f"a{format_.suffixes[0]}"
    path.write_bytes(format_.to_bytes(format_.prepare(Lut3D.identity(M))))
    return path


def test_hosts_name_formats_that_there_are():
    assert {name for host in HOSTS for name in host.formats} <= set(FORMATS)


def test_our_cube_loads_wherever_cubes_load(tmp_path):
    loads = {found.host for found in verdicts(load(written(tmp_path, "cube", 33))) if found.loads}
    assert loads == {host.name for host in HOSTS if "cube" in host.formats}


@pytest.mark.parametrize(
    ("name", "host"), [("xmp", "Lightroom, Camera Raw"), ("hald", "RawTherapee"), ("hald", "ART"), ("3dl", "darktable")]
)
def test_what_is_made_for_a_host_loads_there(tmp_path, name, host):
    assert verdict(host, written(tmp_path, name, 16)).loads


def test_the_wrong_format_says_which_would_do(tmp_path):
    found = verdict("Lightroom, Camera Raw", written(tmp_path, "cube", 17))
    assert (found.loads, found.reason) == (False, "it loads xmp; convert it to .xmp")
    assert verdict("Capture One", written(tmp_path, "cube", 17)).reason == "it loads no 3D LUTs"


def test_art_reads_clf_for_another_colour_space(tmp_path):
    assert "ACES2065-1" in verdict("ART", written(tmp_path, "clf", 17)).reason


def test_large_grids_are_refused_by_those_that_cannot(tmp_path):
    found = verdict("DaVinci Resolve", written(tmp_path, "cube", 66))
    assert (found.loads, found.reason) == (False, "a grid of 66 is more than its 65")


@pytest.mark.parametrize(
    ("head", "host", "reason"),
    [
        (["DOMAIN_MAX 2 2 2"], "darktable", "domain of 0 to 1 only"),
        (["DOMAIN_MAX 2 2 2"], "FFmpeg lut3d", "overlooks a domain"),
        (["LUT_3D_INPUT_RANGE 0 1"], "darktable", "for a row of the table"),
        (["LUT_3D_INPUT_RANGE 0 1"], "Photoshop", "no keyword of Adobe's"),
        (['TITLE "x"', "LUT_3D_INPUT_RANGE 0 2"], "OpenColorIO", "domain of 0 to 1 only"),
        (["# " + "x" * 300], "OBS Studio", "302 bytes"),
    ],
)
def test_quirks_of_a_reader_are_told(tmp_path, head, host, reason):
    found = verdict(host, cube(tmp_path, head))
    assert not found.loads and reason in found.reason


@pytest.mark.parametrize("host", ["darktable", "Photoshop", "FFmpeg lut3d", "OBS Studio"])
def test_a_shaper_is_for_resolve_and_few_others(tmp_path, host):
    path = cube(tmp_path, ["LUT_1D_SIZE 2"], shaper=["0 0 0", "0.5 0.5 0.5"])
    assert load(path).lut.shaper is not None
    assert "1D curves" in verdict(host, path).reason
    assert verdict("DaVinci Resolve", path).loads
