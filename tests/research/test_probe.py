import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from lutbridge.color.lab import srgb_to_lab
from lutbridge.model.config import ModelConfig
from lutbridge.research import probe
from lutbridge.research import probe_scenes as data
from lutbridge.research.systems import untouched
from lutbridge.train.data.ppr10k import find_pairs
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes


@pytest.fixture
def scenes(tmp_path, monkeypatch):
    """The probe, one small val scene of each kind."""
    monkeypatch.setattr(data, "HEIGHT", 48)
    monkeypatch.setattr(data, "WIDTH", 72)
    for number, kind in enumerate(data.KINDS):
        data.write(data.scene(kind, 8), tmp_path / "probe" / "val", f"{number}_8")
    return tmp_path / "probe"


def model(folder, kind):
    torch.manual_seed(0)
    config = ModelConfig(n_luts=2, grid_size=3, thumbnail_size=32, pixel_weights=kind)
    path = folder / f"{kind}.safetensors"
    path.write_bytes(to_bytes(Checkpoint(build(config).eval(), config, {})))
    return path


def test_every_model_is_measured_on_every_kind(scenes, tmp_path):
    drawn = tmp_path / "drawn.png"
    ran = CliRunner().invoke(
        probe.main,
        [str(scenes), *(str(model(tmp_path, kind)) for kind in ("none", "lam", "wide")), "--picture", str(drawn)],
    )
    assert ran.exit_code == 0, ran.output
    tables = ran.output.split(":\n\n")[1:]
    header = " | ".join(data.KINDS)
    assert len(tables) == 4 and all(f"| model | {header} |" in table for table in tables)
    rows = [[line.split(" | ")[0].strip("| ") for line in t.splitlines() if line.startswith("| ")] for t in tables]
    names = ["none", "lam", "wide"]
    both = [row for name in names for row in (name, f"{name}, without context")]
    assert rows == 2 * [["model", "untouched", *both]] + 2 * [["model", *names]]
    figures = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:] for line in tables[0].splitlines()}
    assert figures["none"] == figures["none, without context"] and figures["wide"] != figures["wide, without context"]
    with Image.open(drawn) as picture:
        assert picture.size == (5 * 72, len(data.KINDS) * 48)
    none = [next(line for line in table.splitlines() if line.startswith("| none")) for table in tables]
    assert none[2] == "| none | " + " | ".join(["0.00"] * len(data.KINDS)) + " |", "a model without context has none"


def test_parting_is_what_the_person_gains_on_the_background():
    before, mask = np.full((4, 4, 3), 100, np.uint8), np.eye(4, dtype=bool)
    after = np.where(mask[..., None], before + np.uint8(20), before - np.uint8(20)).astype(np.uint8)
    lightness = [srgb_to_lab(np.full((1, 3), code / 255, np.float32))[0, 0] for code in (120, 80)]
    assert probe.parting(before, after, mask) == pytest.approx(lightness[0] - lightness[1], abs=1e-4)
    assert probe.parting(before, before + np.uint8(20), mask) == pytest.approx(0, abs=1e-4)


def test_models_are_trained_first_where_asked(scenes, tmp_path, monkeypatch):
    for number, kind in enumerate(data.KINDS):
        data.write(data.scene(kind, 0), scenes / "train", f"{number}_0")
    ran = CliRunner().invoke(
        probe.main, [str(scenes), "--train", str(tmp_path / "runs"), "--configs", "base", "--steps", "2"]
    )
    assert ran.exit_code == 0, ran.output
    assert "| base | " in ran.output and "'step': 2" in ran.stderr
    assert (tmp_path / "runs" / "base" / "model.safetensors").is_file()


def test_place_alone_gains_where_people_stand(scenes):
    for number, kind in enumerate(data.KINDS):
        data.write(data.scene(kind, 0), scenes / "train", f"{number}_0")
    train, val = (find_pairs(scenes, split, "a") for split in ("train", "val"))
    found = probe.measure_probe({}, val, {"untouched": untouched, "place": probe.by_place(train)})
    assert all(found[probe.PSNR]["place"][kind] > found[probe.PSNR]["untouched"][kind] + 1 for kind in data.KINDS)
    assert all(20 < found[probe.PARTED]["place"][kind] < 100 for kind in data.KINDS)
    assert set(found[probe.PARTED]["untouched"].values()) == {0.0}
