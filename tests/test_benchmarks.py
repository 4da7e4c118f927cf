"""The benchmarks still run: on next to nothing, so that their figures mean nothing here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
TINY = {
    "inversion": ["--grid", "5"],
    "kernels": ["--megapixels", "0.1"],
    "large": ["--most", "0.001"],
    "render": ["--megapixels", "0.05"],
    "road": ["--megapixels", "0.1", "--photos", "1"],
    "server": ["--size", "300", "200"],
}


@pytest.mark.parametrize("name", TINY)
def test_it_runs_and_keeps_its_figures(name, tmp_path):
    figures = tmp_path / "figures.json"
    command = [sys.executable, str(FOLDER / f"{name}.py"), "--runs", "1", "--json", str(figures), *TINY[name]]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert json.loads(figures.read_text())["machine"]["runs"] == 1


def test_a_made_shoot_is_grouped_and_its_costs_printed(tmp_path):
    command = [sys.executable, str(FOLDER / "whole_shoots.py"), "--photos", "6", "--folder", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    head, row = run.stdout.splitlines()
    assert head.split(" | ")[0] == "photos" and row.split(" | ")[0] == "6"
    assert 1 <= int(row.split(" | ")[-1]) <= 6 and len(list(tmp_path.rglob("*.jpg"))) == 6


def test_the_table_of_controls_reads_what_train_prints(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    from style_controls import table

    from lutbridge.research.style_report import ONE_LUT, RESULT, START, UNTOUCHED, Difference, StyleReport

    def told(low):
        gains = {UNTOUCHED: Difference(1, -0.5, 2), START: Difference(3, low, 4), ONE_LUT: Difference(2, 1, 3)}
        return StyleReport(8, 8, {RESULT: 40.0}, {RESULT: 1.0}, gains, with_takes=True).words("portrait-v2")

    lines = table({"good": told(2), "bad": told(-1)}).splitlines()
    assert lines[0] == "| gain over | good | bad |"
    assert "| portrait-v2 | +3.0 (+2.0 to +4.0) | +3.0 (−1.0 to +4.0) |" in lines
    assert lines[2].startswith("| the photos as they came | +1.0 (−0.5 to +2.0) |") and len(lines) == 6
    assert lines[-1] == '| "These pairs …" | teach a style | do not teach a style |'
