import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import avg_pool2d

from lutbridge.train.data.batches import CropConfig, Crops
from lutbridge.train.data.pairs import Pair

SMALL = CropConfig(batch=4, side=16)


@pytest.fixture
def pairs(tmp_path):
    """Three photos of two groups, each a gradient: red falls from left to right and green from top to bottom."""
    made = []
    for name, group, size in (("0_0", "0", (40, 30)), ("0_1", "0", (30, 44)), ("1_0", "1", (36, 36))):
        columns, rows = (np.linspace(0, 255, side) for side in size)
        picture = np.zeros((*size[::-1], 3), np.uint8)
        picture[..., 0], picture[..., 1] = columns, rows[:, None]
        files = [tmp_path / f"{name}{end}" for end in (".tif", "_0.tif", "_1.tif", "-after.tif", ".png")]
        for file, blue in zip(files[:3], (10, 20, 30), strict=True):
            picture[..., 2] = blue
            Image.fromarray(picture).save(file)
        picture[..., 2] = 200
        Image.fromarray(picture).save(files[3])
        Image.fromarray((picture[..., 0] > 127).astype(np.uint8) * 255).save(files[4])
        made.append(Pair(name, group, tuple(files[:3]), files[3], files[4]))
    return made


def crops(pairs, config=SMALL, **options):
    return Crops(pairs, np.arange(6.0).reshape(3, 2), config, 32, seed=5, **options)


def equal(first, second):
    return all(
        torch.equal(getattr(first, part), getattr(second, part)) for part in ("thumbnail", "rgb", "target", "mask")
    )


def test_a_batch_has_the_promised_shapes_and_its_parts_line_up(pairs):
    batch = crops(pairs).draw()
    assert batch.thumbnail.shape == (4, 3, 32, 32)
    assert batch.rgb.shape == batch.target.shape == (4, 3, 16, 16) and batch.mask.shape == (4, 1, 16, 16)
    assert torch.allclose(batch.rgb[:, :2], batch.target[:, :2], atol=1e-6), "cut and turned alike"
    assert torch.equal(batch.mask[:, 0] > 0.5, batch.target[:, 0] > 0.5)
    assert (batch.target[:, 2] > 0.7).all() and (batch.rgb[:, 2] < 0.2).all()
    small = [avg_pool2d(batch.thumbnail, 8), avg_pool2d(batch.rgb, 4)]
    assert torch.allclose(*small, atol=0.03), "the thumbnail is the crop's"


def test_the_thumbnail_is_made_as_the_network_asks(pairs):
    plain, other = crops(pairs).draw(), crops(pairs, thumbnail="bilinear").draw()
    assert torch.equal(plain.rgb, other.rgb) and not torch.equal(plain.thumbnail, other.thumbnail)


def test_every_photo_comes_once_in_an_epoch_and_versions_vary(pairs):
    stream = crops(pairs, CropConfig(batch=3, side=16))
    drawn = [stream.draw() for _ in range(8)]
    assert stream.epoch == 8
    for batch in drawn:
        assert sorted(batch.targets_ab[:, 0, 0].isfinite().tolist()) == [False, True, True]
    blues = {round(value * 255) for batch in drawn for value in batch.rgb[:, 2].amax((1, 2)).tolist()}
    assert blues == {10, 20, 30}


def test_the_other_targets_of_the_group_are_named(pairs):
    batch = crops(pairs, CropConfig(batch=3, side=16)).draw()
    assert batch.targets_ab.shape == (3, 1, 2)
    found = [others for others in batch.targets_ab[:, 0].tolist() if others[0] == others[0]]
    assert sorted(found) == [[0, 1], [2, 3]], "and the photo that is alone in its group has none"


def test_a_step_depends_on_nothing_but_the_seed_and_its_number(pairs):
    first, second = crops(pairs), crops(pairs, workers=3)
    expected = [first.draw() for _ in range(5)]
    second.load_state_dict({"step": 3})
    assert equal(second.draw(), expected[3]) and equal(second.draw(), expected[4])
    assert second.state_dict() == first.state_dict()
    assert not equal(expected[0], expected[3])


def test_two_processes_draw_what_one_would(pairs):
    whole = crops(pairs).draw()
    halves = [crops(pairs, rank=rank, world=2).draw() for rank in (0, 1)]
    assert torch.equal(whole.rgb[0::2], halves[0].rgb) and torch.equal(whole.rgb[1::2], halves[1].rgb)


def test_two_views_show_the_same_where_they_overlap(pairs):
    stream = crops(pairs, CropConfig(batch=6, side=24, two_views=True))
    batch = stream.draw()
    assert batch.offsets.shape == (6, 2) and batch.offsets.abs().sum() > 0
    for i, (y, x) in enumerate(batch.offsets.tolist()):
        ours = batch.rgb[i, :, max(0, y) : 24 + min(0, y), max(0, x) : 24 + min(0, x)]
        theirs = batch.second.rgb[i, :, max(0, -y) : 24 + min(0, -y), max(0, -x) : 24 + min(0, -x)]
        assert ours.shape == theirs.shape and min(ours.shape[1:]) >= 24 * 0.3
        assert torch.allclose(ours[:2], theirs[:2], atol=1e-5)
        assert not torch.allclose(ours[2], theirs[2], atol=1e-3), "of another version"


def test_photos_of_one_size_may_stay_as_they_are(pairs):
    (batch,) = [crops(pairs[2:], CropConfig(batch=2, side=0, crop=(1, 1))).draw()]
    photo = torch.from_numpy(pairs[2].load()[1]).movedim(2, 0) / 255
    for target in batch.target:
        assert torch.equal(target, photo) or torch.equal(target, photo.flip(2))
