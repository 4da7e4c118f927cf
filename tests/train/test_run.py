import json

import numpy as np
import pytest
import torch

from lutbridge.data.degrade import DegradeConfig
from lutbridge.data.portraits import Portrait
from lutbridge.data.takes import Takes, TakesConfig
from lutbridge.model.build import build
from lutbridge.model.config import ModelConfig
from lutbridge.train.run import Run, TrainConfig


def run(steps, **changes):
    random = np.random.default_rng(0)
    photos = [
        Portrait(str(i), random.integers(0, 256, (40, 40, 3), np.uint8), np.eye(40, dtype=bool)) for i in range(3)
    ]
    takes = Takes(photos, TakesConfig(batch=4, side=32, patches=2, patch=8), DegradeConfig(), 1)
    torch.manual_seed(0)
    network = build(ModelConfig(n_luts=2, grid_size=5, thumbnail_size=32, predictor="histogram-cnn"))
    config = TrainConfig(steps=steps, warm_up=2, report_every=4, snapshot_every=4, **changes)
    return Run(network, takes, config)


def train(run, folder):
    run.train(folder / "log.jsonl", folder / "snapshot.pt")
    return run


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def test_training_lowers_the_error_it_is_given(folder):
    one = run(60, lr=5e-3, lr_luts=5e-3)
    train(one, folder)
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] == 60
    errors = [line["mse"] for line in lines]
    assert np.mean(errors[-3:]) < 0.9 * np.mean(errors[:3])


def test_a_resumed_run_gives_the_numbers_of_one_that_did_not_stop(folder, tmp_path_factory):
    whole = train(run(12), folder)
    stopped = run(12)
    while stopped.step < 5:
        stopped._step()
    stopped.save(folder / "stopped.pt")
    torch.manual_seed(123)
    resumed = run(12)
    resumed.resume(folder / "stopped.pt")
    train(resumed, tmp_path_factory.mktemp("resumed"))
    for a, b in zip(whole.averaged.parameters(), resumed.averaged.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_log_holds_the_mean_of_each_loss_since_the_last_line(folder):
    one = run(6)
    seen = []
    step = one._step
    one._step = lambda: seen.append(step()) or seen[-1]
    train(one, folder)
    first, last = (json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())
    assert (first["step"], last["step"]) == (4, 6)
    assert first["mse"] == pytest.approx(np.mean([s["mse"] for s in seen[:4]]))
    assert last["mse"] == pytest.approx(np.mean([s["mse"] for s in seen[4:]])), "a shorter stretch at the end"
    assert one.network.training
