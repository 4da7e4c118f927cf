import numpy as np
import pytest
import torch
from PIL import Image

from lutbridge.model.config import ModelConfig
from lutbridge.research import evaluation as module
from lutbridge.research.evaluation import evaluate
from lutbridge.retouch import VIEWS
from lutbridge.train.data.pairs import SMALL_SIDE
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks.build import build


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    root = tmp_path_factory.mktemp("ppr10k")
    for kind in ("source", "target_a", "masks"):
        (root / "val" / kind).mkdir(parents=True)
    random = np.random.default_rng(0)
    for name, skin in [("0_0", (224, 172, 135)), ("0_1", (60, 40, 30)), ("1_0", (198, 134, 96))]:
        target = np.clip(random.normal(skin, 4, (40, 30, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(target).save(root / "val" / "target_a" / f"{name}.tif")
        Image.fromarray(target // 2).save(root / "val" / "source" / f"{name}.tif")
        Image.new("L", (30, 40), 255).save(root / "val" / "masks" / f"{name}.png")
    return find_pairs(root, "val", "a")


def network(seed, **changes):
    torch.manual_seed(seed)
    small = {"n_luts": 2, "grid_size": 5, "thumbnail_size": 32, "predictor": "histogram-cnn"}
    return build(ModelConfig(**small | changes)).eval()


@pytest.fixture(scope="module")
def evaluation(pairs):
    return evaluate({"toy": network(0)}, pairs, None)


def test_every_system_is_measured_on_every_photo(evaluation):
    assert list(evaluation.records) == ["untouched", "autocontrast (Pillow)", "toy", "targets"]
    assert all([r.name for r in records] == ["0_0", "0_1", "1_0"] for records in evaluation.records.values())
    assert evaluation.views.keys() == set(VIEWS)
    assert evaluation.views["fitted"]["mean"] < 0.5


def test_the_markdown_holds_every_table(evaluation):
    text = evaluation.markdown()
    for heading in ("| system |", "Skin, toy:", "| dark | 1 |", "Single-LUT views", "| fitted |", "Takes of a group:"):
        assert heading in text
    assert "| centre only | centre only, p95 of pixels | fitted LUT |" in text
    assert "| targets | inf | 0.00 |" in text and "Skin, targets" not in text


def test_person_and_background_have_a_table_where_it_is_asked_for(evaluation):
    assert "Person and background:" not in evaluation.markdown()
    table = evaluation.markdown(parted=True).partition("Person and background:")[2].partition("Photos with")[0]
    assert [line.split(" | ")[0] for line in table.splitlines() if line.startswith("|")] == [
        "| system", "|---|---:|---:|---:|---:|---:|---:|---:|---:|", "| untouched", "| autocontrast (Pillow)", "| toy"
    ]  # fmt: skip


def test_groups_are_compared_on_small_photos_also_at_full_size(pairs, monkeypatch):
    sides = []
    monkeypatch.setattr(module, "measure_groups", lambda retoucher, pairs, side: sides.append(side) or [])
    evaluate({"toy": network(0)}, pairs, None)
    assert sides == [SMALL_SIDE], "all takes of a group, and all that is made of them, are in memory at once"


def test_every_phase_shows_how_far_it_is(pairs):
    phases = []

    def track(items, total, what, things):
        through = list(items)
        phases.append((what, things, total, len(through)))
        return through

    evaluate({"toy": network(0)}, pairs, None, track)
    assert phases == [
        ("untouched", "photos", 3, 3),
        ("autocontrast (Pillow)", "photos", 3, 3),
        ("toy", "photos", 3, 3),
        ("targets", "photos", 3, 3),
        ("local context of toy", "photos", 3, 3),
        ("single-LUT views", "photos", 3, 3),
        ("takes of a group", "groups", 1, 1),
    ]


def test_several_models_share_a_table_and_any_architecture_will_do(pairs):
    found = evaluate({"lam": network(0), "unet": network(1, pixel_weights="unet")}, pairs, 32)
    assert list(found.records) == ["untouched", "autocontrast (Pillow)", "lam", "unet", "targets"]
    assert list(found.context) == ["lam", "unet"]
    assert not found.views and not found.groups
    assert "Single-LUT views" not in found.markdown()
