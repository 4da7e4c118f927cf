"""`lutbridge evaluate` on a small set in PPR10K's layout, as a user would call it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "lutbridge", "evaluate", *map(str, arguments)], capture_output=True, text=True
    )


def test_tables_on_stdout_and_everything_in_the_folder(tmp_path):
    for kind in ("source", "target_a", "masks"):
        (tmp_path / "val" / kind).mkdir(parents=True)
    skin = np.random.default_rng(0).normal((198, 134, 96), 5, (60, 50, 3)).clip(0, 255).astype(np.uint8)
    for name in ("0_0", "0_1"):
        Image.fromarray(skin // 2).save(tmp_path / "val" / "source" / f"{name}.tif")
        Image.fromarray(skin).save(tmp_path / "val" / "target_a" / f"{name}.tif")
        Image.new("L", (50, 60), 255).save(tmp_path / "val" / "masks" / f"{name}.png")
    done = run("--data", tmp_path, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "| portrait-v2 |" in done.stdout and "| untouched |" in done.stdout
    assert (tmp_path / "out" / "tables.md").read_text(encoding="utf-8") == done.stdout
    records = json.loads((tmp_path / "out" / "photos.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert records["targets"][0]["psnr"] is None, "which is infinite, for which JSON has no number"
    assert [r["name"] for r in records["portrait-v2"]] == ["0_0", "0_1"]
    assert list(records) == ["untouched", "autocontrast (Pillow)", "portrait-v2", "targets"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "tables.md", "photos.json", "groups.png", "report.html", "sheet-portrait-v2.jpg"
    }  # fmt: skip


def test_parted_adds_a_table_of_person_and_background(tmp_path):
    for kind in ("source", "target_a", "masks"):
        (tmp_path / "val" / kind).mkdir(parents=True)
    target = np.random.default_rng(0).integers(90, 160, (60, 50, 3), np.uint8)
    source, mask = target.copy(), np.zeros((60, 50), np.uint8)
    source[:, :20] //= 2
    mask[:, :20] = 255
    for kind, image in (("source", source), ("target_a", target)):
        Image.fromarray(image).save(tmp_path / "val" / kind / "0_0.tif")
    Image.fromarray(mask).save(tmp_path / "val" / "masks" / "0_0.png")
    done = run("--data", tmp_path, "--parted")
    assert done.returncode == 0, done.stderr
    table = done.stdout.partition("Person and background:")[2]
    assert "| system | photos | person L* before | person L* after |" in table
    row = next(line for line in table.splitlines() if line.startswith("| untouched |"))
    assert row.split(" | ")[1] == "1" and row.split(" | ")[7] == "0.00", "which parts nothing"


def test_a_folder_of_another_layout_is_a_usage_error(tmp_path):
    done = run("--data", tmp_path)
    assert done.returncode == 2
    assert "holds no <group>_<index>.tif" in done.stderr and "Traceback" not in done.stderr


def test_no_model_and_a_folder_that_cannot_be_made_are_told(tmp_path):
    done = run("--data", tmp_path, "--models", " , ")
    assert done.returncode == 2 and "no model is named" in done.stderr
    for folder in ("source", "target_a", "masks"):
        (tmp_path / "val" / folder).mkdir(parents=True)
        (tmp_path / "val" / folder / ("0_0.png" if folder == "masks" else "0_0.tif")).touch()
    done = run("--data", tmp_path, "-o", tmp_path / "val" / "source" / "0_0.tif" / "out")
    assert done.returncode == 3 and "is not writable" in done.stderr


def save_pairs(folder, count):
    for i in range(count):
        picture = np.random.default_rng(i).integers(0, 255, (12, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)
        for kind, pixels in (("before", picture), ("after", (30 + 0.7 * picture).astype(np.uint8))):
            path = folder / kind / f"shoot {i // 2}" / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)
    Image.fromarray(picture[:, ::-1].copy()).save(folder / "before" / "alone.png")
    return folder / "before", folder / "after"


def test_own_pairs_are_measured_and_a_limit_takes_whole_groups(tmp_path, toy_model):
    before, after = save_pairs(tmp_path, 6)
    done = run("--pairs", before, after, "--models", toy_model, "--limit", 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 own pairs, at most 540 px a side")
    assert "Left out: " in done.stderr and "alone.png" in done.stderr


def test_an_edit_that_does_not_line_up_is_left_out_and_named_once(tmp_path, toy_model):
    before, after = save_pairs(tmp_path, 2)
    cropped = after / "shoot 0" / "0.png"
    with Image.open(cropped) as image:
        image.crop((10, 10, 120, 90)).save(cropped)
    done = run("--pairs", before, after, "--models", toy_model)
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "cropped" in line)
    assert line.startswith(f"Left out: {cropped}: ") and line.count(str(cropped)) == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "either --data"),
        (["--data", "a", "--pairs", "b", "c"], "either --data"),
        (["--pairs", "before", "after", "--parted"], "--parted needs person masks"),
    ],
)
def test_what_to_measure_on_is_said_once(tmp_path, monkeypatch, arguments, why):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2 and why in done.stderr, done.stderr
