import numpy as np
import pytest
from skimage.data import astronaut
from skimage.transform import resize

from lutbridge.research.overlap import align, landmarks, overlap_difference

PHOTO = astronaut()


def cropped(top, left, side, size):
    return (resize(PHOTO[top : top + side, left : left + side], (size, size), anti_aliasing=True) * 255).astype(
        np.uint8
    )


@pytest.fixture(scope="module")
def takes():
    return cropped(0, 20, 400, 300), cropped(40, 60, 360, 360)


@pytest.fixture(scope="module")
def move(takes):
    return align(*map(landmarks, takes))


def test_two_framings_are_aligned(move):
    # A pixel of the first is 400/300 px of the photo; one of the second is 1 px of it.
    assert move.scale == pytest.approx(4 / 3, rel=0.005)
    assert abs(move.rotation) < 0.005
    middle = move([[150, 150]])[0]
    assert middle == pytest.approx([150 * 4 / 3 - 40, 150 * 4 / 3 - 40], abs=1.5)


def test_the_same_picture_differs_by_little_and_a_cast_by_itself(takes, move):
    first, second = takes
    assert overlap_difference(first, second, move) < 0.6
    cast = np.clip(second + np.array([20, 0, -20]), 0, 255).astype(np.uint8)
    assert 6 < overlap_difference(first, cast, move) < 20


def test_what_only_one_take_shows_does_not_count(takes, move):
    first, second = takes
    changed = first.copy()
    changed[:, :15] = changed[:15] = (255, 0, 0)  # left of and above what the second take shows
    assert overlap_difference(changed, second, move) == pytest.approx(overlap_difference(first, second, move), abs=0.1)


def test_different_photos_and_flat_ones_are_not_aligned(takes):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    assert align(landmarks(takes[0]), landmarks(noise)) is None
    flat = landmarks(np.full((100, 100, 3), 90, np.uint8))
    assert flat is None and align(flat, landmarks(takes[0])) is None


def test_large_photos_are_aligned_by_their_reduced_pictures(takes):
    first, second = (cropped(0, 20, 400, 1200), cropped(40, 60, 360, 900))
    move = align(landmarks(first), landmarks(second))
    place = 600 * 400 / 1200  # px of the photo below and right of the first crop's corner
    assert move([[600, 600]])[0] == pytest.approx([(place - 40) * 900 / 360] * 2, abs=4)
    assert overlap_difference(first, second, move) < 0.6
