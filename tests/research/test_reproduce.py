"""A table made again, end to end, on photos and networks small enough for seconds."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from lutbridge.errors import UsageError
from lutbridge.model.config import ModelConfig
from lutbridge.research import reproduce
from lutbridge.research.published import Row
from lutbridge.research.reproduce import Training, measured, table, train_missing
from lutbridge.train import systems
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.processes import Processes
from lutbridge.train.session import Talk

SMALL = ModelConfig(n_luts=2, grid_size=5, predictor="zeng-unpaired", thumbnail_size=32)
ROWS = [Row("first", "base", {"PSNR": 25.99, "M_GLC": 10.81}), Row("second", "lam", {"PSNR": 26.23, "M_GLC": 11.08})]


@pytest.fixture
def data(tmp_path):
    root = tmp_path / "ppr10k"
    for split, sources in (("train", "source_aug"), ("val", "source")):
        for kind in (sources, "target_a", "masks"):
            (root / split / kind).mkdir(parents=True)
        for group in range(3):
            for index in range(2):
                target = astronaut()[40:100, 60 * group + 20 * index :][:, :50]
                for kind, picture in ((sources, target // 2), ("target_a", target), ("masks", target[..., 0])):
                    suffix = "png" if kind == "masks" else "tif"
                    file = root / split / kind / f"{group}_{index}.{suffix}"
                    Image.fromarray(np.ascontiguousarray(picture)).save(file)
    return root


@pytest.fixture(autouse=True)
def small(monkeypatch):
    load = systems.load
    monkeypatch.setattr(systems, "load", lambda name: replace(load(name), model=replace(SMALL, **_weights(name))))
    monkeypatch.setattr(reproduce, "SHORT", {"batch": 2, "side": 16, "lr": 1e-3})


def _weights(name):
    return {"pixel_weights": "none"} if name == "base" else {}


def make(data, out, steps=2, talk=None, seeds=(1,), rows=ROWS):
    pairs = find_pairs(data, "val", "a")
    training = Training(data, "a", steps=steps)
    return table(rows, "base", out, pairs, None, training, list(seeds), 1, lambda name: talk or Talk())


def test_the_table_stands_beside_the_published_one_and_names_chance(data, tmp_path):
    text = make(data, tmp_path / "out")
    lines = text.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:8]] == [
        "inputs", "targets", "**first**", "published, on PPR10K", "**second**", "published, on PPR10K"
    ]  # fmt: skip
    assert "| 25.99 |" in lines[5] and "(" in lines[4]
    difference = next(line for line in lines if line.startswith("| second | PSNR |"))
    assert "| +0.24 |" in difference and difference.endswith(("| yes |", "| no |"))
    assert "inf" in lines[3], "the targets' own row"
    assert lines[-1] == "Steps of training: base 2, lam 2."
    assert make(data, tmp_path / "out", steps=1).splitlines()[-1] == lines[-1], "of a larger budget, which is kept"


def test_a_row_of_ours_has_no_published_one_below(data, tmp_path):
    text = make(data, tmp_path, steps=1, rows=[ROWS[0], Row("ours", "lam", {})])
    assert text.count("| published, on PPR10K |") == 1


def test_nothing_is_trained_or_measured_twice(data, tmp_path, monkeypatch):
    first = make(data, tmp_path / "out")
    monkeypatch.setattr(reproduce.session, "train", None)
    calls = []
    measure = reproduce.measure
    monkeypatch.setattr(reproduce, "measure", lambda *a: calls.append(a) or measure(*a))
    assert make(data, tmp_path / "out") == first
    assert len(calls) == 2, "the inputs' and the targets' rows alone"


def test_each_seed_is_a_run_of_its_own_beside_the_first(data, tmp_path, monkeypatch):
    first = make(data, tmp_path / "out")
    models = {name: (tmp_path / "out" / name / "model.safetensors") for name in ("base", "base-seed2", "base-seed3")}
    of_seed_1 = models["base"].stat().st_mtime_ns
    text = make(data, tmp_path / "out", seeds=(1, 2, 3))
    assert models["base"].stat().st_mtime_ns == of_seed_1, "trained before there were seeds"
    assert len({path.read_bytes() for path in models.values()}) == 3
    assert json.loads((tmp_path / "out" / "base-seed2" / "run.json").read_text())["task"]["training"]["seed"] == 2
    lines = text.splitlines()
    assert " ± " in lines[4] and " ± " not in lines[2] + lines[3], "neither inputs nor targets are trained"
    assert lines[-1] == "Steps of training: base 2, lam 2."
    monkeypatch.setattr(reproduce.session, "train", None)
    assert make(data, tmp_path / "out", seeds=(1, 2, 3)) == text
    assert make(data, tmp_path / "out") == first


def test_all_systems_have_a_seed_before_the_next_one(data, tmp_path):
    order = []
    talk = Talk(
        tell=lambda line: order.append(sorted(path.parent.name for path in (tmp_path / "out").glob("*/snapshot.pt")))
    )
    make(data, tmp_path / "out", steps=1, seeds=(1, 2), talk=talk)
    assert order == [[], ["base"], ["base", "lam"], ["base", "base-seed2", "lam"]]


def test_a_stopped_run_goes_on(data, tmp_path):
    steps = []
    talk = Talk(stop=lambda: bool(steps), advance=lambda step, share: steps.append(step))
    assert make(data, tmp_path / "out", steps=3, talk=talk) is None
    assert (tmp_path / "out" / "base" / "snapshot.pt").is_file()
    assert make(data, tmp_path / "out", steps=3)


def test_runs_with_other_settings_are_not_mixed(data, tmp_path):
    row = ROWS[0]
    assert train_missing(row.config, tmp_path / "base", Training(data, "a", steps=2), 1, Talk())
    with pytest.raises(UsageError, match="trained with other settings"):
        train_missing(row.config, tmp_path / "base", Training(data, "b", steps=2), 1, Talk())


def test_a_larger_budget_goes_on_from_a_smaller_one(data, tmp_path):
    for steps in (2, 5):
        train_missing(ROWS[0].config, tmp_path / "base", Training(data, "a", steps=steps), 1, Talk())
    train_missing(ROWS[0].config, tmp_path / "whole", Training(data, "a", steps=5), 1, Talk())
    models = [checkpoint.read(tmp_path / name / "model.safetensors").network.luts for name in ("base", "whole")]
    assert torch.equal(*models)
    steps = [json.loads(line)["step"] for line in (tmp_path / "base" / "log.jsonl").read_text().splitlines()]
    assert steps == [2, 5]


def test_training_goes_where_it_is_told(data, tmp_path, monkeypatch):
    devices = []
    monkeypatch.setattr(Processes, "share", lambda self, network: devices.append(self.device))
    train_missing(ROWS[0].config, tmp_path / "base", Training(data, "a", steps=1, device="cpu:0"), 1, Talk())
    assert devices == ["cpu:0"]


def test_every_resnet_starts_from_the_file_given(data, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "SMALL", replace(SMALL, predictor="resnet18"))
    torch.manual_seed(5)
    given = build(SMALL).predictor
    file, runs = tmp_path / "resnet18.pth", tmp_path / "runs"
    torch.save(given.state_dict(), file)
    training = Training(data, "a", steps=1, short={"batch": 2, "side": 16, "lr": 1e-9}, resnet=file)
    assert train_missing("base", runs / "base", training, 1, Talk())
    made = checkpoint.read(runs / "base" / "model.safetensors")
    assert torch.allclose(made.network.predictor.conv1.weight, given.conv1.weight, atol=1e-6)
    assert not torch.allclose(made.network.predictor.fc.weight, given.fc.weight, atol=1e-6), "N outputs of its own"
    assert made.history["command"].endswith("--start base.safetensors")
    assert train_missing("base", runs / "base", training, 1, Talk()), "and is done"
    with pytest.raises(UsageError, match="trained with other settings"):
        train_missing("base", runs / "base", replace(training, resnet=None), 1, Talk())
    assert train_missing("base", runs / "base-seed2", replace(training, seed=2), 1, Talk())
    second = checkpoint.read(runs / "base-seed2" / "model.safetensors").network.predictor
    assert torch.allclose(second.conv1.weight, given.conv1.weight, atol=1e-6)
    assert not torch.allclose(second.fc.weight, made.network.predictor.fc.weight, atol=1e-6), "drawn with its seed"


def test_another_predictor_takes_the_place_of_each(data, tmp_path):
    train_missing(ROWS[1].config, tmp_path / "lam", Training(data, "a", steps=1, predictor="histogram-cnn"), 1, Talk())
    made = checkpoint.read(tmp_path / "lam" / "model.safetensors").config
    assert (made.predictor, made.thumbnail_size, made.pixel_weights) == ("histogram-cnn", 128, "lam")


def test_records_are_kept_for_the_same_model_and_photos(data, tmp_path):
    train_missing(ROWS[0].config, tmp_path / "base", Training(data, "a", steps=1), 1, Talk())
    pairs = find_pairs(data, "val", "a")
    first = measured(tmp_path / "base", pairs, None)
    again = measured(tmp_path / "base", pairs, None)
    assert [r.psnr for r in again] == [r.psnr for r in first] and np.array_equal(again[0].ab, first[0].ab)
    assert len(measured(tmp_path / "base", pairs[:2], None)) == 2


def test_a_model_older_than_its_snapshot_is_written_again(data, tmp_path):
    """As a run leaves it that was killed on the way to a larger budget."""
    training = Training(data, "a", steps=2)
    train_missing("base", tmp_path / "base", training, 1, Talk())
    model, snapshot = tmp_path / "base" / "model.safetensors", tmp_path / "base" / "snapshot.pt"
    right = model.read_bytes()
    model.write_bytes(b"of an earlier step")
    torch.save(torch.load(snapshot, weights_only=True) | {"kept": 1}, snapshot)
    train_missing("base", tmp_path / "base", training, 1, Talk())
    assert model.read_bytes() == right
