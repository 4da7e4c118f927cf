import numpy as np
import pytest

from lutbridge.image.orientation import turn_back, turn_upright

# EXIF 2.32: orientation n says where row 0 and column 0 of the stored picture are in the upright one.
UPRIGHT = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_turns_as_exif_says(orientation):
    stored = np.array([[1, 2, 3], [4, 5, 6]])
    assert turn_upright(stored, orientation).tolist() == UPRIGHT[orientation]


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 7, 3), (301, 130, 3), (200, 131, 4)])
def test_turns_in_place_and_back(orientation, shape):
    original = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    stored = original.copy()
    upright = turn_upright(stored, orientation)
    assert np.shares_memory(upright, stored)
    assert all(stride > 0 for stride in upright.strides)
    assert np.array_equal(turn_back(upright, orientation), original)
