import numpy as np
import pytest

from lutbridge.model.registry import builtin_models
from lutbridge.render.reference import mixed, modulated, render
from lutbridge.retouch import Retoucher


@pytest.mark.parametrize("model", [model.name for model in builtin_models()])
def test_the_render_is_linear_in_the_image_weights(model):
    network = Retoucher.load(model, "cpu").network
    rgb = np.random.default_rng(0).random((12, 9, 3), np.float32)
    look = network.look(np.full((network.thumbnail_size,) * 2 + (3,), 0.3, np.float32))
    basis = modulated(network, look, rgb)
    assert basis.shape == (12, 9, len(look.w_image), 3)
    doubled = mixed(network, look.with_weights(2 * look.w_image), rgb)
    assert np.allclose(doubled, 2 * mixed(network, look, rgb), atol=1e-5)
    result = render(network, look, rgb)
    assert result.min() >= 0 and result.max() <= 1 and result.dtype == np.float32
