"""A take: the summary of a photo that is kept while its group is matched."""

from dataclasses import dataclass

import numpy as np

from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import area_picture
from lutbridge.model.network import Look

PICTURE_SIDE = 160  # px, the long side: enough to tell a door from a wall, little enough for thousands of takes


@dataclass(frozen=True)
class Take:
    """One photo of a group, small.

    Attributes:
        name: for the user.
        picture: (h, w, 3) float32, sRGB-encoded, [0, 1]: the photo, area-averaged, upright, its aspect ratio kept.
        look: what the photo by itself needs, as the model finds it.
    """

    name: str
    picture: np.ndarray
    look: Look


def observe(retoucher, photo: Photo) -> Take:
    """Look at a photo once; nothing of it but the take is kept.

    Args:
        retoucher: a `Retoucher`, or anything that looks as it does.
        photo: as read.
    """
    picture = area_picture(photo.pixels, PICTURE_SIDE, photo.color.to_model)
    return Take(photo.path.name, picture, retoucher.look(photo))
