"""CSRNet: what makes it what it is, a pixel-wise network that the whole photo modulates."""

import torch

from lutbridge.train.networks.csrnet import CSRNet


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def network():
    torch.manual_seed(0)
    return CSRNet(64).eval()


def without_modulation(net):
    with torch.no_grad():
        for layer in (*net.scales, *net.shifts):
            layer.weight.zero_()
            layer.bias.zero_()
    return net


def test_the_published_parameter_count():
    assert sum(p.numel() for p in network().parameters()) == 36_489


def test_modulation_at_identity_leaves_the_base_network():
    net, rgb = without_modulation(network()), draw(2, 3, 5, 6)
    first, second, third = net.base
    base = third(torch.relu(second(torch.relu(first(rgb)))))
    assert torch.equal(net(draw(2, 3, 64, 64), rgb), base)
    assert torch.equal(net(draw(2, 3, 64, 64, seed=1), rgb), base), "whatever the photo as a whole"


def test_modulation_scales_and_shifts_features_by_the_condition():
    net, rgb, thumbnail = without_modulation(network()), draw(1, 3, 5, 6), draw(1, 3, 64, 64)
    plain = net(thumbnail, rgb)
    with torch.no_grad():
        net.scales[2].bias.fill_(0.5)
        net.shifts[2].bias.copy_(torch.tensor([0.0, 0.1, 0.2]))
    assert torch.allclose(net(thumbnail, rgb), 1.5 * plain + torch.tensor([0, 0.1, 0.2]).view(3, 1, 1), atol=1e-6)


def test_every_pixel_is_retouched_by_itself():
    net, thumbnail, rgb = network(), draw(1, 3, 64, 64), draw(1, 3, 5, 6)
    whole = net(thumbnail, rgb)
    assert torch.allclose(net(thumbnail, rgb[:, :, 2:3, 1:4]), whole[:, :, 2:3, 1:4], atol=1e-6)
    assert not torch.allclose(net(draw(1, 3, 64, 64, seed=1), rgb), whole, atol=1e-4), "but the whole photo counts"


def test_gradients_reach_every_part():
    net = network()
    net(draw(2, 3, 64, 64), draw(2, 3, 8, 8)).square().sum().backward()
    assert [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()] == []
