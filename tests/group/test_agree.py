from dataclasses import replace

import numpy as np
import pytest

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.agree import agree
from lutbridge.group.pictures import rendered
from lutbridge.lut.lattice import identity_lattice, interpolate


def renders(network, takes, weights):
    looks = [t.look.with_weights(row) for t, row in zip(takes, weights, strict=True)]
    return list(rendered(network, [t.picture for t in takes], looks))


def difference(a, b):
    return delta_e_76(srgb_to_lab(a), srgb_to_lab(b)).mean()


def chroma(picture):
    return np.hypot(*srgb_to_lab(picture)[..., 1:].reshape(-1, 2).T).mean()


@pytest.fixture
def burst(scene, take):
    """Three framings of one scene, which the model alone renders cooler, warmer and brighter."""
    picture = scene(1)
    return [
        take(picture[:, :110], 0, 0.06),
        take(picture[:, 15:125], 0, -0.06),
        take(picture[:, 30:], 0.08, 0, 0.03),
    ]


def shared(network, takes, weights):
    """The part of the scene that all three framings of `burst` show, as each renders it."""
    a, b, c = renders(network, takes, weights)
    return a[:, 30:], b[:, 15:95], c[:, :80]


def test_takes_of_a_scene_come_to_look_the_same(network, burst):
    agreement = agree(network, burst)
    before, after = (shared(network, burst, weights) for weights in (agreement.alone, agreement.agreed))
    for i, j in [(0, 1), (0, 2), (1, 2)]:
        assert difference(before[i], before[j]) > 4
        assert difference(after[i], after[j]) < 1
    assert agreement.left_alone == () and len(agreement.links) == 3


def test_the_set_keeps_its_mean_look(network, burst):
    agreement = agree(network, burst)
    assert np.abs((agreement.agreed - agreement.alone).mean(0)).max() < 1e-5


def test_nothing_is_greyed_for_the_sake_of_agreement(network, burst, scene, take):
    # A fourth take in another light, which no weights bring to the others entirely: greying all would please the mean.
    odd = take(scene(1)[:, 10:120] ** np.array([1.25, 1, 0.8], np.float32))
    takes = [*burst, odd]
    agreement = agree(network, takes)
    before, after = (
        np.mean([chroma(r) for r in renders(network, takes, weights)])
        for weights in (agreement.alone, agreement.agreed)
    )
    assert after == pytest.approx(before, rel=0.03)


def test_a_red_coat_changes_its_own_take_only(network, scene, take):
    """Where means are matched instead, the scene around the coat turns green."""
    plain = scene(2)
    coat = plain.copy()
    coat[20:, 50:110] = (0.75, 0.12, 0.15)
    takes = [take(plain, 0.02, 0.02), take(coat, 0.02, 0.02)]
    around = np.ones(plain.shape[:2], bool)
    around[16:, 46:114] = False

    agreement = agree(network, takes)
    alone, agreed = (renders(network, takes, weights) for weights in (agreement.alone, agreement.agreed))
    assert difference(agreed[0][around], agreed[1][around]) < 0.3
    assert difference(agreed[1], alone[1]) < 0.5

    by_means = match_of_means(network, takes)
    matched = renders(network, takes, by_means)
    mean_ab = [srgb_to_lab(picture)[..., 1:].mean((0, 1)) for picture in matched]
    assert np.abs(mean_ab[0] - mean_ab[1]).max() < 1.5  # what it aims at, it reaches
    assert difference(matched[0][around], matched[1][around]) > 6


def match_of_means(network, takes):
    """Two takes whose mean a* and b* are made equal, as a group loss on whole photos would have it."""
    weights = np.stack([t.look.w_image for t in takes]).astype(float)
    for _ in range(40):
        mean_ab = [srgb_to_lab(p)[..., 1:].mean((0, 1)) for p in renders(network, takes, weights)]
        red_green, yellow_blue = (mean_ab[1] - mean_ab[0]) / 2
        # The warm LUT raises b*, the green one lowers a*.
        step = 0.004 * np.array([0, 0, yellow_blue, -red_green, 0])
        weights += np.stack([step, -step])
    return weights


def test_an_odd_one_out_is_left_alone_and_named(network, burst, scene, take):
    agreement = agree(network, [*burst[:2], take(scene(7), 0.05), burst[2]])
    assert agreement.left_alone == (2,)
    assert np.array_equal(agreement.agreed[2], agreement.alone[2])
    assert np.abs(agreement.agreed[[0, 1, 3]] - agreement.alone[[0, 1, 3]]).max() > 0.01


