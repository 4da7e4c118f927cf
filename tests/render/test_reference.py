import torch

from lutbridge.model.config import ModelConfig
from lutbridge.render.reference import render
from lutbridge.train.networks.build import build


def test_strips_with_their_neighbours_equal_the_whole_photo():
    torch.manual_seed(0)
    network = build(ModelConfig(n_luts=3, grid_size=5, thumbnail_size=32, context=5)).eval()
    rgb, w_image = torch.rand(3, 24, 18), torch.tensor([0.8, 0.3, -0.2])
    with torch.no_grad():
        network.luts[1:].uniform_(0, 1)
        whole = render(network, w_image, rgb)
        strips = [render(network, w_image, rgb[:, top : top + 10 + 4]) for top in (0, 10)]
    assert whole.shape == (3, 20, 14)
    assert torch.allclose(torch.cat(strips, 1), whole, atol=1e-6)
    assert whole.min() >= 0 and whole.max() <= 1
