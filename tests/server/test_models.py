from types import SimpleNamespace

import pytest

from lutbridge.model.registry import BuiltinModel
from lutbridge_server import models as module
from lutbridge_server.errors import ApiError
from lutbridge_server.models import Models, under_its_own_name


@pytest.fixture
def models(monkeypatch, tmp_path):
    shipped = [BuiltinModel(name, tmp_path / name, "0" * 64, f"about {name}") for name in ("a", "b", "c")]
    monkeypatch.setattr(module, "builtin_models", lambda: shipped)
    monkeypatch.setattr(module, "added_models", dict)
    loaded = []

    def load(name):
        loaded.append(name)
        return SimpleNamespace(name=name)

    models = Models(SimpleNamespace(name="mine", has_mask=True), load, most=2)
    models.loaded = loaded
    return models


def test_the_default_and_the_shipped_models_have_names(models):
    assert [model["name"] for model in models.listed()] == ["mine", "a", "b", "c"]
    assert (models.check(None), models.check("b")) == ("mine", "b")


@pytest.mark.parametrize("name", ["d", "", "/etc/passwd", "a.safetensors", "../a"])
def test_no_other_name_is_one(models, name):
    with pytest.raises(ApiError) as refused:
        models.check(name)
    assert refused.value.code == "unknown_model"


def test_added_models_are_listed_by_their_names_and_what_no_photo_can_be_rendered_by_is_not(
    models, monkeypatch, tmp_path, parts_model
):
    (tmp_path / "broken.safetensors").write_bytes(b"no model")
    added = {"Warm wedding": parts_model, "broken": tmp_path / "broken.safetensors"}
    monkeypatch.setattr(module, "added_models", lambda: added)
    (found,) = [model for model in models.listed() if model["name"] not in ("mine", "a", "b", "c")]
    assert found == {"name": "Warm wedding", "summary": "a model of your own", "sha256": None, "has_mask": True}
    assert models.check("Warm wedding") == "Warm wedding"


def test_models_are_loaded_when_asked_for_and_the_oldest_is_let_go(models):
    for name in ("mine", "a", "a", "b", "mine", "b", "a"):
        assert models.get(name).name == name
    assert models.loaded == ["a", "b", "a"]


def test_a_file_that_is_called_like_a_shipped_model_is_not_taken_for_it(models):
    own = under_its_own_name(SimpleNamespace(name="a", has_mask=False), "collected/a.safetensors")
    listed = Models(own, None, most=2).listed()
    assert [(model["name"], model["sha256"]) for model in listed[:2]] == [("a.safetensors", None), ("a", "0" * 64)]
    assert under_its_own_name(SimpleNamespace(name="a", has_mask=False), "a").name == "a"
    assert under_its_own_name(SimpleNamespace(name="mine", has_mask=True), "mine.safetensors").name == "mine"