def test_one_take_keeps_its_own_weights(network, burst):
    agreement = agree(network, burst[:1])
    assert np.array_equal(agreement.agreed, agreement.alone) and agreement.left_alone == (0,)


def test_two_identical_photos_get_the_same_weights(network, burst):
    agreement = agree(network, [burst[0], burst[0]])
    assert np.abs(agreement.agreed - agreement.alone).max() < 1e-6
    assert agreement.left_alone == ()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_black_and_white_frames_are_left_alone(network, burst, take, level):
    frame = take(np.full_like(burst[0].picture, level), 0.05)
    agreement = agree(network, [burst[0], frame, burst[1], frame])
    assert agreement.left_alone == (1, 3)
    assert np.array_equal(agreement.agreed[1], agreement.alone[1])
    assert np.isfinite(agreement.agreed).all()


def test_a_monochrome_take_is_matched_with_monochrome_ones_only(network, burst, take):
    grey = [
        take(np.repeat(t.picture.mean(-1, keepdims=True), 3, -1), change)
        for t, change in zip(burst, (0.1, 0, 0), strict=True)
    ]
    mixed = agree(network, [burst[0], grey[0], burst[1]])
    assert mixed.left_alone == (1,)
    alike = agree(network, grey)
    a, b, _ = shared(network, grey, alike.agreed)
    assert alike.left_alone == () and difference(a, b) < 0.5


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 140, 3), (90, 2, 3)])
def test_slivers_are_left_alone(network, burst, take, shape):
    agreement = agree(network, [*burst[:2], take(np.full(shape, 0.4, np.float32))])
    assert 2 in agreement.left_alone


def test_consistency_goes_in_a_straight_line_from_each_alone_to_the_match(network, burst):
    agreement = agree(network, burst)
    assert np.array_equal(agreement.weights(0), agreement.alone)
    assert np.allclose(agreement.weights(1), agreement.agreed, atol=1e-7)
    assert np.allclose(agreement.weights(0.5), (agreement.alone + agreement.agreed) / 2, atol=1e-6)


def test_the_set_comes_to_the_reference_and_the_reference_stays(network, burst, scene):
    look = np.clip(scene(1) + 4 * scene(1) * (1 - scene(1)) * np.array([0.08, 0, -0.08], np.float32), 0, 1)
    agreement = agree(network, burst, reference=look)
    for picture, (left, right) in zip(
        renders(network, burst, agreement.agreed), [(0, 110), (15, 125), (30, 140)], strict=True
    ):
        assert difference(picture, look[:, left:right]) < 1.5
    assert agreement.left_alone == ()


def test_takes_that_nothing_leads_to_from_the_reference_are_named(network, burst, scene, take):
    strangers = [take(scene(8), 0.03), take(scene(8), -0.03)]
    agreement = agree(network, [*strangers, *burst], reference=scene(1))
    assert agreement.left_alone == (0, 1)


def test_a_long_shoot_agrees_along_its_chain(network, scene, take):
    random = np.random.default_rng(0)
    scenes = [scene(11, (64, 96)), scene(12, (64, 96))]
    changes = random.normal(0, 0.04, (500, 2))
    takes = [take(scenes[i // 250][:, i % 8 : 80 + i % 8], *change) for i, change in enumerate(changes)]
    agreement = agree(network, takes)
    assert agreement.left_alone == ()
    for first in (0, 250):
        agreed, alone = (w[first : first + 250].std(0) for w in (agreement.agreed, agreement.alone))
        assert (agreed[1:3] < 0.1 * alone[1:3]).all()
    # The two scenes share nothing, and neither moves the other.
    moved = (agreement.agreed - agreement.alone).reshape(2, 250, -1).mean(1)
    assert np.abs(moved).max() < 1e-5


@pytest.fixture
def styled(network):
    points = identity_lattice(17)
    return replace(network, style=(0.08 + 0.84 * points**1.1).astype(np.float32))


def test_takes_agree_before_a_style_as_they_would_without_it(network, styled, burst):
    assert np.array_equal(agree(styled, burst).agreed, agree(network, burst).agreed)


def test_a_reference_is_what_the_style_is_to_lead_to(network, styled, burst, scene):
    reference = scene(1)[:, 10:120] * np.float32(0.9)
    plain = agree(network, burst, reference).agreed
    assert np.abs(agree(styled, burst, interpolate(styled.style, reference)).agreed - plain).max() < 0.02
