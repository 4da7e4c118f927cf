import numpy as np
import torch

from lutbridge.train.data.degrade import DegradeConfig
from lutbridge.train.data.light import LightErrors
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.data.takes import Takes, TakesConfig, cut_patches


def portraits():
    random = np.random.default_rng(0)
    shapes = [(60, 80), (90, 50), (70, 70)]
    masks = [np.zeros(s, bool) for s in shapes]
    masks[0][20:50, 30:60] = True
    masks[1][10:80, 10:40] = True
    return [
        Portrait(str(i), random.integers(0, 256, (*s, 3), np.uint8), m)
        for i, (s, m) in enumerate(zip(shapes, masks, strict=True))
    ]


def takes(seed=3, **changes):
    return Takes(portraits(), TakesConfig(batch=6, side=32, **changes), DegradeConfig(), seed)


def test_a_batch_has_the_promised_shapes_and_range():
    batch = takes().draw()
    assert batch.take.shape == batch.target.shape == (6, 3, 32, 32)
    assert batch.mask.shape == (6, 1, 32, 32)
    for tensor in (batch.take, batch.target, batch.mask):
        assert tensor.min() >= 0 and tensor.max() <= 1


def test_the_generators_state_says_everything_that_comes():
    first = takes()
    first.draw()
    state = first.state_dict()
    expected = first.draw()
    second = takes(seed=99)
    second.load_state_dict(state)
    assert torch.equal(second.draw().take, expected.take)


def test_target_mask_and_take_are_cut_alike():
    """A photo whose person is white on black: mask and target agree wherever the cut fell, and so does the take."""
    mask = np.zeros((80, 80), bool)
    mask[20:60, 30:50] = True
    portrait = Portrait("p", np.repeat(mask[..., None] * np.uint8(255), 3, 2), mask)
    batch = Takes([portrait], TakesConfig(batch=8, side=32), DegradeConfig(), 5).draw()
    assert torch.allclose(batch.target.mean(1, keepdim=True), batch.mask, atol=1e-5)
    person, rest = batch.mask > 0.9, batch.mask < 0.1
    takes = batch.take.mean(1, keepdim=True)
    assert takes[person].min() > takes[rest].max()
    assert len({round(m.mean().item(), 4) for m in batch.mask}) > 4, "the cuts differ"


def test_patches_are_cut_where_they_are_said_to_be():
    images = torch.arange(2 * 3 * 6 * 7, dtype=torch.float32).view(2, 3, 6, 7)
    cut = cut_patches(images, torch.tensor([[0, 2], [1, 3]]), torch.tensor([[4, 0], [2, 3]]), 3)
    assert cut.shape == (2, 2, 3, 3, 3)
    assert torch.equal(cut[0, 0], images[0, :, 0:3, 4:7])
    assert torch.equal(cut[1, 1], images[1, :, 3:6, 3:6])


def test_a_batch_says_whose_mask_is_known():
    white = [Portrait(p.name, np.full_like(p.rgb, 255 if p.mask.any() else 0), p.mask) for p in portraits()]
    batch = Takes(white, TakesConfig(batch=24, side=32), DegradeConfig(), 1).draw()
    assert torch.equal(batch.known, batch.target.mean((1, 2, 3)) > 0.5) and 0 < batch.known.sum() < 24


def test_with_light_errors_what_is_toned_is_its_own_target():
    errors = LightErrors(toned=1.0)
    batch = Takes(portraits(), TakesConfig(batch=24, side=32), errors, 1).draw()
    spread = (batch.target.amax(1) - batch.target.amin(1)).flatten(1).amax(1)
    assert (spread < 1e-6).any(), "some are monochrome, which no finished photo here is"
    assert not torch.equal(batch.take, batch.target)
