"""`lut parity` with what Python alone brings; tests/hosts runs the other programs."""

import json

import numpy as np
from PIL import Image

from lutbridge.looks.parity import programs

OF_PYTHON = tuple(program for program in programs.PROGRAMS if program.command in ("opencolorio", "pillow"))


def only(monkeypatch, chosen):
    monkeypatch.setattr("lutbridge.looks.parity.compare.compare.__defaults__", (chosen,))


def test_each_program_is_compared_and_drawn(lutbridge, warm, shoot, tmp_path, monkeypatch):
    only(monkeypatch, OF_PYTHON)
    result = lutbridge("lut", "parity", warm, shoot / "a.png", "-o", tmp_path / "sheet.png", "--json")
    rows = {row["program"]: row for row in map(json.loads, result.out.splitlines())}
    assert result.code == 0 and rows["OpenColorIO"]["delta_e"]["most"] < 0.01
    assert rows["Pillow"]["reason"].startswith("8 bits in and out") and rows["Pillow"]["delta_e"]["mean"] > 0.02
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 1000 and len(np.unique(np.asarray(sheet))) > 50


def test_what_is_not_installed_or_fails_is_a_row(lutbridge, warm, shoot, monkeypatch):
    def fail(lut, codes, folder):
        raise ValueError("out of colours")

    absent = programs.Program("Absent", "cube", fail, "no-such-program")
    broken = programs.Program("Broken", "hald", fail, "pillow")
    only(monkeypatch, (absent, broken))
    result = lutbridge("lut", "parity", warm, shoot / "a.png")
    assert result.code == 0 and "it is not installed here" in result.out and "it failed: out of colours" in result.out


def test_nothing_is_overwritten(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "parity", warm, shoot / "a.png", "-o", shoot / "a.png", "--existing", "overwrite")
    assert result.code == 2 and "is also the input" in result.err
    assert lutbridge("lut", "parity", warm, shoot / "a.png", "-o", tmp_path / "a.jpg").code == 2
