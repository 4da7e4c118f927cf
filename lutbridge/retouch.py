"""The public door for one photo: takes a photo and returns a retouched photo, a Lut3D or a mask."""

import hashlib
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lutbridge import device as devices
from lutbridge.color.delta_e import Difference
from lutbridge.color.gamut import SRGB
from lutbridge.errors import SetupError, UsageError
from lutbridge.image.blend import blended
from lutbridge.image.inspect import is_monochrome, left_alone
from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import THUMBNAILS, area_picture
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.checkpoint import load_network
from lutbridge.model.network import Look, Network
from lutbridge.model.registry import DEFAULT_MODEL, builtin_models, find_model, name_of
from lutbridge.render.strips import amounts, strips
from lutbridge.strength import FULL, Strength

VIEWS = ("fitted", "fused", "image-weights")  # of the whole photo
PART_VIEWS = ("person", "background")  # of models that separate the two
STRIP_PIXELS = 2**18  # pixels rendered at once: about 250 MB of intermediate values
MOST_NAME = 80  # characters of a photo's name in a LUT's title
CODE_STRIP_PIXELS = 2**22  # for the CPU kernel, which takes codes directly and has no intermediate values
LOSS_SIDE = 160  # px, long side of the picture on which the loss of LUTs is measured


@dataclass(frozen=True)
class Rendering:
    """A retouched photo.

    Attributes:
        pixels: (H, W, 3), upright, codes of the photo's own dtype and colour space.
        image_weights: the K image-adaptive weights w_image.
        clipped: share of the pixels, [0, 1], that are clipped in the result but not in the photo.
        notices: sentences for the user.
    """

    pixels: np.ndarray
    image_weights: tuple[float, ...]
    clipped: float
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """What was found in a photo's pixels, by the model and without it."""

    photo: weakref.ref
    look: Look
    is_monochrome: bool
    notices: tuple[str, ...]  # not empty if there is nothing to retouch


