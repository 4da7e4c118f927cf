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
    "render": ["--megapixels", "0.05"],
    "road": ["--megapixels", "0.1", "--photos", "1"],
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
