import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS, READ_ONLY, load
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
    assert {name for host in HOSTS for name in host.formats or ()} <= {*FORMATS, *READ_ONLY}


def test_our_cube_loads_wherever_cubes_load(tmp_path):
    loads = {found.host for found in verdicts(load(written(tmp_path, "cube", 33))) if found.loads}
    assert loads == {host.name for host in HOSTS if "cube" in (host.formats or ())} - {"GIMP with G'MIC"}


def test_every_verdict_has_its_source_and_what_is_not_known_is_said(tmp_path):
    for found in verdicts(load(written(tmp_path, "cube", 33))):
        assert found.source or found.outcome == "not known", found
        assert found.reason or found.outcome == "loads", found


@pytest.mark.parametrize(
    ("host", "head", "outcome"),
    [
        ("FFmpeg lut3d", [], "loads"),
        ("FFmpeg lut3d", ["DOMAIN_MAX 2 2 2"], "will look different"),
        ("darktable", ["LUT_3D_INPUT_RANGE 0 1"], "will not load"),
        ("Nuke", [], "note"),
        ("Blender", ["# a comment"], "note"),
        ("GIMP with G'MIC", [], "will look different"),
        ("Panasonic VariCam (V-Log)", [], "will not load"),
        ("Baselight", [], "not known"),
        ("Capture One", [], "will not load"),
        ("darktable", ["DOMAIN_MAX 1 2 2"], "will look different"),
        ("darktable", ["domain_max 2 2 2"], "will look different"),
        ("OBS Studio", ["DOMAIN_MAX 2 2 2"], "loads"),
        ("OBS Studio", ["LUT_3D_INPUT_RANGE 0 2"], "will look different"),
    ],
)
def test_outcomes_are_told_apart(tmp_path, host, head, outcome):
    assert verdict(host, cube(tmp_path, head)).outcome == outcome


@pytest.mark.parametrize(
    ("name", "host"), [("xmp", "Lightroom, Camera Raw"), ("hald", "RawTherapee"), ("hald", "ART"), ("3dl", "darktable")]
)
def test_what_is_made_for_a_host_loads_there(tmp_path, name, host):
    assert verdict(host, written(tmp_path, name, 16)).loads


def test_the_wrong_format_says_which_would_do(tmp_path):
    found = verdict("Lightroom, Camera Raw", written(tmp_path, "cube", 17))
    assert (found.loads, found.reason) == (False, "it loads xmp; convert it to .xmp")
    assert verdict("Capture One", written(tmp_path, "cube", 17)).outcome == "will not load"


def test_art_reads_clf_for_another_colour_space(tmp_path):
    assert "ACES2065-1" in verdict("ART", written(tmp_path, "clf", 17)).reason


@pytest.mark.parametrize("host", ["Panasonic LUMIX S5 II", "Sony F5, F55, FS7"])
def test_cameras_take_a_grid_of_33_at_most(tmp_path, host):
    assert verdict(host, written(tmp_path, "cube", 33)).outcome == "note"
    assert verdict(host, written(tmp_path, "cube", 65)).outcome == "will not load"


def test_what_is_refused_is_said_before_what_looks_different(tmp_path):
    path = tmp_path / "a.cube"
    path.write_text("LUT_1D_SIZE 2\nDOMAIN_MAX 1 2 2\n0 0 0\n1 1 1\n")
    assert verdict("darktable", path).outcome == "will not load"


def test_large_grids_are_refused_by_those_that_cannot(tmp_path):
    found = verdict("DaVinci Resolve", written(tmp_path, "cube", 66))
    assert (found.loads, found.reason) == (False, "grid size 66 exceeds its limit of 65")


