import json

import pytest

from lutbridge.model.config import CONFIGS, ModelConfig, config_from_dict


def test_the_defaults_are_the_papers():
    paper = CONFIGS["paper"]
    assert (paper.n_luts, paper.grid_size, paper.context) == (5, 33, 3)
    assert (paper.predictor, paper.thumbnail_size, paper.interpolation) == ("zeng", 256, "trilinear")


@pytest.mark.parametrize("name", sorted(CONFIGS))
def test_a_config_survives_json(name):
    assert config_from_dict(json.loads(json.dumps(CONFIGS[name].to_dict()))) == CONFIGS[name]


@pytest.mark.parametrize(
    "field, value",
    [("n_luts", 0), ("grid_size", 1), ("context", 4), ("predictor", "vgg"), ("thumbnail_size", 100),
     ("interpolation", "cubic"), ("color_space", "prophoto"), ("voxel_channels", 0)],
)  # fmt: skip
def test_what_cannot_be_built_is_named(field, value):
    with pytest.raises(ValueError, match=field):
        ModelConfig(**{field: value})


@pytest.mark.parametrize(
    "change, message",
    [({"extra": 1}, "extra"), ({"n_luts": "5"}, "n_luts"), ({"context": 3.0}, "context"), ({"n_luts": True}, "n_luts")],
)
def test_foreign_values_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config_from_dict(ModelConfig().to_dict() | change)


def test_a_missing_field_is_refused():
    values = ModelConfig().to_dict()
    del values["grid_size"]
    with pytest.raises(ValueError, match="grid_size"):
        config_from_dict(values)