class Retoucher:
    """A loaded network on a device.

    It remembers its findings on the last photo, for callers that want a LUT, its loss and a mask one after the other.

    Attributes:
        network: the model.
        name: the model's, for titles and reports.
        device: "cpu" or "cuda".
        strip_pixels: pixels rendered at once if they are not sRGB codes; fewer need less memory.
        has_mask: whether the model separates person and background.
        digest: SHA-256 of the model's file, hexadecimal; "" without a file.
    """

    def __init__(
        self, network: Network, name: str, device: str = "cpu", strip_pixels: int = STRIP_PIXELS, digest: str = ""
    ):
        self.network, self.name, self.device, self.strip_pixels = network, name, device, strip_pixels
        self.digest = digest
        self.has_mask = network.has_mask
        self._last: _Seen | None = None

    @classmethod
    def load(cls, model: str = DEFAULT_MODEL, device: str = "auto") -> "Retoucher":
        """Load a model.

        Args:
            model: a shipped model's name, or the path of a .safetensors file.
            device: "cpu", "cuda", or "auto" for CUDA if there is one.
        Raises:
            UsageError: no model has that name.
            SetupError: the model's file is missing or damaged, or of a kind that can only be measured, or it fails on
                greys; or there is no CUDA.
        """
        device = devices.choose(device)
        path = find_model(model)
        network = load_network(path)
        if path not in {shipped.path for shipped in builtin_models()}:
            _check(network, path)
        return cls(network, name_of(path), device, digest=hashlib.sha256(path.read_bytes()).hexdigest())

    def rungs(self) -> Iterator["Retoucher"]:
        """What to try in turn if memory runs out: this retoucher, a half and a quarter of its strips, the CPU."""
        yield self
        for parts in (2, 4):
            yield Retoucher(self.network, self.name, self.device, self.strip_pixels // parts, self.digest)
        if self.device != "cpu":
            yield Retoucher(self.network, self.name, "cpu", self.strip_pixels // 4, self.digest)

    def look(self, photo: Photo) -> Look:
        """What the photo needs, as the model finds it."""
        return self._see(photo).look

    def render(
        self,
        photo: Photo,
        strength: Strength | float = FULL,
        w_image: np.ndarray | None = None,
        in_place: bool = False,
    ) -> Rendering:
        """Retouch a photo, pixel by pixel. A monochrome photo stays monochrome, to the bit.

        A picture with nothing to retouch (`image.inspect.nothing_to_retouch`) keeps its codes, with a notice.

        Args:
            photo: as read.
            strength: zero gives the photo's own codes, one the full result.
            w_image: (K,) weights to use instead of the predicted ones, as a group agrees on them.
            in_place: write the result into `photo.pixels`, so that a large photo is held only once.
        Raises:
            UsageError: person and background differ, and the model does not separate them.
        """
        strength = self.check_strength(strength)
        look, notices = self._look(photo, w_image), self._see(photo).notices
        out = photo.pixels if in_place else np.empty_like(photo.pixels)
        weights = tuple(look.w_image.tolist())
        if strength.is_zero or notices:
            out[:] = photo.pixels
            return Rendering(out, weights, 0.0, notices)
        clipped = self._render(photo, look, strength, out)
        if in_place:
            self._last = None  # the photo has other pixels now
        return Rendering(out, weights, clipped / (out.shape[0] * out.shape[1]))

    def _render(self, photo, look, strength, out):
        """Puts the retouched codes into `out`, which may be photo.pixels; returns how many pixels are newly clipped."""
        on_cpu, network = self.device == "cpu", self._network(photo)
        is_grey = network is not self.network
        if on_cpu:  # imported here, because Numba takes half a second and torch two
            from lutbridge.render.cpu import Renderer
        else:
            from lutbridge.render.gpu import Renderer
        renderer, in_codes = Renderer(network, look), on_cpu and photo.color is SRGB
        strip_pixels = CODE_STRIP_PIXELS if in_codes else self.strip_pixels
        height, clipped = len(photo.pixels), 0
        for top, rows, lead in strips(photo.pixels, strip_pixels, network.edge):
            count = min(len(rows) - lead, max(1, strip_pixels // rows.shape[1]))
            target = out[top : top + count]
            if in_codes:
                newly_clipped = renderer.codes(rows, lead, target, top, height, strength)
            else:
                before = photo.color.to_model(rows)
                after, before = renderer.strip(before, lead, count, top, height), before[lead : lead + count]
                amount = amounts(strength, look, before, top, height)
                result, newly_clipped = blended(photo.color, before, after, rows[lead : lead + count], amount)
                if is_grey:  # the way through a profile rounds each channel for itself
                    result[:] = result[..., 1:2]
                target[:] = result
            clipped += newly_clipped
        return clipped

    def lut(
        self,
        photo: Photo,
        view: str = "fitted",
        grid_size: int = 33,
        strength: Strength | float = FULL,
        w_image: np.ndarray | None = None,
    ) -> Lut3D:
        """One LUT for the whole photo, or for a part of it, for hosts that cannot run the network.

        It is the identity if `render` would leave the photo unchanged.

        Args:
            photo: as read.
            view: "fitted" is least squares on the photo's own pixels against its pixel-adaptive render; "fused" mixes
                the basis LUTs by w_image · mean(w_pixel); "image-weights" by w_image alone (the paper's eq. 2 read
                literally; only the product of both weights is determined by training, so it may be far off). "person"
                and "background" are the two LUTs that the soft mask (`mask`) mixes to the render.
            grid_size: M, lattice points per axis, 2 to 256.
            strength: zero is the identity, one the full result.
            w_image: (K,) weights to use instead of the predicted ones, as a group agrees on them.
        Raises:
            UsageError: person and background differ, and the model does not separate them.
        """
        from lutbridge.render.views import photo_lattice

        strength = self.check_strength(strength)
        if view in PART_VIEWS:
            self.check_mask(f"the {view}'s LUT")
        network, look, shown = self._network(photo), self._look(photo, w_image), self._shown(photo, strength)
        lattice = photo_lattice(network, look, photo, view, grid_size, shown)
        title = f"{photo.path.name[:MOST_NAME]} - {self.name} {view} LUT" + (f" {strength}" if strength != FULL else "")
        wide = "" if photo.color is SRGB else f" (the photo is {photo.color.name})"
        return Lut3D(lattice, f"{title}, sRGB in and out{wide}")

    def person_finder(self, photo: Photo) -> Callable[[np.ndarray], np.ndarray] | None:
        """Finds the person in a reduced picture of the photo; None if the model does not look for people.

        It takes (h, w, 3) float32, sRGB-encoded, and gives (h, w), [0, 1], 1 on the person.
        """
        if not self.has_mask:
            return None
        mask = self.look(photo).mask
        return lambda picture: mask.rows(picture, 0, len(picture))

    def mask(self, photo: Photo) -> np.ndarray:
        """The soft person mask of a photo: (H, W) uint16, 65535 on the person.

        Raises:
            UsageError: the model does not look for the person.
        """
        self.check_mask("a mask")
        mask, height = self.look(photo).mask, len(photo.pixels)
        out = np.empty(photo.pixels.shape[:2], np.uint16)
        for top, rows, _ in strips(photo.pixels, self.strip_pixels, 0):
            values = mask.rows(photo.color.to_model(rows), top, height)
            out[top : top + len(rows)] = np.rint(values * np.float32(65535))
        return out

    def loss(
        self, photo: Photo, lut: Lut3D, strength: Strength | float = FULL, w_image: np.ndarray | None = None
    ) -> Difference:
        """By how much a LUT for the whole photo misses the photo's render, as seen on a small picture of it."""
        from lutbridge.render.losses import lut_loss

        return lut_loss(*self._small(photo, w_image), lut, self._shown(photo, strength))

    def parts_loss(
        self,
        photo: Photo,
        person: Lut3D,
        background: Lut3D,
        strength: Strength | float = FULL,
        w_image: np.ndarray | None = None,
    ) -> Difference:
        """By how much the person's LUT under the soft mask, over the background's LUT, misses the photo's render.

        Raises:
            UsageError: the model does not look for the person.
        """
        from lutbridge.render.losses import parts_loss

        self.check_mask("a LUT for each part")
        return parts_loss(*self._small(photo, w_image), person, background, self._shown(photo, strength))

    def check_strength(self, strength: Strength | float) -> Strength:
        """The strength, if the model can have it.

        Raises:
            UsageError: person and background differ, and the model does not separate them.
        """
        strength = Strength.of(strength)
        if not strength.is_even:
            self.check_mask("different strengths for person and background")
        return strength

    def check_mask(self, what: str) -> None:
        """Raises UsageError, naming the request, if the model does not separate person and background."""
        if not self.has_mask:
            raise UsageError(f"{what}: {self.name} does not treat people apart; choose another --model")

    def _see(self, photo):
        seen = self._last
        if seen is None or seen.photo() is not photo:
            network = self.network
            small = THUMBNAILS[network.thumbnail](photo.pixels, network.thumbnail_size, photo.color.to_model)
            facts = network.look(small), is_monochrome(photo.pixels), left_alone(photo.pixels)
            self._last = seen = _Seen(weakref.ref(photo), *facts)
        return seen

    def _look(self, photo, w_image):
        look = self._see(photo).look
        return look if w_image is None else look.with_weights(w_image)

    def _network(self, photo):
        return self.network.monochrome if self._see(photo).is_monochrome else self.network

    def _shown(self, photo, strength):
        """The weights of a photo that stays unchanged: none of the retouch."""
        return Strength.of(0.0) if self._see(photo).notices else self.check_strength(strength)

    def _small(self, photo, w_image):
        """What a render of a photo's small picture takes: network, look, picture."""
        picture = area_picture(photo.pixels, LOSS_SIDE, photo.color.to_model)
        return self._network(photo), self._look(photo, w_image), picture


def _check(network, path):
    from lutbridge.render.selftest import check

    try:
        check(network)
    except ValueError as error:
        raise SetupError(
            f"{path}: this model is not fit for photos: {error}; train it longer, or choose another"
        ) from error