@pytest.mark.parametrize(
    ("head", "host", "reason"),
    [
        (["DOMAIN_MAX 2 2 2"], "darktable", "no domain other than 0 to 1, and version 4.2.1 crashes"),
        (["DOMAIN_MAX 2 2 2"], "FFmpeg lut3d", "overlooks a domain"),
        (["LUT_3D_INPUT_RANGE 0 1"], "darktable", "for a row of the table"),
        (["LUT_3D_INPUT_RANGE 0 1"], "Photoshop", "no keyword of Adobe's"),
        (['TITLE "x"', "LUT_3D_INPUT_RANGE 0 2"], "OpenColorIO", "knows no TITLE"),
        (["# " + "x" * 300], "OBS Studio", "302 bytes"),
        (["#" * 100_000, "LUT_3D_INPUT_RANGE 0 1"], "darktable", "for a row of the table"),
        (['title "two words"'], "darktable", "takes TITLE for a row"),
        (["DOMAIN_MAX 0.5 0.5 0.5 # half"], "OpenColorIO", "no comment behind DOMAIN_MAX"),
    ],
)
def test_quirks_of_a_reader_are_told(tmp_path, head, host, reason):
    found = verdict(host, cube(tmp_path, head))
    assert not found.loads and reason in found.reason


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        (b"LUT_3D_SIZE", b"lut_3d_size", {"FFmpeg lut3d": "in capitals", "OBS Studio": "in ", "darktable": "in cap"}),
        (b"LUT_3D_SIZE", b"\tLUT_3D_SIZE", {"FFmpeg lut3d": "nothing before it", "OBS Studio": "nothing before it"}),
        (b"LUT_3D_SIZE", b"\xef\xbb\xbfLUT_3D_SIZE", {"OpenColorIO": "byte-order mark", "FFmpeg lut3d": "before it"}),
        (b"SIZE 2", b"SIZE 2 # two", {"OpenColorIO": "no comment behind LUT_3D_SIZE"}),
        (b"\n", b"\r", dict.fromkeys(["FFmpeg lut3d", "OpenColorIO", "OBS Studio", "darktable"], "CR alone")),
        (b"000\n1", b"000 # black\n1", {"OpenColorIO": "no comments behind the rows"}),
        (b"SIZE 2\n", b"SIZE 2\n#" + b"x" * 600 + b"\n", {"FFmpeg lut3d": "601 bytes"}),
        (b"SIZE 2\n", b"SIZE 2\ndomain_max 1 1 1\n", {"FFmpeg lut3d": "wants DOMAIN_MAX in capitals"}),
        (b"SIZE 2\n", b"SIZE 2\nDOMAIN_MAX 0.5 1 1\n", {"FFmpeg lut3d": "ends below 1"}),
    ],
)
def test_what_is_written_oddly_is_told_of_those_who_refuse_it(tmp_path, old, new, reasons):
    path = cube(tmp_path, [])
    path.write_bytes(path.read_bytes().replace(old, new))
    for host, reason in reasons.items():
        assert not verdict(host, path).loads and reason in verdict(host, path).reason, host


def test_a_1d_lut_with_a_domain_is_judged(tmp_path):
    path = tmp_path / "a.cube"
    path.write_text('TITLE "x"\nLUT_1D_SIZE 2\nDOMAIN_MAX 2 2 2\n0 0 0\n1 1 1\n')
    assert verdict("OpenColorIO", path).loads and "no 1D LUTs" in verdict("FFmpeg lut3d", path).reason


def test_a_1d_lut_loads_where_1d_tables_do(tmp_path):
    path = tmp_path / "a.cube"
    path.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n")
    loads = {found.host for found in verdicts(load(path)) if found.loads}
    assert {"Photoshop", "Premiere Pro", "DaVinci Resolve", "OBS Studio"} <= loads
    assert not {"darktable", "FFmpeg lut3d", "Motion", "Final Cut Pro"} & loads


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("darktable", "1D curves"),
        ("Photoshop", "not both"),
        ("FFmpeg lut3d", "1D curves"),
        ("OBS Studio", "1D curves alone"),
    ],
)
def test_a_shaper_is_for_resolve_and_few_others(tmp_path, host, reason):
    path = cube(tmp_path, ["LUT_1D_SIZE 2"], shaper=["0 0 0", "0.5 0.5 0.5"])
    assert load(path).lut.shaper is not None
    assert reason in verdict(host, path).reason and not verdict(host, path).loads
    assert verdict("DaVinci Resolve", path).loads
