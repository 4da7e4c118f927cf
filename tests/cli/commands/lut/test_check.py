import json

from lutbridge.lut.lut3d import Lut3D


def test_a_sound_lut_passes_and_hosts_are_listed(lutbridge, warm):
    result = lutbridge("lut", "check", warm)
    assert result.code == 0
    assert f"{warm}: sound" in result.out
    rows = {" ".join(line.split()) for line in result.out.splitlines()}
    assert any(row.startswith("will not load Lightroom, Camera Raw it loads xmp; convert it to .xmp") for row in rows)
    assert any(row.startswith("loads darktable [") for row in rows)
    assert any(row.startswith("will look different GIMP with G'MIC") for row in rows)


def test_a_fault_is_exit_code_1_and_json_says_which(lutbridge, write_lut):
    negative = write_lut("negative.cube", Lut3D(1 - Lut3D.identity(9).lattice))
    result = lutbridge("lut", "check", negative, "--json")
    facts = json.loads(result.out)
    assert result.code == 1 and facts["sound"] is False
    assert facts["findings"]["grey axis"]["level"] == "fault"
    assert facts["findings"]["folds"]["figure"] == 1
    assert facts["hosts"]["darktable"]["loads"] is True


def test_a_host_that_has_to_load_it_decides(lutbridge, warm):
    assert lutbridge("lut", "check", warm, "--host", "obs", "--host", "darktable").code == 0
    result = lutbridge("lut", "check", warm, "--host", "lightroom")
    assert result.code == 1 and "FAULT" in result.out and "darktable" not in result.out


def test_a_host_that_nobody_knows_is_refused(lutbridge, warm):
    result = lutbridge("lut", "check", warm, "--host", "paint")
    assert result.code == 2 and "unknown host 'paint'" in result.err and "OBS Studio" in result.err


def test_the_banding_limit_is_the_users(lutbridge, write_lut):
    steep = write_lut("steep.cube", Lut3D(Lut3D.identity(17).lattice ** 3))
    assert lutbridge("lut", "check", steep, "--banding", "2").code == 1
    assert lutbridge("lut", "check", steep).code == 0


def test_numbers_that_are_none_are_a_fault_with_their_line(lutbridge, warm, tmp_path):
    damaged = tmp_path / "nan.cube"
    damaged.write_text(warm.read_text().replace("0.970000 0.970000 0.970000", "nan nan nan"))
    result = lutbridge("lut", "check", damaged, "--json")
    facts = json.loads(result.out)
    assert result.code == 1 and facts["sound"] is False and "line 4915" in facts["error"]


def test_skin_is_told_by_tone_and_drawn(lutbridge, warm, tmp_path):
    result = lutbridge("lut", "check", warm, "--skin", tmp_path / "skin.png")
    assert result.code == 0 and "hue shifts" in result.out and (tmp_path / "skin.png").stat().st_size > 10_000
    facts = json.loads(lutbridge("lut", "check", warm, "--skin", tmp_path / "again.png", "--json").out)
    assert set(facts["skin"]) == {"parting", "light", "medium", "dark"}
    assert lutbridge("lut", "check", warm, "--skin", tmp_path / "skin.png").code == 2
    assert lutbridge("lut", "check", warm, warm, "--skin", tmp_path / "b.png").code == 2
