from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch

from lutbridge.train import systems
from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.losses import edge_supervision, group_consistency, group_style, harm, mask_supervision, region_mse
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import Prediction
from lutbridge.train.objective import objective
from lutbridge.train.released_losses import released_group_style, released_supervision
from lutbridge.train.systems import LossConfig


@pytest.fixture(scope="module")
def batch():
    random = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.rand(*shape, generator=random)

    prediction = Prediction(draw(2, 3, 6, 7), draw(2, 4), draw(2, 4, 6, 7), draw(2, 9, 6, 7), draw(4, 3, 5, 5, 5))
    mask = torch.zeros(2, 1, 6, 7)
    mask[:, :, :, 3:] = 1
    return prediction, draw(2, 3, 6, 7), mask, draw(2, 3, 2)


def test_eq_7_is_the_sum_of_its_terms(batch):
    prediction, target, mask, others = batch
    config = systems.load("lam-gam").losses
    terms = objective(prediction, target, mask, config, others)
    assert set(terms) == {"mse", "smooth", "monotone", "edge", "gam"}
    assert torch.equal(terms["mse"], region_mse(prediction.output, target, mask, 1))
    assert torch.equal(terms["smooth"], 1e-4 * smoothness(prediction.luts, prediction.w_image))
    assert torch.equal(terms["monotone"], 10 * monotonicity(prediction.luts))
    around = torch.nn.functional.pad(mask, [1] * 4, mode="replicate")
    assert torch.equal(terms["edge"], edge_supervision(prediction.logits, around))
    pixels = prediction.output.flatten(2).mT
    assert torch.equal(terms["gam"], 1e-3 * group_style(pixels, others))


def test_a_system_without_luts_is_trained_by_the_mse_alone(batch):
    prediction, target, mask, _ = batch
    assert set(objective(Prediction(prediction.output), target, mask, systems.load("hdrnet").losses)) == {"mse"}


def test_liangs_consistency_is_one_of_the_terms(batch):
    prediction, target, mask, _ = batch
    offsets = torch.tensor([[1, 2], [0, -3]])
    terms = objective(prediction, target, mask, systems.load("liang-glc").losses, second=target, offsets=offsets)
    assert set(terms) == {"mse", "smooth", "monotone", "glc"}
    assert torch.equal(terms["glc"], group_consistency(prediction.output, target, offsets))


def test_a_network_that_answers_a_mask_is_held_to_it_and_to_do_no_harm(batch):
    prediction, target, mask, _ = batch
    source, wide = target.flip(3), torch.cat([mask] * 2, 3)[..., :12]
    logits = torch.linspace(-1, 1, 2 * 3 * 6).view(2, 1, 3, 6)
    config = LossConfig(2.0, weigh_squares=True, harm=0.5, person_mask=0.1)
    known = torch.tensor([True, False])
    terms = objective(
        replace(prediction, mask_logits=logits), target, mask, config, source=source, known=known, whole_mask=wide
    )
    assert set(terms) == {"mse", "smooth", "monotone", "harm", "person_mask"}
    assert torch.equal(terms["mse"], region_mse(prediction.output, target, mask, 2, squares=True))
    assert torch.equal(terms["harm"], 0.5 * harm(prediction.output, source, target, mask, 2))
    assert torch.equal(terms["person_mask"], 0.1 * mask_supervision(logits, wide, known))
    everybody = objective(replace(prediction, mask_logits=logits), target, wide[..., :7], config, source=source)
    assert torch.equal(everybody["person_mask"], 0.1 * mask_supervision(logits, wide[..., :7], torch.ones(2)))


def test_the_released_codes_terms_are_its_own(batch):
    prediction, target, mask, others = batch
    terms = objective(prediction, target, mask, systems.load("lam-released-gam").losses, others)
    assert torch.equal(terms["mse"], region_mse(prediction.output, target, mask, 5))
    assert torch.equal(terms["edge"], released_supervision(prediction.logits, mask))
    pixels = prediction.output.flatten(2).mT
    assert torch.equal(terms["gam"], 5e-3 * released_group_style(pixels, others))


@pytest.mark.parametrize("supervision", ["edge", "full"])
@pytest.mark.parametrize("released", [False, True])
def test_every_supervision_sends_gradients_to_the_attention(batch, supervision, released):
    prediction, target, mask, _ = batch
    logits = prediction.logits.clone().requires_grad_()
    config = LossConfig(supervision=supervision, released=released)
    objective(replace(prediction, logits=logits), target, mask, config)["edge"].backward()
    assert logits.grad.abs().sum() > 0


@pytest.mark.parametrize("name", systems.names())
def test_no_system_and_no_loss_makes_a_tensor_on_another_device(name, monkeypatch):
    """On torch's device without memory, which refuses what lies elsewhere, as a GPU does."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # which that device does not have
    system = systems.load(name)
    with torch.device("meta"):
        network, S = build(system.model), system.model.thumbnail_size
        thumbnail, rgb, mask, means = (
            torch.empty(2, *shape) for shape in [(3, S, S), (3, 40, 48), (1, 40, 48), (3, 2)]
        )
    offsets = torch.tensor([[0, 0], [1, -1]])
    terms = objective(network.predict(thumbnail, rgb), rgb, mask, system.losses, means, rgb, offsets, source=rgb)
    sum(terms.values()).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
