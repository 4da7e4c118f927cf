import itertools
import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from lutbridge.errors import SetupError
from lutbridge.train.config import TrainConfig
from lutbridge.train.log import Log
from lutbridge.train.run import Run

FACTOR = torch.tensor([0.5, -1.0, 2.0])


class Line(nn.Module):
    """y = w · x, with dropout on request."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(x) @ self.weights


class Points:
    def __init__(self):
        self.step = 0

    @property
    def epoch(self):
        return self.step / 5

    def draw(self):
        self.step += 1
        return torch.randn(8, 3, generator=torch.Generator().manual_seed(self.step))

    def state_dict(self):
        return {"step": self.step}

    def load_state_dict(self, state):
        self.step = state["step"]


def losses(network, x):
    return {"mse": (network(x) - x @ FACTOR).square().mean(), "size": 0.01 * network.weights.square().sum()}


def run(dropout=0.3, judge=None, **changes):
    return Run(
        Line(dropout),
        losses,
        Points(),
        TrainConfig(**{"steps": 20, "lr": 0.1, "report_every": 4} | changes),
        judge=judge,
    )


def train(one, folder, keep=lambda network: None, **options):
    return one.train(Log(folder / "log.jsonl", one.step), folder / "snapshot.pt", keep, **options)


def lines(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_training_lowers_the_error_and_gives_the_last_weights(tmp_path):
    kept = []
    one = run(dropout=0.0, steps=100)
    assert train(one, tmp_path, kept.append) == "done"
    assert kept == [one.network]
    assert torch.allclose(one.network.weights, FACTOR, atol=0.1)
    mse = [line["mse"] for line in lines(tmp_path)]
    assert len(mse) == 25 and mse[-1] < 0.05 * mse[0]
    assert lines(tmp_path)[-1]["step"] == 100 and lines(tmp_path)[-1]["epoch"] == 20


def test_the_result_is_the_moving_average_where_one_is_asked_for(tmp_path):
    one, seen, kept = run(averaging=0.9), [], []
    train(one, tmp_path, kept.append, advance=lambda step, share: seen.append(one.network.weights.detach().clone()))
    average = seen[0]
    for weights in seen[1:]:
        average = 0.9 * average + 0.1 * weights
    assert len(seen) == 20 and torch.allclose(kept[0].weights, average, atol=1e-5)
    assert not torch.allclose(kept[0].weights, one.network.weights, atol=1e-3)


def test_the_gradient_is_clipped_to_the_norm_asked_for(tmp_path):
    norms = {}
    for clip in (0.0, 0.05):
        one, norms[clip] = run(clip=clip), []
        train(one, tmp_path, advance=lambda step, share, one=one, clip=clip: norms[clip].append(_norm(one)))
    assert min(norms[0.0]) > 0.05 and norms[0.05] == pytest.approx([0.05] * 20, rel=1e-3)


def _norm(one):
    return one.network.weights.grad.norm().item()


def test_weights_decay_in_the_predictor_alone(tmp_path):
    class Parts(nn.Module):
        def __init__(self):
            super().__init__()
            self.luts, self.rest = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
            self.predictor = Line()
            nn.init.ones_(self.predictor.weights)

    def no_error(network, x):
        return {"mse": 0 * sum(parameter.sum() for parameter in network.parameters())}

    one = Run(Parts(), no_error, Points(), TrainConfig(steps=10, lr=0.1, weight_decay=0.5))
    train(one, tmp_path)
    found = {name: parameter.mean().item() for name, parameter in one.network.named_parameters()}
    assert found == {"luts": 1, "rest": 1, "predictor.weights": pytest.approx((1 - 0.1 * 0.5) ** 10, rel=1e-5)}


@pytest.mark.parametrize("changes", [{}, {"averaging": 0.9, "decay_steps": 30, "warm_up": 3, "clip": 0.5}])
def test_a_resumed_run_gives_the_numbers_of_one_that_did_not_stop(tmp_path, changes):
    whole, first, second = (tmp_path / name for name in ("whole", "first", "second"))
    for folder in (whole, first, second):
        folder.mkdir()
    expected = run(**changes)
    train(expected, whole)

    stopped = run(**changes)
    asked = itertools.count(1)
    assert train(stopped, first, stop=lambda: next(asked) == 7) == "stopped"
    assert stopped.step == 7
    torch.manual_seed(99)
    resumed = run(**changes)
    resumed.resume(first / "snapshot.pt")
    assert train(resumed, first) == "done"
    assert torch.equal(expected.result.weights, resumed.result.weights)
    assert expected.seconds != resumed.seconds >= stopped.seconds


def test_lines_after_the_snapshot_come_once(tmp_path):
    first = run(steps=11, report_every=2, snapshot_every=4)
    train(first, tmp_path)
    again = run(steps=14, report_every=2)
    first.step = 8
    first.batches.step = 8
    first.save(tmp_path / "snapshot.pt")
    again.resume(tmp_path / "snapshot.pt")
    train(again, tmp_path)
    assert [line["step"] for line in lines(tmp_path)] == [2, 4, 6, 8, 10, 12, 14]


def test_the_log_holds_the_mean_of_each_loss_since_the_last_line(tmp_path):
    seen = []

    def watched(network, x):
        seen.append(losses(network, x))
        return seen[-1]

    one = Run(Line(), watched, Points(), TrainConfig(steps=6, report_every=4))
    train(one, tmp_path)
    first, last = lines(tmp_path)
    assert (first["step"], last["step"]) == (4, 6)
    assert first["mse"] == pytest.approx(np.mean([s["mse"].item() for s in seen[:4]]))
    assert last["mse"] == pytest.approx(np.mean([s["mse"].item() for s in seen[4:]])), "a shorter stretch at the end"


def test_the_best_weights_by_the_judge_are_kept_and_patience_ends_the_run(tmp_path):
    scores = iter([1.0, 3.0, 2.0, 2.5, 9.0])
    kept = []

    def judge(network):
        assert not network.training
        return {"PSNR": next(scores), "ΔE": 1.0}

    one = run(judge=judge, judge_every=2, patience=2)
    assert train(one, tmp_path, lambda network: kept.append(one.step)) == "no gain"
    assert kept == [2, 4] and one.step == 8 and one.best == 3
    judged = [line["held-out PSNR"] for line in lines(tmp_path) if "held-out PSNR" in line]
    assert judged == [1, 3, 2, 2.5]
    assert one.network.training


def test_the_log_knows_the_best_step_also_after_a_stop(tmp_path):
    scores = iter([1.0, 3.0, 2.0])
    settings = {"judge": lambda network: {"PSNR": next(scores)}, "judge_every": 2, "steps": 6}
    one = run(**settings)
    assert train(one, tmp_path, stop=lambda: one.step == 4) == "stopped"
    resumed = run(**settings)
    resumed.resume(tmp_path / "snapshot.pt")
    train(resumed, tmp_path)
    judged = [(line["step"], line["best"], line["best step"]) for line in lines(tmp_path) if "best" in line]
    assert judged == [(2, 1, 2), (4, 3, 4), (6, 3, 4)]


def test_gains_too_small_to_see_do_not_keep_a_run_going(tmp_path):
    scores = iter([1.0, 1.2, 1.24, 1.23, 1.24, 9.0])
    kept = []
    one = run(judge=lambda network: {"PSNR": next(scores)}, judge_every=2, patience=3, least_gain=0.05)
    assert train(one, tmp_path, lambda network: kept.append(one.step)) == "no gain"
    assert kept == [2, 4] and one.step == 10 and one.best == 1.2


def test_a_judge_may_only_be_listened_to(tmp_path):
    scores, kept = iter([3.0, 2.0, 1.0]), []
    one = run(judge=lambda network: {"PSNR": next(scores)}, judge_every=8, keep_best=False)
    assert train(one, tmp_path, lambda network: kept.append(one.step)) == "done"
    assert kept == [20], "the last weights, not the best"
    assert [line["held-out PSNR"] for line in lines(tmp_path) if "held-out PSNR" in line] == [3, 2, 1]


class Basis(nn.Module):
    """Two numbers in place of basis LUTs."""

    def __init__(self):
        super().__init__()
        self.luts = nn.Parameter(torch.ones(2, 1))

    def forward(self, x):
        return x[:, :1] * self.luts.sum()


@pytest.mark.parametrize("fixed", [True, False])
def test_the_first_basis_lut_may_be_fixed(tmp_path, fixed):
    config = TrainConfig(steps=10, lr=0.1, clip=1.0, averaging=0.5, fixed_identity=fixed)
    one = Run(Basis(), lambda network, x: {"mse": network(x).square().mean()}, Points(), config)
    train(one, tmp_path)
    for weights in (one.network.luts, one.result.luts):
        assert (weights[0].item() == 1) == fixed and weights[1].item() < 1


@pytest.mark.parametrize("judge", [None, lambda network: {"PSNR": 1.0}])
def test_a_stopped_run_whose_end_is_put_before_it_keeps_what_it_has(tmp_path, judge):
    asked, kept = itertools.count(1), []
    assert train(run(judge=judge, judge_every=50), tmp_path, kept.append, stop=lambda: next(asked) == 7) == "stopped"
    assert not kept
    for _ in range(2):
        again = run(judge=judge, steps=5)
        again.resume(tmp_path / "snapshot.pt")
        assert train(again, tmp_path, lambda network, one=again: kept.append(one.step)) == "done"
    assert kept == [7], "and once is enough"


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no zip", b"\0" * 999])
def test_a_damaged_snapshot_is_told(tmp_path, content):
    (tmp_path / "snapshot.pt").write_bytes(content)
    with pytest.raises(SetupError, match=r"snapshot\.pt: no snapshot of this run .*; start the run again in another"):
        run().resume(tmp_path / "snapshot.pt")


def test_a_snapshot_of_another_network_is_told(tmp_path):
    one = run()
    one.save(tmp_path / "snapshot.pt")
    state = torch.load(tmp_path / "snapshot.pt", weights_only=True)
    torch.save(state | {"network": {"weights": torch.zeros(4)}}, tmp_path / "snapshot.pt")
    with pytest.raises(SetupError, match="no snapshot of this run"):
        one.resume(tmp_path / "snapshot.pt")


def test_without_steps_epochs_and_minutes_end_a_run(tmp_path):
    one = run(steps=0, epochs=2)
    train(one, tmp_path)
    assert one.step == 10
    hurried = run(steps=0, minutes=1e-9)
    train(hurried, tmp_path)
    assert hurried.step == 1


def test_losses_that_are_not_finite_end_a_run(tmp_path):
    one = Run(Line(), lambda network, x: {"mse": network(x).sum() * math.nan}, Points(), TrainConfig(steps=3))
    with pytest.raises(SetupError, match="no longer finite after step 3"):
        train(one, tmp_path)


def test_rates_rise_and_fall_as_asked():
    one = run(warm_up=4, decay_steps=104)
    assert [one._rate(step) for step in (0, 3, 4, 54, 104, 500)] == pytest.approx([0.25, 1, 1, 0.505, 0.01, 0.01])
    assert run()._rate(10_000) == 1
