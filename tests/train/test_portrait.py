"""The recipes of the shipped weights, run small: from folders of photos to a model that loads."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from lutbridge.train import basis, portrait, systems
from lutbridge.train.networks import checkpoint

SOURCES = {"faces": 12, "eig": 2, "schule": 1}  # the twelfth face, and schule, are held out


@pytest.fixture
def data(tmp_path):
    """Two folders."""
    random = np.random.default_rng(0)
    folders = tmp_path / "people", tmp_path / "portraits"
    for folder, sources in zip(folders, (("faces",), ("eig", "schule")), strict=True):
        for kind in ("photos", "masks"):
            (folder / kind).mkdir(parents=True)
        rows = ["id,width,height,person,split,licence,source"]
        for source in sources:
            for i in range(SOURCES[source]):
                name = f"{source}-{i:03d}"
                Image.fromarray(random.integers(0, 256, (48, 40, 3), np.uint8)).save(folder / "photos" / f"{name}.jpg")
                Image.fromarray(np.eye(48, 40, dtype=np.uint8) * 255).save(folder / "masks" / f"{name}.png")
                rows.append(f"{name},40,48,1,train,{'etalab-2.0' if source == 'eig' else 'CC0-1.0'},here")
        (folder / "manifest.csv").write_text("\n".join(rows))
    return folders


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(basis, "SAMPLES", 12)
    monkeypatch.setattr(basis, "COLOURS", 600)
    for name, recipe in portrait.RECIPES.items():
        often = {"report_every": 2, "snapshot_every": 2} | ({"judge_every": 2} if recipe.judged else {})
        takes, training = replace(recipe.takes, batch=2, patches=8), replace(recipe.training, **often)
        monkeypatch.setitem(portrait.RECIPES, name, replace(recipe, takes=takes, training=training))


def run(data, out, steps, *options):
    arguments = [*map(str, data), str(out), "--steps", str(steps), "--threads", "1", *options]
    done = CliRunner().invoke(portrait.main, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("system, photos", [("portrait-v2", 13), ("portrait", 15)])
def test_a_run_leaves_a_model_that_says_how_it_was_made(data, tmp_path, system, photos):
    out = tmp_path / "run"
    assert "2 steps" in run(data, out, 2, "--system", system, "--seed", "5").output
    made = checkpoint.read(out / "model.safetensors")
    assert made.config == systems.load(system).model
    assert made.history["command"] == (
        f"python -m lutbridge.train.portrait DATA… OUT --system {system} --steps 2 --seed 5 --threads 1"
    )
    cc0 = photos - 2
    assert made.history["data"] == f"{photos} finished portraits, train split: {cc0} CC0-1.0, 2 etalab-2.0"
    assert made.history["commit"]


def test_a_second_call_goes_on_from_the_snapshot_to_the_same_weights(data, tmp_path):
    run(data, tmp_path / "twice", 2)
    run(data, tmp_path / "twice", 4)
    run(data, tmp_path / "once", 4)
    assert [line["step"] for line in log_of(tmp_path / "twice")] == [2, 4]
    twice, once = (checkpoint.read(tmp_path / name / "model.safetensors").network for name in ("twice", "once"))
    for (name, one), other in zip(twice.state_dict().items(), once.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_the_log_says_how_held_out_shoots_do_and_the_last_weights_are_kept(data, tmp_path):
    run(data, tmp_path / "run", 4)
    last = log_of(tmp_path / "run")[-1]
    for figure in ("usual PSNR", "backlit PSNR", "parted %", "person L* after", "finished p95", "mask IoU"):
        assert f"held-out {figure}" in last
    snapshot = torch.load(tmp_path / "run" / "snapshot.pt", weights_only=True)
    model = checkpoint.read(tmp_path / "run" / "model.safetensors").network
    assert torch.equal(snapshot["averaged"]["module.luts"], model.luts), "whatever the judge liked best"


def test_the_first_basis_lut_stays_the_identity_and_the_others_learn(data, tmp_path):
    run(data, tmp_path / "run", 4)
    luts = torch.load(tmp_path / "run" / "snapshot.pt", weights_only=True)["network"]["luts"]
    start = portrait.build(systems.load("portrait-v2").model).luts
    assert torch.equal(luts[0], start[0])
    first = torch.load(tmp_path / "run" / "snapshot.pt", weights_only=True)["averaged"]["module.luts"]
    assert torch.equal(first[0], start[0])
    assert (luts[1:] != 0).flatten(1).any(1).all()


def test_without_anybody_held_out_the_folders_are_named(data, tmp_path):
    (data[1] / "manifest.csv").write_text(
        "id,width,height,person,split,licence,source\neig-000,40,48,1,train,PD,here\n"
    )
    lone = [str(data[1]), str(tmp_path / "run")]
    done = CliRunner().invoke(portrait.main, lone)
    assert done.exit_code != 0 and "no held-out portrait has a mask" in str(done.exception)
