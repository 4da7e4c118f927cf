import pytest
import torch
from click.testing import CliRunner

from lutbridge.data import probe as data
from lutbridge.evaluate import probe
from lutbridge.model.build import build
from lutbridge.model.checkpoint import Checkpoint, to_bytes
from lutbridge.model.config import ModelConfig


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
    ran = CliRunner().invoke(
        probe.main, [str(scenes), *(str(model(tmp_path, kind)) for kind in ("none", "lam", "wide"))]
    )
    assert ran.exit_code == 0, ran.output
    psnr, context = ran.output.split("ΔE2000 of the render")
    header = " | ".join(data.KINDS)
    assert f"| system | {header} |" in psnr and f"| model | {header} |" in context
    rows = {line.split(" | ")[0].strip("| "): line for line in psnr.splitlines() if line.startswith("| ")}
    assert list(rows) == ["system", "untouched", "none", "lam", "wide"]
    without = next(line for line in context.splitlines() if line.startswith("| none"))
    assert without == "| none | " + " | ".join(["0.00"] * len(data.KINDS)) + " |", "a model without context has none"
