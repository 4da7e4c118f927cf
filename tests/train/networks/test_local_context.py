import pytest
import torch
import torch.nn.functional as F

from lutbridge.train.networks.local_context import ConstantWeights, LocalContextModule


def module(k=3, N=5):
    torch.manual_seed(3)
    lam = LocalContextModule(N, k, 16, 16)
    with torch.no_grad():
        lam.weights.weight.mul_(30)  # as if trained: the weights differ from pixel to pixel
    return lam.double()


def photo(H=12, W=15, seed=4):
    return torch.rand(1, 3, H, W, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("k", [1, 3, 5])
def test_a_pixels_context_is_its_own_neighbours(k):
    """Change one pixel: the weights that move are those of the k × k pixels around it, and no others."""
    lam, before = module(k), photo()
    after = before.clone()
    after[0, :, 6, 9] = 1 - after[0, :, 6, 9]
    moved = ((lam(before)[0] - lam(after)[0]).abs().amax((0, 1)) > 1e-9).nonzero().tolist()
    reach = range(-(k // 2), k // 2 + 1)
    assert moved == sorted([6 + i, 9 + j] for i in reach for j in reach)


def test_it_is_the_papers_equations_written_out_for_one_pixel():
    lam, rgb = module(), photo()
    h, w = 5, 7
    window = rgb[0, :, h - 1 : h + 2, w - 1 : w + 2]  # (3, 3, 3)
    f_ctx = F.relu(torch.einsum("ocij,cij->o", lam.context.weight, window) + lam.context.bias)
    attention = torch.softmax(lam.attention.weight[:, :, 0, 0] @ f_ctx + lam.attention.bias, 0)  # eq. 3
    voxel = (window.flatten(1) * attention).flatten()  # each neighbour times its attention, then flattened
    f_vox = F.relu(lam.voxel.weight[:, :, 0, 0] @ voxel + lam.voxel.bias)
    expected = lam.weights.weight[:, :, 0, 0] @ f_vox + lam.weights.bias  # eq. 4
    w_pixel, logits = lam(rgb)
    assert torch.allclose(w_pixel[0, :, h, w], expected)
    assert torch.allclose(logits.softmax(1)[0, :, h, w], attention)


def test_a_flat_photo_has_the_same_weights_everywhere_border_included():
    w_pixel, _ = module()(torch.full((1, 3, 6, 7), 0.4, dtype=torch.float64))
    assert torch.allclose(w_pixel, w_pixel[:, :, :1, :1].expand_as(w_pixel))


def test_it_holds_four_convolutions_and_starts_near_one():
    lam = LocalContextModule(5, 3, 16, 16)
    assert sum(isinstance(m, torch.nn.Conv2d) for m in lam.modules()) == 4
    assert (lam(photo().float())[0] - 1).abs().max() < 0.2


def test_without_local_context_every_weight_is_one():
    w_pixel, logits = ConstantWeights(4)(photo())
    assert w_pixel.shape == (1, 4, 12, 15) and (w_pixel == 1).all() and logits is None


@pytest.mark.parametrize("k", [1, 3, 5])
def test_every_form_has_the_same_weights_from_a_module_with_attention(k):
    torch.manual_seed(3)
    plain = LocalContextModule(5, k, 16, 16, attention=False).double()
    assert plain.context is None and plain(photo())[1] is None
    assert torch.allclose(plain(photo())[0], plain.with_attention().double()(photo())[0])
    assert torch.equal(ConstantWeights(5).with_attention().double()(photo())[0], ConstantWeights(5)(photo())[0])
    assert module(k).with_attention().attention is not None
