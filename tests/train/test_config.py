import pytest

from lutbridge.train import systems
from lutbridge.train.config import TrainConfig


def test_the_defaults_are_the_papers():
    config = TrainConfig()
    assert (config.lr, config.batch, config.epochs, config.side, config.least_crop) == (1e-4, 16, 200, 448, 0.6)
    assert not (config.decay_steps or config.weight_decay or config.averaging or config.held_out or config.patience)


@pytest.mark.parametrize("field, value", [("lr", 0.0), ("batch", 0), ("held_out", 1.0), ("averaging", 1.0)])
def test_what_makes_no_sense_is_named(field, value):
    with pytest.raises(ValueError, match=f"{field} = "):
        TrainConfig(**{field: value})


@pytest.mark.parametrize("name", systems.names())
def test_every_config_that_comes_with_lutbridge_can_be_trained(name):
    systems.filled(TrainConfig(), systems.load(name).training, "training")
