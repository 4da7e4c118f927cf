"""The recipe of the shipped weights, run small: from a folder of photos to a model that loads."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from lutbridge.train import basis, portrait, systems
from lutbridge.train.networks import checkpoint


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "portraits"
    for kind in ("photos", "masks"):
        (folder / kind).mkdir(parents=True)
    random = np.random.default_rng(0)
    rows = ["id,width,height,person,split,licence,source"]
    for i in range(3):
        Image.fromarray(random.integers(0, 256, (48, 40, 3), np.uint8)).save(folder / "photos" / f"{i}.jpg")
        Image.fromarray(np.eye(48, 40, dtype=np.uint8) * 255).save(folder / "masks" / f"{i}.png")
        rows.append(f"{i},40,48,1,train,CC0-1.0,here")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(basis, "SAMPLES", 10)
    monkeypatch.setattr(basis, "COLOURS", 600)
    monkeypatch.setattr(portrait, "TAKES", replace(portrait.TAKES, batch=2, patches=8))
    monkeypatch.setattr(portrait, "TRAINING", replace(portrait.TRAINING, report_every=2, snapshot_every=2))


def run(data, out, steps):
    done = CliRunner().invoke(portrait.main, [str(data), str(out), "--steps", str(steps), "--threads", "1"])
    assert done.exit_code == 0, done.output
    return done


def test_a_run_leaves_a_model_that_says_how_it_was_made(data, tmp_path):
    out = tmp_path / "run"
    assert "2 steps" in run(data, out, 2).output
    made = checkpoint.read(out / "model.safetensors")
    assert made.config == systems.load("portrait").model
    assert made.history["command"].startswith("python -m lutbridge.train.portrait")
    assert made.history["data"].startswith("3 finished portraits")
    assert made.history["commit"]


def test_a_second_call_goes_on_from_the_snapshot(data, tmp_path):
    out = tmp_path / "run"
    run(data, out, 2)
    run(data, out, 4)
    steps = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert steps == [2, 4]
