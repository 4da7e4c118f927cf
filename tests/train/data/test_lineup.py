import numpy as np
import pytest
from scipy.ndimage import rotate
from skimage.data import astronaut

from lutbridge.train.data.lineup import misalignment

PHOTO = astronaut()[:420, 20:500]


def edited(photo):
    """Warmer, softer in contrast, with lifted blacks."""
    return np.rint(40 + 0.7 * photo * np.array([1, 0.95, 0.8])).astype(np.uint8)


def test_an_edit_of_colours_lines_up():
    assert misalignment(PHOTO, edited(PHOTO)) == ""
    assert misalignment((PHOTO // 4).astype(np.uint16) * 256, edited(PHOTO)) == "", "dark, and of another depth"


@pytest.mark.parametrize(
    "other, why",
    [
        (PHOTO[:, ::-1], "does not show the same"),
        (np.full_like(PHOTO, 90), "does not show the same"),
        (rotate(PHOTO, 0.8, reshape=False, order=1, mode="nearest"), "is moved"),
        (np.roll(PHOTO, 5, axis=1), "is moved"),
    ],
    ids=["mirrored", "empty", "straightened", "shifted"],
)
def test_a_move_is_seen(other, why):
    assert why in misalignment(PHOTO, edited(other))
