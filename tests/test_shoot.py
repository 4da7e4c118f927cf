"""The library's door for many photos: no command line, no printing."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.errors import PhotoError, UsageError
from lutbridge.image.photo import Container, Photo
from lutbridge.retouch import Retoucher
from lutbridge.shoot import Matcher, Shoot, observe, picture_of
from lutbridge.strength import FULL, Strength

A, B, STRANGER = Path("a.png"), Path("b.png"), Path("stranger.png")


@pytest.fixture
def photos():
    """Two takes of one scene in different light and framing, and noise."""
    picture = astronaut()[100:340, 60:380].astype(float)
    pixels = {A: picture[:, :300], B: 0.8 * picture[:, 20:], STRANGER: np.full((240, 300, 3), 90.0)}
    return {path: Photo(path, np.rint(p).astype(np.uint8), None, Container("png")) for path, p in pixels.items()}


@pytest.fixture
def retoucher(toy_model):
    return Retoucher.load(str(toy_model), "cpu")


@pytest.fixture
def shoot(retoucher, photos):
    shoot = Shoot(retoucher)
    for photo in photos.values():
        shoot.observe(photo)
    shoot.match(list(photos), by="all")
    return shoot


def overlap_difference(shoot, photos):
    a, b = (shoot.render(photos[path]).pixels.astype(float) for path in (A, B))
    return np.abs(a[:, 20:] - b[:, :280]).mean()


def test_photos_of_a_group_come_out_alike_and_a_stranger_as_ever(shoot, retoucher, photos):
    (group,) = shoot.groups
    assert group.photos == (A, B, STRANGER) and group.agreement.left_alone == (2,)
    assert overlap_difference(shoot, photos) < 0.8 * overlap_difference(retoucher, photos)
    assert np.array_equal(shoot.render(photos[STRANGER]).pixels, retoucher.render(photos[STRANGER]).pixels)
    assert (shoot.name, shoot.device) == (retoucher.name, "cpu")


def test_consistency_0_is_the_retoucher_itself(retoucher, photos):
    shoot = Shoot(retoucher, consistency=0.0)
    for photo in photos.values():
        shoot.observe(photo)
    shoot.match(list(photos), by="all")
    for photo in photos.values():
        assert np.array_equal(shoot.render(photo).pixels, retoucher.render(photo).pixels)


def test_a_lut_of_a_photo_has_the_weights_agreed_on(shoot, retoucher, photos):
    weights = shoot.weights(A)
    expected = retoucher.lut(photos[A], view="fused", grid_size=5, strength=0.5, w_image=weights)
    found = shoot.lut(photos[A], view="fused", grid_size=5, strength=Strength.of(0.5))
    assert np.array_equal(found.lattice, expected.lattice)
    assert not np.allclose(weights, retoucher.look(photos[A]).w_image, atol=1e-3)


def test_one_lut_for_the_group(shoot):
    lut, losses = shoot.group_lut(shoot.groups[0], grid_size=9, strength=FULL)
    assert lut.title == "3 takes - toy shared LUT" and lut.grid_size == 9 and len(losses) == 3
    identity, _ = shoot.group_lut(shoot.groups[0], grid_size=9, strength=Strength.of(0.0))
    assert np.abs(identity.lattice - lut.identity(9).lattice).max() < 1e-6


def test_the_stages_of_a_group(shoot):
    untouched, alone, matched = shoot.stages(shoot.groups[0], FULL)
    assert len(untouched) == len(alone) == len(matched) == 3
    assert np.abs(alone[0] - matched[0]).max() > 0.01 and np.array_equal(alone[2], matched[2])
    for stage in shoot.stages(shoot.groups[0], Strength.of(0.0)):
        assert np.array_equal(stage[0], untouched[0])


def test_a_photo_that_could_not_be_looked_at_fails_and_one_of_no_group_does_not(shoot, photos):
    lost, late = Path("lost.png"), Path("late.png")
    shoot.unseen[lost] = "not enough memory"
    with pytest.raises(PhotoError, match=r"lost\.png: it cannot be matched.*not enough memory"):
        shoot.weights(lost)
    assert shoot.weights(late) is None


def test_a_list_of_groups_leaves_out_what_it_does_not_name(retoucher, photos, tmp_path):
    listing = tmp_path / "groups.txt"
    listing.write_text("a.png\nb.png\n")
    shoot = Shoot(retoucher)
    for photo in photos.values():
        shoot.observe(photo)
    shoot.match(list(photos), by=str(listing))
    assert [group.photos for group in shoot.groups] == [(A, B)] and shoot.weights(STRANGER) is None
    with pytest.raises(UsageError, match=r"nowhere\.txt"):
        shoot.match(list(photos), by="nowhere.txt")


def test_groups_by_looks_need_files_only_for_what_these_say(retoucher, photos, tmp_path):
    shoot, paths = Shoot(retoucher), []
    for name, photo in photos.items():
        path = tmp_path / name
        Image.fromarray(photo.pixels).save(path)
        shoot.observe(Photo(path, photo.pixels, None, photo.container))
        paths.append(path)
    shoot.match([*paths, tmp_path / "unseen.png"], by="auto")
    assert sorted(path for group in shoot.groups for path in group.photos) == sorted(paths)
    assert next(group for group in shoot.groups if paths[2] in group.photos).photos == (paths[2],)


def test_without_takes_there_is_nothing_to_match(retoucher):
    shoot = Shoot(retoucher)
    shoot.match([A], by="all")
    assert shoot.groups == []


def test_a_matcher_takes_takes_that_are_no_files(retoucher, photos):
    matcher = Matcher(retoucher)
    takes = [observe(retoucher, photos[path]) for path in (A, B)]
    agreement = matcher.agree(takes, picture_of(photos[A]))
    assert agreement.left_alone == ()
    (before,) = matcher.pictures(takes[1:], [takes[1].look.w_image])
    (after,) = matcher.pictures(takes[1:], agreement.agreed[1:])
    common = picture_of(photos[A]).mean((0, 1))
    assert np.abs(after.mean((0, 1)) - common).sum() < np.abs(before.mean((0, 1)) - common).sum()
