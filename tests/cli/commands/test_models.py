import hashlib
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from lutbridge.model import checkpoint
from lutbridge.model.registry import added_models


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nobody's models but the test's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def style(tmp_path, lutbridge, lut_file):
    path = tmp_path / "run" / "model.safetensors"
    path.parent.mkdir()
    assert lutbridge("style", lut_file, "-o", path).code == 0
    return path


@pytest.fixture
def lut_file(tmp_path):
    from lutbridge.lut.formats import to_bytes
    from lutbridge.lut.lut3d import Lut3D

    path = tmp_path / "warm.cube"
    path.write_text(to_bytes(Lut3D(Lut3D.identity(17).lattice * [1, 0.9, 0.8], "warm"), "cube").decode())
    return path


def test_the_default_model_is_listed_first_with_its_summary(lutbridge):
    for command in (["models"], ["models", "list"]):
        result = lutbridge(*command)
        assert result.code == 0
        assert result.out.startswith("portrait-v2  ")


def test_json_gives_file_and_digest(lutbridge):
    for command in (["models", "--json"], ["models", "list", "--json"]):
        model = json.loads(lutbridge(*command).out.splitlines()[0])
        assert model["name"] == "portrait-v2" and model["summary"]
        assert hashlib.sha256(Path(model["path"]).read_bytes()).hexdigest() == model["sha256"]


def test_a_model_is_added_used_given_away_and_removed(lutbridge, style, make_photo, tmp_path):
    done = lutbridge("models", "add", style.parent, "--name", "Warm wedding", "--maker", "Ada")
    assert done.code == 0 and "Added as Warm wedding" in done.err, done.err
    assert "Warm wedding" in lutbridge("models").out and "by Ada" in lutbridge("models").out
    photo = make_photo(tmp_path / "photo.png")
    assert lutbridge("render", photo, "--model", "Warm wedding", "-o", tmp_path / "out").code == 0
    picture = tmp_path / "picture.jpg"
    shown = lutbridge("models", "show", "Warm wedding", "--picture", picture)
    assert shown.code == 0 and "Ada" in shown.out and "after the correction" in shown.out
    assert Image.open(io.BytesIO(picture.read_bytes())).size == (256, 112)
    away = tmp_path / "given.safetensors"
    assert lutbridge("models", "export", "Warm wedding", "-o", away).code == 0
    assert lutbridge("models", "remove", "Warm wedding").code == 0
    assert "Warm wedding" not in lutbridge("models").out and style.is_file()
    again = lutbridge("models", "import", away)
    assert again.code == 0 and "Added as Warm wedding" in again.err and "by Ada" in again.err
    kept = checkpoint.read(added_models()["Warm wedding"])
    assert kept.history["name"] == "Warm wedding" and kept.picture


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["add", "STYLE", "--name", "portrait-v2"], "ships with lutbridge; choose another"),
        (["add", "STYLE", "--name", "../up"], "cannot be a model's name"),
        (["add", "STYLE", "--name", "a/b"], "cannot be a model's name"),
        (["add", "STYLE", "--name", "con"], "cannot be a model's name"),
        (["add", "nothing.safetensors", "--name", "mine"], "check the model's path"),
        (["remove", "mine"], "mine was not added"),
        (["remove", "portrait-v2"], "portrait-v2 ships with lutbridge; your own models: none yet"),
        (["export", "mine", "-o", "mine.safetensors"], "mine was not added"),
        (["show", "mine"], "no model is called mine"),
        (["add", "."], "this folder holds no model"),
        (["import", "LUT"], "not a usable model"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(lutbridge, style, lut_file, arguments, why):
    named = {"STYLE": style, "LUT": lut_file}
    done = lutbridge("models", *(named.get(argument, argument) for argument in arguments))
    assert done.code in (2, 3) and why in done.err, done.err


def test_a_name_is_not_taken_twice_whatever_its_case(lutbridge, style):
    assert lutbridge("models", "add", style, "--name", "warm").code == 0
    refused = lutbridge("models", "add", style, "--name", "Warm")
    assert refused.code == 2 and "is called Warm already" in refused.err


def test_a_name_with_a_space_is_in_quotes_in_commands_to_type(lutbridge, style):
    added = lutbridge("models", "add", style, "--name", "Warm wedding")
    assert '--model "Warm wedding" -o DIR' in added.err
    refused = lutbridge("models", "add", style, "--name", "Warm wedding")
    assert 'lutbridge models remove "Warm wedding"' in refused.err and "--name" in refused.err


def test_a_run_s_model_is_called_like_its_folder(lutbridge, style):
    assert lutbridge("models", "add", style).code == 0
    assert list(added_models()) == ["run"]
