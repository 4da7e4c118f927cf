"""A style on top of a correction: what is fitted, what training may change, and that a run goes on to the same bits."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from lutbridge.model.config import ModelConfig
from lutbridge.train import systems
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint
from lutbridge.train.processes import Processes
from lutbridge.train.session import Talk, begin, train
from lutbridge.train.style import (
    LEARNED,
    Pictures,
    correct_pictures,
    fit_colours,
    fit_smooth,
    fit_style,
    render_pictures,
    with_style,
)
from lutbridge.train.task import load, new_task


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def start(tmp_path):
    """A small network with regions that brightens, restrained as portrait-v2 is."""
    regions = {"predictor": "regions", "pixel_weights": "regions", "interpolation": "tetrahedral"}
    config = ModelConfig(n_luts=2, grid_size=9, thumbnail_size=32, restraint=2.0, **regions)
    torch.manual_seed(0)
    network = build(config).eval()
    with torch.no_grad():
        network.luts[1] = 0.2 * identity_lattice(9) * (1 - identity_lattice(9))
        network.predictor.head.bias[1::2] += 1.0
    path = tmp_path / "start.safetensors"
    path.write_bytes(checkpoint.to_bytes(Checkpoint(network, config, {})))
    return path


@pytest.fixture
def network(start):
    return checkpoint.read(start).network


def look(rgb):
    """Of pictures (P, 3, H, W)."""
    return 0.1 + 0.75 * rgb * torch.tensor([1.0, 0.95, 0.8]).view(3, 1, 1)


@pytest.fixture
def pictures():
    photo = torch.from_numpy(astronaut()).movedim(2, 0).float() / 255
    return torch.stack([photo[:, 40 * i : 40 * i + 32, 50 * i : 50 * i + 32] for i in range(8)])


def test_the_fit_finds_a_look_on_photos_as_they_came(network, pictures):
    style = fit_style(network, Pictures(pictures, look(pictures)))
    found = render_pictures(with_style(network, style), pictures)
    plain = correct_pictures(network, pictures)
    kept = (plain - pictures).abs().amax((1, 2, 3)) == 0
    error = (found - look(pictures)).square().mean((1, 2, 3)).sqrt()
    assert (error[kept] < 0.01).all()


def test_the_fit_finds_a_look_on_corrected_photos(network, pictures):
    corrected = correct_pictures(network, pictures)
    assert (corrected - pictures).abs().mean() > 0.01, "the start model has something to do"
    style = fit_style(network, Pictures(pictures, look(corrected)))
    error = (render_pictures(with_style(network, style), pictures) - look(corrected)).square().mean().sqrt()
    assert error < 0.01


@pytest.fixture
def noise():
    return torch.rand(16, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_exports_of_one_look_are_followed_exactly(noise):
    style = torch.from_numpy(fit_smooth(noise, look(noise), 17)).movedim(-1, 0)
    wanted = look(identity_lattice(17).movedim(0, 1)).movedim(1, 0)
    assert (style - wanted).abs().mean() < 0.002


def test_edits_made_by_eye_give_a_smooth_style(noise):
    """Steps along the greys show as blotches on a wall."""
    gains = 1 + 0.2 * torch.randn(16, 3, 1, 1, generator=torch.Generator().manual_seed(1))
    by_eye = (noise * gains).clamp(0, 1)
    smooth, usual = (np.einsum("iiic->ic", fit(noise, by_eye, 17)) for fit in (fit_smooth, fit_colours))
    assert np.abs(np.diff(smooth, 2, axis=0)).max() < np.abs(np.diff(usual, 2, axis=0)).max() / 3


def test_small_pictures_are_rendered_as_photos_are(network, pictures):
    style = 0.9 * identity_lattice(9) + 0.05
    styled = with_style(network, style)
    in_numpy = checkpoint.in_numpy(styled)
    from lutbridge.render.reference import render

    picture = np.ascontiguousarray(pictures[3].movedim(0, -1).numpy())
    look_of = in_numpy.look(picture)
    mask_apart = render(in_numpy, look_of, picture)
    ours = render_pictures(styled, pictures[3:4])[0].movedim(0, -1).numpy()
    assert np.abs(mask_apart - ours).mean() < 0.01, "but for the mask, which training does not carry up along edges"


@pytest.fixture
def folders(tmp_path):
    photo = astronaut()
    for i in range(6):
        part = photo[40 * i : 40 * i + 120, 50 * i : 50 * i + 120]
        for kind, picture in (("before", part), ("after", 25 + part * np.array([0.75, 0.7, 0.6]))):
            (tmp_path / kind).mkdir(exist_ok=True)
            Image.fromarray(picture.astype(np.uint8)).save(tmp_path / kind / f"IMG_{i}.png")
    return {"before": str(tmp_path / "before"), "after": str(tmp_path / "after")}


def task(start, folders, **training):
    small = {"steps": 6, "batch": 2, "side": 32, "judge_every": 3, "snapshot_every": 1, "report_every": 1, "lr": 1e-2}
    return new_task(systems.load("style"), small | training, str(start), **folders)


def run(folder, wanted, **options):
    begin(folder, wanted)
    return train(folder, wanted, Processes(), 1, **options)


def logged(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def test_a_run_tells_what_it_found_and_changes_the_style_alone(start, folders, network, tmp_path):
    told = []
    outcome = run(tmp_path / "run", task(start, folders, keep_best=False), talk=Talk(found=told.append))
    (summary,) = told
    assert len(summary.learned) + len(summary.held) == 6 and summary.held
    assert summary.distances.fitted[0] > summary.distances.untouched[0] + 10
    trained = checkpoint.read(outcome.model)
    assert trained.config == replace(network.config, style=True)
    before, after = network.state_dict(), trained.network.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.startswith(LEARNED) for name in changed)
    assert logged(tmp_path / "run")[0]["step"] == 0, "the fitted style is judged before any training"


def test_training_that_makes_it_worse_is_not_kept(start, folders, tmp_path):
    outcome = run(tmp_path / "run", task(start, folders, lr=0.5))
    assert outcome.kept == 0


def test_a_stopped_run_goes_on_to_the_same_bits_without_its_start(start, folders, tmp_path):
    whole = run(tmp_path / "whole", task(start, folders, keep_best=False))
    steps = []
    halting = Talk(stop=lambda: len(steps) == 2, advance=lambda step, share: steps.append(step))
    run(tmp_path / "halves", task(start, folders, keep_best=False), talk=halting)
    start.unlink()
    halves = train(tmp_path / "halves", load(tmp_path / "halves", {}), Processes(), 1)
    assert (halves.step, whole.step) == (6, 6)
    assert logged(tmp_path / "halves") == logged(tmp_path / "whole")
    one, other = (checkpoint.read(outcome.model).network.state_dict() for outcome in (whole, halves))
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_look_only_leaves_out_what_keeps_the_correction(start, folders, tmp_path):
    wanted = new_task(
        systems.load("style"),
        {"steps": 1, "batch": 2, "side": 32, "report_every": 1},
        str(start),
        look_only=True,
        **folders,
    )
    run(tmp_path / "run", wanted)
    lines = logged(tmp_path / "run")
    assert "judgement" not in lines[-1] and "held-out PSNR of takes" not in lines[-1]
    run(tmp_path / "kept", task(start, folders, steps=1))
    assert logged(tmp_path / "kept")[-1]["judgement"] >= 0 and "held-out PSNR of takes" in logged(tmp_path / "kept")[-1]
