from pathlib import Path
from types import SimpleNamespace

import numpy as np

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.group.agree import agree
from lutbridge.group.take import PICTURE_SIDE, observe
from lutbridge.image.photo import Container, Photo
from lutbridge.model.network import Look


class Linear:
    """A colour space whose codes are linear light."""

    def to_model(self, codes):
        return inverse_eotf_srgb(codes.astype(np.float32) / np.iinfo(codes.dtype).max)


def photo(pixels, **changes):
    return Photo(Path("IMG_1.tif"), pixels, None, Container("tiff"), **changes)


def retoucher(*change):
    w_image = np.array([1, *change, *[0] * (4 - len(change))], np.float32)
    return SimpleNamespace(look=lambda photo: Look(w_image))


def test_a_take_is_small_upright_and_keeps_its_aspect(scene):
    pixels = np.rint(np.kron(scene(1), np.ones((5, 5, 1))) * 255).astype(np.uint8)  # 500 × 700
    take = observe(retoucher(0.1), photo(pixels))
    assert take.name == "IMG_1.tif"
    assert take.picture.shape == (round(500 * PICTURE_SIDE / 700), PICTURE_SIDE, 3)
    assert take.picture.dtype == np.float32 and take.look.w_image[1] == np.float32(0.1)
    assert abs(take.picture.mean() - pixels.mean() / 255) < 1e-3


def test_takes_of_mixed_size_depth_and_colour_space_agree(network, scene):
    picture = np.kron(scene(3, (120, 160)), np.ones((4, 4, 1)))
    large = np.rint(picture * 255).astype(np.uint8)
    half = np.rint(picture[::2, ::2] * 65535).astype(np.uint16)
    linear = np.rint(eotf_srgb(picture) * 65535).astype(np.uint16)
    takes = [
        observe(retoucher(0, 0.05), photo(large)),
        observe(retoucher(0, -0.05), photo(half)),
        observe(retoucher(0.05), photo(linear, color=Linear())),
    ]
    agreement = agree(network, takes)
    assert agreement.left_alone == ()
    assert np.ptp(agreement.agreed, axis=0).max() < 0.01
    assert np.ptp(agreement.alone, axis=0).max() > 0.04
