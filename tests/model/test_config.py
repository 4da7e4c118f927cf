import json

import pytest

from lutbridge.model.config import CSRNetConfig, CurvesConfig, HDRNetConfig, ModelConfig, config_from_dict

# What the first checkpoints say of themselves.
FIRST = {
    "n_luts": 8, "grid_size": 33, "context": 3, "context_channels": 16, "voxel_channels": 16,
    "predictor": "histogram-cnn", "thumbnail_size": 128, "interpolation": "tetrahedral", "color_space": "srgb",
}  # fmt: skip


def test_the_defaults_are_the_papers():
    paper = ModelConfig()
    assert (paper.n_luts, paper.grid_size, paper.context, paper.pixel_weights) == (5, 33, 3, "lam")
    assert (paper.predictor, paper.thumbnail_size, paper.interpolation) == ("zeng", 256, "trilinear")


@pytest.mark.parametrize(
    "config", [ModelConfig(n_luts=3, pixel_weights="unet"), HDRNetConfig(), CSRNetConfig(128), CurvesConfig(3)]
)
def test_a_config_survives_json(config):
    assert config_from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_first_checkpoints_are_still_understood():
    config = config_from_dict(FIRST)
    assert config == ModelConfig(
        n_luts=8, predictor="histogram-cnn", thumbnail_size=128, interpolation="tetrahedral", pixel_weights="lam"
    )


@pytest.mark.parametrize(
    "field, value",
    [("n_luts", 0), ("grid_size", 1), ("context", 4), ("predictor", "vgg"), ("thumbnail_size", 100),
     ("interpolation", "cubic"), ("color_space", "prophoto"), ("voxel_channels", 0), ("pixel_weights", "gan"),
     ("thumbnail", "cubic"), ("lut_start", "ones")],
)  # fmt: skip
def test_what_cannot_be_built_is_named(field, value):
    with pytest.raises(ValueError, match=field):
        ModelConfig(**{field: value})


def test_hdrnet_is_built_at_its_published_size_only():
    with pytest.raises(ValueError, match="thumbnail_size = 128"):
        HDRNetConfig(128)


@pytest.mark.parametrize(
    "change, message",
    [({"extra": 1}, "extra"), ({"n_luts": "5"}, "n_luts"), ({"context": 3.0}, "context"), ({"n_luts": True}, "n_luts"),
     ({"architecture": "gan"}, "gan"), ({"architecture": "hdrnet"}, "unknown or missing fields: color_space")],
)  # fmt: skip
def test_foreign_values_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        config_from_dict(ModelConfig().to_dict() | change)


def test_a_missing_field_is_refused():
    values = ModelConfig().to_dict()
    del values["grid_size"]
    with pytest.raises(ValueError, match="grid_size"):
        config_from_dict(values)
