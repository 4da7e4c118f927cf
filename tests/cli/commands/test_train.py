"""`lutbridge train` as a user would call it; what a run does is tested in tests/train."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.model.config import ModelConfig
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint


@pytest.fixture
def folders(tmp_path):
    photo = astronaut()
    for i in range(5):
        part = photo[20 * i : 20 * i + 180, 40 : 40 + 240]
        for kind, picture in (("before", part), ("after", 50 + part * np.array([0.75, 0.7, 0.6]))):
            (tmp_path / kind).mkdir(exist_ok=True)
            Image.fromarray(picture.astype(np.uint8)).save(tmp_path / kind / f"IMG_{i}.png")
    Image.fromarray(photo).save(tmp_path / "before" / "IMG_9.png")
    return tmp_path / "before", tmp_path / "after"


def test_an_own_style_is_trained_and_used(lutbridge, folders, tmp_path):
    out = tmp_path / "my-style"
    done = lutbridge("train", "--pairs", *folders, "--steps", 3, "--batch", 2, "-o", out)
    assert done.code == 0, done.err
    for told in (
        "Pairs: 5 found that line up; 1 left out:", "IMG_9.png", "4 pairs for training, 1 held out",
        "Each photo counts as a shoot of its own", "Fitting your look", "Comparing the result with your edits",
        "Compared with your edits: the originals", "Your look, fitted on top of portrait-v2",
        "step 0 of 3, +", "dB over portrait-v2 on held-out photos", "Finished after 3 steps", "The model is from step",
        "over portrait-v2: +", "over one LUT, the mean of your pairs", "lutbridge models add", "--model my-style",
    ):  # fmt: skip
        assert told in done.err, (told, done.err)
    assert "loss" not in done.err
    with Image.open(out / "sheet.jpg") as sheet:
        assert sheet.width == 900
    model = checkpoint.read(out / "model.safetensors")
    assert model.history["data"] == "4 own pairs, 4 shoots" and "--start portrait-v2" in model.history["command"]
    assert model.config.style and model.config.restraint, "a style on top of the correction"
    for name in (out, out / "model.safetensors"):
        shots = tmp_path / f"shots-{name.name}"
        assert lutbridge("render", folders[0] / "IMG_0.png", "--model", name, "-o", shots).code == 0
        assert (shots / "IMG_0.png").is_file()


def test_pairs_that_teach_nothing_are_not_recommended_for_use(lutbridge, folders, tmp_path):
    for number, path in enumerate(sorted(folders[1].iterdir())):
        gammas = 2 ** np.random.default_rng(number).uniform(-1, 1, 3)
        pixels = 255 * (np.asarray(Image.open(folders[0] / path.name)) / 255) ** gammas
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    done = lutbridge("train", "--pairs", *folders, "--steps", 1, "--batch", 2, "-o", tmp_path / "nothing")
    assert done.code == 0 and "These pairs do not teach a style:" in done.err
    assert "Next: train again with other pairs. To use this style all the same:" in done.err
    assert f"  lutbridge models add {tmp_path / 'nothing'} --name nothing" in done.err


def test_one_folder_with_originals_and_exports_gives_pairs(lutbridge, folders, tmp_path):
    before, after = folders
    (before / "darktable_exported").mkdir()
    for number, path in enumerate(sorted(after.iterdir())):
        name = f"{path.stem}_01.png" if number % 2 else path.name
        path.rename(before / "darktable_exported" / name)
    done = lutbridge(
        "train", "--pairs", before, "--steps", 1, "--batch", 2, "--start", "none", "--side", 32, "-o", tmp_path / "run"
    )
    assert done.code == 0, done.err
    assert "Pairs: 5 found that line up; 1 left out:" in done.err and "has no export of that name" in done.err


def test_a_run_that_goes_on_does_not_need_what_it_started_from(lutbridge, folders, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    small = "--steps", 1, "--batch", 2, "--side", 32
    assert lutbridge("train", "--pairs", *folders, "--start", "portrait-v1", *small, "-o", first).code == 0
    assert lutbridge("train", "--pairs", *folders, "--start", first, *small, "-o", second).code == 0
    (first / "model.safetensors").unlink()
    assert lutbridge("train", "--resume", "--steps", 2, "-o", second).code == 0
    command = checkpoint.read(second / "model.safetensors").history["command"]
    assert command.endswith("--start first"), "without the user's folders"


def test_a_run_goes_on_with_its_folder_alone(lutbridge, folders, tmp_path):
    out = tmp_path / "run"
    small = "--steps", 2, "--batch", 2, "--config", "portrait", "--side", 32
    assert lutbridge("train", "--pairs", *folders, *small, "-o", out).code == 0
    done = lutbridge("train", "--resume", "--steps", 3, "-o", out)
    assert done.code == 0 and "Finished after 3 steps" in done.err
    refused = lutbridge("train", "--pairs", *folders, "-o", out)
    assert refused.code == 2 and "add --resume" in refused.err


def test_a_start_that_is_another_network_than_the_config_asks_for_is_told(lutbridge, folders, tmp_path):
    small = "--steps", 1, "--batch", 2, "--side", 32, "-o", tmp_path / "run"
    done = lutbridge("train", "--pairs", *folders, "--start", "portrait-v1", "--config", "hdrnet", *small)
    assert done.code == 0 and "portrait-v1 has a different network than hdrnet" in done.err


@pytest.mark.parametrize(
    "options, why",
    [
        ([], "either --data"),
        (["--pairs", "a", "b", "--data", "c"], "either --data"),
        (["--pairs", "a", "b", "--expert", "a"], "--expert works with --data only"),
        (["--data", "nowhere"], "holds no <group>_<index>"),
        (["--pairs", "nowhere", "here"], "nowhere: no such folder"),
        (["--pairs", "a", "b", "--config", "lamm"], "no config is called lamm"),
        (["--pairs", "a", "../here/a"], "is named twice"),
        (["--pairs", "empty"], "no photos found"),
        (["--look-only", "--pairs", "a", "b", "--start", "none"], "--look-only needs --pairs"),
        (["--pairs", "a", "b", "--device", "cuda"], "a style trains on the CPU"),
        (["b", "--data", "c"], "needs --pairs"),
        (["--pairs", "a", "."], "run: lies in ., which is an input folder"),
        (["--resume"], "holds no run to continue"),
        (["--resume", "--data", "c"], "leave those options out"),
        (["--pairs", "a", "b", "--start", "portrait-v3"], "did you mean portrait-v2"),
        (["--pairs", "a", "b", "--start", "no-attention.safetensors", "--config", "lam"], "needs an attention"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(lutbridge, tmp_path, monkeypatch, options, why):
    tmp_path = tmp_path / "here"
    (tmp_path / "empty").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    config = ModelConfig(pixel_weights="none")
    (tmp_path / "no-attention.safetensors").write_bytes(checkpoint.to_bytes(Checkpoint(build(config), config, {})))
    done = lutbridge("train", *options, "-o", tmp_path / "run")
    assert done.code == 2 and why in done.err, done.err
