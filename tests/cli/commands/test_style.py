"""`lutbridge style`: a look one already uses, after a correction."""

import numpy as np
import pytest

from lutbridge.lut.formats import to_bytes
from lutbridge.lut.lattice import interpolate
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.checkpoint import load_network, read


@pytest.fixture
def lut():
    return Lut3D((0.1 + 0.8 * Lut3D.identity(17).lattice * [1, 0.9, 0.8]).astype(np.float32), "faded")


@pytest.mark.parametrize("kind, suffix", [("cube", ".cube"), ("xmp", ".xmp")])
def test_a_lut_becomes_a_style_after_the_correction(lutbridge, lut, tmp_path, kind, suffix):
    look, out = tmp_path / f"faded{suffix}", tmp_path / "faded.safetensors"
    look.write_bytes(to_bytes(lut, kind))
    done = lutbridge("style", look, "-o", out, "--maker", "Ada")
    assert done.code == 0, done.err
    assert "first portrait-v2's correction, then faded" in done.err
    assert "off by" in done.err and "models add" in done.err and done.out.strip() == str(out)
    network = load_network(out)
    colours = np.random.default_rng(0).random((500, 3), np.float32)
    assert np.abs(interpolate(network.style, colours) - lut.apply(colours)).max() < 0.003
    made = read(out)
    assert made.history["maker"] == "Ada" and made.picture[:2] == b"\xff\xd8" and made.config.restraint == 2.0


def test_part_of_a_look(lutbridge, lut, tmp_path):
    look = tmp_path / "faded.cube"
    look.write_bytes(to_bytes(lut, "cube"))
    assert lutbridge("style", look, "--strength", 0.5, "-o", tmp_path / "half.safetensors").code == 0
    black = load_network(tmp_path / "half.safetensors").style[0, 0, 0]
    assert black == pytest.approx([0.05] * 3, abs=0.002)


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["faded.cube", "-o", "faded.cube"], "a model file must end in .safetensors"),
        (["faded.cube", "-o", "there.safetensors"], "already exists"),
        (["faded.cube", "--start", "portrait-v1", "-o", "new.safetensors"], "cannot be the base of a style"),
        (["nothing.cube", "-o", "new.safetensors"], "nothing.cube"),
        (["broken.dtstyle", "-o", "new.safetensors"], "this is no darktable style"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(lutbridge, lut, tmp_path, monkeypatch, arguments, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faded.cube").write_bytes(to_bytes(lut, "cube"))
    (tmp_path / "there.safetensors").touch()
    (tmp_path / "broken.dtstyle").write_text("<no")
    done = lutbridge("style", *arguments)
    assert done.code and why in done.err, done.err
    assert not (tmp_path / "new.safetensors").exists()
