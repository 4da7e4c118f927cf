"""A run and its folder, in this process, in one that is killed, and in two at once."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from lutbridge.errors import UsageError, WriteError
from lutbridge.image.read import read
from lutbridge.train import systems
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint
from lutbridge.train.processes import Processes
from lutbridge.train.session import Talk, begin, train
from lutbridge.train.task import load, new_task

ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(autouse=True)
def one_thread():
    """As the processes that are compared with: torch sums in another order on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def task(ppr10k, small_toml):
    def make(**training):
        return new_task(systems.load(small_toml), training, data=str(ppr10k), expert="a")

    return make


def run(folder, task, **options):
    begin(folder, task)
    return train(folder, task, Processes(), 1, **options)


def weights(folder):
    return checkpoint.read(folder / "model.safetensors").network.state_dict()


def logged(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def command(*arguments):
    return [sys.executable, "-m", "lutbridge", "train", "--device", "cpu", "--workers", "1", *map(str, arguments)]


def test_a_run_leaves_a_model_that_says_how_it_was_made(task, tmp_path):
    outcome = run(tmp_path / "run", task())
    assert (outcome.end, outcome.step) == ("done", 12)
    made = checkpoint.read(outcome.model)
    assert made.config.n_luts == 2
    assert made.history["data"] == "8 photos in 4 groups, PPR10K's layout, train split, expert a"
    assert "lutbridge train --config small" in made.history["command"] and made.history["commit"]
    assert {"mse", "smooth", "monotone", "gam"} < logged(tmp_path / "run")[0].keys()


def test_files_at_fault_are_named_before_training(task, ppr10k, tmp_path):
    damaged = ppr10k / "train" / "target_a" / "1_0.tif"
    damaged.write_bytes(damaged.read_bytes()[:900])
    with pytest.raises(UsageError, match=r"1_0\.tif"):
        run(tmp_path / "run", task())
    (ppr10k / "train" / "source_aug" / "2_1_0.tif").unlink()
    with pytest.raises(UsageError, match=r"2_1_0\.tif: missing, though other photos have it"):
        run(tmp_path / "run", task())
    assert not (tmp_path / "run" / "snapshot.pt").exists()


def test_held_out_groups_choose_the_model(task, tmp_path):
    outcome = run(tmp_path / "run", task(held_out=0.25, judge_every=4, lr=3e-3))
    judged = [line for line in logged(tmp_path / "run") if "held-out PSNR" in line]
    assert [line["step"] for line in judged] == [4, 8, 12]
    assert checkpoint.read(outcome.model).history["data"].startswith("6 photos in 3 groups")


def test_liangs_consistency_and_mixed_precision_run(task, small_toml, tmp_path):
    small_toml.write_text(small_toml.read_text().replace("gam = 1e-3", "glc = 1"))
    run(tmp_path / "run", task(mixed_precision=True, steps=2))
    assert logged(tmp_path / "run")[0]["glc"] > 0


def test_mixed_precision_changes_less_than_another_seed(task, tmp_path):
    for name, training in (("single", {}), ("half", {"mixed_precision": True}), ("other", {"seed": 2})):
        run(tmp_path / name, task(**training))
    luts = {name: weights(tmp_path / name)["luts"] for name in ("single", "half", "other")}
    assert not torch.equal(luts["half"], luts["single"])
    assert (luts["half"] - luts["single"]).abs().mean() < 0.5 * (luts["other"] - luts["single"]).abs().mean()


def test_a_killed_run_goes_on_to_the_same_numbers(task, tmp_path):
    run(tmp_path / "whole", task(steps=120))
    folder = tmp_path / "killed"
    begin(folder, task(steps=120))
    process = subprocess.Popen(command("--resume", "-o", folder), env=ONE_THREAD, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (folder / "snapshot.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    step = torch.load(folder / "snapshot.pt", weights_only=True)["step"]
    assert 0 < step < 120 and not (folder / "model.safetensors").exists()
    train(folder, load(folder, {}), Processes(), 1)
    assert logged(folder) == logged(tmp_path / "whole")
    expected = weights(tmp_path / "whole")
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(folder).items())


def test_two_processes_give_what_one_does_with_the_summed_batch(task, ppr10k, tmp_path):
    run(tmp_path / "one", task())
    begin(tmp_path / "two", task())
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--no-python"]
    done = subprocess.run(
        [*torchrun, *command("--resume", "-o", tmp_path / "two")], env=ONE_THREAD, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    one, two = logged(tmp_path / "one"), logged(tmp_path / "two")
    assert [line["step"] for line in two] == [2, 4, 6, 8, 10, 12], "one of them writes"
    assert two[0] == pytest.approx(one[0], rel=1e-5)
    assert [line["mse"] for line in two] == pytest.approx([line["mse"] for line in one], rel=1e-4)
    # Where a gradient is nearly nothing Adam steps by the sign of its rounding, on lattice points that no photo reads.
    pixels = read(ppr10k / "train" / "source_aug" / "0_0.tif").pixels
    models = [checkpoint.read(tmp_path / name / "model.safetensors").network for name in ("one", "two")]
    renders = [retouch_whole(network, pixels.astype(np.uint16) * 257) / 65535 for network in models]
    difference = np.abs(renders[0] - renders[1])
    assert difference.mean() < 1e-4 and difference.max() < 2e-3, "a fortieth of an 8-bit step"


def test_ctrl_c_keeps_a_snapshot_and_says_how_to_go_on(task, tmp_path):
    begin(tmp_path / "run", task(steps=100_000, snapshot_every=100_000))
    process = subprocess.Popen(command("--resume", "-o", tmp_path / "run"), env=ONE_THREAD, stderr=subprocess.PIPE)
    while not (tmp_path / "run" / "log.jsonl").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert b"continue with: lutbridge train --resume -o " in told
    assert torch.load(tmp_path / "run" / "snapshot.pt", weights_only=True)["step"] > 0


def test_a_stopped_run_can_be_given_another_end_but_no_other_data(task, tmp_path):
    folder = tmp_path / "run"
    steps = []
    outcome = run(folder, task(), talk=Talk(stop=lambda: bool(steps), advance=lambda step, share: steps.append(step)))
    assert (outcome.end, outcome.step) == ("stopped", 1)
    outcome = train(folder, load(folder, {"steps": 14}), Processes(), 1)
    assert outcome.step == 14
    assert load(folder, {}).training["steps"] == 14
    with pytest.raises(UsageError, match=r"its lr cannot be changed to 0\.5 in a resumed run"):
        load(folder, {"lr": 0.5})


def test_a_run_is_not_overwritten(task, tmp_path):
    run(tmp_path / "run", task(steps=1))
    with pytest.raises(UsageError, match="already holds a run; add --resume"):
        begin(tmp_path / "run", task())
    for _ in range(2):  # what came to nothing, as with data that are not there, may be started over
        begin(tmp_path / "nothing", task())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="is not empty"):
        begin(tmp_path / "full", task())
    with pytest.raises(WriteError, match="could not create the folder"):
        begin(tmp_path / "full" / "thesis.txt" / "run", task())
    with pytest.raises(UsageError, match="holds no run to continue"):
        load(tmp_path / "full", {})
