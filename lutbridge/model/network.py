"""A trained network for rendering, in numpy: computed once per photo, or for each pixel.

    O(h, w) = Σ_k w_image_k · w_pixel_k(h, w) · φ_(k mod N)(I(h, w))        (the paper's figure 3)

`look` finds w_image in the photo's thumbnail, with whatever else the pixels' weights need; `pixel_weights` finds
w_pixel for rows of the photo. No other code needs to know the kind of model. A model that separates person and
background has N image-adaptive weights for each, one after the other: K = 2 N. Others have K = N.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lutbridge.color.srgb import LUMINANCE
from lutbridge.lut.lattice import interpolate
from lutbridge.model.local_context import LocalContext
from lutbridge.model.regions import RegionPredictor, SoftMask, fit_lines
from lutbridge.model.restraint import restraint


@dataclass(frozen=True)
class Look:
    """What a photo needs.

    Attributes:
        w_image: (K,) float32, the image-adaptive weights.
        mask: where the person is; None if the model has none.
    """

    w_image: np.ndarray
    mask: SoftMask | None = None

    def with_weights(self, w_image: np.ndarray) -> "Look":
        """The same photo with other weights, as a group agrees on them."""
        return replace(self, w_image=np.asarray(w_image, np.float32))


@dataclass(frozen=True)
class Network:
    """A model of the paper's kind.

    Attributes:
        luts: (N, M, M, M, 3) float32, the basis LUTs, indexed [n, r, g, b, channel].
        interpolation: "trilinear" or "tetrahedral".
        thumbnail_size, thumbnail: side in pixels, and how it is made (see `image.thumbnail`).
        predictor: of w_image alone, or of w_image and the mask on cells.
        local_context: weighs pixels by their neighbours; None if the mask does.
        restraint: edits up to this mean ΔE*ab are not made; 0 if all are. This needs the
            identity as the first basis LUT, so that some weights change nothing.
        style: (M, M, M, 3) float32, the LUT after the correction; None for none. It is applied to the lattice
            points of each region's fused LUT, so that a pixel still takes one lookup.
    """

    luts: np.ndarray
    interpolation: str
    thumbnail_size: int
    thumbnail: str
    predictor: Callable[[np.ndarray], np.ndarray] | RegionPredictor
    local_context: LocalContext | None = None
    restraint: float = 0.0
    style: np.ndarray | None = None

    @property
    def edge(self) -> int:
        """Rows and columns around a pixel that its weights depend on."""
        return self.local_context.k // 2 if self.local_context else 0

    @property
    def has_mask(self) -> bool:
        """Whether the model separates person and background."""
        return self.local_context is None

    @cached_property
    def monochrome(self) -> "Network":
        """The network for monochrome photos: its output has R = G = B, to the bit."""
        style = None if self.style is None else _monochrome(self.style)
        return replace(self, luts=_monochrome(self.luts), style=style)

    @cached_property
    def correction(self) -> "Network":
        """The network without its style; its render is linear in w_image."""
        return replace(self, style=None)

    def baked(self, look: Look) -> tuple["Network", Look]:
        """One photo's look as that of a network without a style, whose basis LUTs are the regions' fused ones."""
        if self.style is None:
            return self, look
        luts = np.stack([self.fused(weights) for weights in np.split(look.w_image, 2)])
        each_its_own = np.eye(2, dtype=np.float32).ravel()
        return replace(self, luts=luts, style=None), look.with_weights(each_its_own)

    def look(self, thumbnail: np.ndarray) -> Look:
        """What a photo needs, from its canonical thumbnail (S, S, 3) float32, sRGB-encoded, [0, 1]."""
        if not self.has_mask:
            return Look(self.predictor(thumbnail))
        w_image, cells = self.predictor(thumbnail)
        look = Look(w_image, SoftMask(fit_lines(cells, thumbnail)))
        return self._restrained(look, thumbnail) if self.restraint else look

    def _restrained(self, look, thumbnail):
        background, person = (interpolate(self.correction.fused(w), thumbnail) for w in np.split(look.w_image, 2))
        mask = look.mask.rows(thumbnail, 0, len(thumbnail))[..., None]
        share = restraint(thumbnail, background + mask * (person - background), self.restraint)
        neutral = np.zeros_like(look.w_image)
        neutral[:: len(self.luts)] = 1  # the identity alone, in either region
        return look.with_weights(neutral + share * (look.w_image - neutral))

    def pixel_weights(self, look: Look, rgb: np.ndarray, top: int, height: int) -> np.ndarray:
        """Weigh the pixels of some rows.

        Args:
            rgb: (h + 2 edge, W + 2 edge, 3) float32, sRGB-encoded, [0, 1]: the rows and what is around them.
            top, height: the first of the h rows is row `top` of a photo of `height`.
        Returns:
            (h, W, K) float32.
        """
        if self.local_context:
            return self.local_context.pixel_weights(rgb)
        person = look.mask.rows(rgb, top, height)[..., None]
        return np.repeat(np.concatenate([1 - person, person], -1), len(self.luts), -1)

    def fused(self, weights: np.ndarray) -> np.ndarray:
        """Σ_k weights_k φ_(k mod N), then the style: weights (K,) to one LUT (M, M, M, 3) float32."""
        total = np.asarray(weights, np.float32).reshape(-1, len(self.luts)).sum(0)
        lattice = np.tensordot(total, self.luts, 1)
        return lattice if self.style is None else interpolate(self.style, lattice)


def _monochrome(lattices):
    return np.repeat((lattices @ LUMINANCE.astype(np.float32))[..., None], 3, -1)
