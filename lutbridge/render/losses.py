"""The error of LUTs against the render they approximate, in ΔE2000."""

import numpy as np

from lutbridge.color.delta_e import Difference
from lutbridge.color.lab import srgb_to_lab
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.network import Look, Network
from lutbridge.render.cpu import Renderer
from lutbridge.strength import Strength


def lut_loss(network: Network, look: Look, picture: np.ndarray, lut: Lut3D, strength: Strength) -> Difference:
    """What one LUT for the whole photo loses.

    Args:
        picture: (h, w, 3) float32, sRGB-encoded, [0, 1]: the photo, small.
    """
    return _difference(lut.apply(picture), _rendered(network, look, picture, strength))


def parts_loss(
    network: Network, look: Look, picture: np.ndarray, person: Lut3D, background: Lut3D, strength: Strength
) -> Difference:
    """What the person's LUT loses that lies under the soft mask over the background's LUT; `picture` as above."""
    share = look.mask.rows(picture, 0, len(picture))[..., None]
    below = background.apply(picture)
    rebuilt = below + share * (person.apply(picture) - below)
    return _difference(rebuilt, _rendered(network, look, picture, strength))


def _rendered(network, look, picture, strength):
    return Renderer(network, look).strip(picture, 0, len(picture), 0, len(picture), strength)


def _difference(output, render):
    lab = (srgb_to_lab(np.asarray(image, np.float32)) for image in (render, output))
    return Difference.between(*lab)
