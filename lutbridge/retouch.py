"""The public door: a photo in; a retouched photo or a Lut3D out."""

import copy
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lutbridge.color.gamut import SRGB
from lutbridge.errors import SetupError, UsageError
from lutbridge.image.blend import blended
from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import THUMBNAILS
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model import network as numpy_network
from lutbridge.model.network import PlainNetwork
from lutbridge.model.registry import DEFAULT_MODEL, builtin_models, find_model
from lutbridge.render.strips import strips, windows
from lutbridge.strength import FULL, Strength

if TYPE_CHECKING:
    from lutbridge.train.networks.network import LutNetwork, PixelAdaptiveLUT

VIEWS = ("fitted", "fused", "image-weights")
STRIP_PIXELS = 2**18  # pixels rendered at once: about 250 MB of intermediate values
MOST_NAME = 80  # characters of a photo's name in a LUT's title
CODE_STRIP_PIXELS = 2**22  # where the CPU kernel takes codes as they are, and has no intermediate values
# Where none of these loads, torch has no CUDA. It is imported where it is needed only, as that takes two seconds.
GPU_DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")
FIT_PIXELS = 2**14  # pixels a LUT is fitted to, on a grid over the photo; four times as many come nearer by ΔE 0.001


@dataclass(frozen=True)
class Rendering:
    """A retouched photo.

    Attributes:
        pixels: (H, W, 3), upright, codes of the photo's own dtype and colour space.
        image_weights: the N image-adaptive weights w_image.
        clipped: share of the pixels, [0, 1], with a channel at the end of the range where the photo had none.
    """

    pixels: np.ndarray
    image_weights: tuple[float, ...]
    clipped: float


class Retoucher:
    """A loaded network on a device.

    Attributes:
        name: the model's, for titles and reports.
        device: "cpu" or "cuda".
        strip_pixels: pixels that are rendered at once where they go through torch; fewer take less memory.
    """

    def __init__(
        self,
        network: "LutNetwork | PlainNetwork",
        name: str,
        device: str = "cpu",
        strip_pixels: int = STRIP_PIXELS,
    ):
        self._plain = network if isinstance(network, PlainNetwork) else None
        self._network = None if self._plain else network.eval().to(device)
        self._local = self._plain is not None or hasattr(network, "local_context")
        self.name, self.device, self.strip_pixels = name, device, strip_pixels

    @classmethod
    def load(cls, model: str = DEFAULT_MODEL, device: str = "auto") -> "Retoucher":
        """Load a model.

        Args:
            model: a shipped model's name, or the path of a .safetensors file.
            device: "cpu", "cuda", or "auto" for CUDA where there is one.
        Raises:
            UsageError: no model has that name.
            SetupError: the model's file is missing or damaged, or of an architecture without basis LUTs; or there is no
                CUDA.
        """
        cuda = device != "cpu" and _has_cuda()
        if device == "cuda" and not cuda:
            raise SetupError(
                "no CUDA device is usable here; use --device cpu, or install torch's CUDA build and a driver"
            )
        device = "cuda" if cuda else "cpu"
        path = find_model(model)
        is_shipped = path in {shipped.path for shipped in builtin_models()}
        network = numpy_network.read(path) if is_shipped and device == "cpu" else None
        return cls(network or _network(path), path.stem, device)

    @property
    def network(self) -> "LutNetwork":
        """The network in torch, on the device; loaded here where renders go without."""
        if self._network is None:
            self._network = _network(self._plain.path)
        return self._network

    def rungs(self) -> Iterator["Retoucher"]:
        """What to try in turn where memory runs out: this retoucher, a half and a quarter of its strips, the CPU."""
        yield self
        for parts in (2, 4):
            yield Retoucher(self._plain or self.network, self.name, self.device, self.strip_pixels // parts)
        if self.device != "cpu":
            yield Retoucher(copy.deepcopy(self.network), self.name, "cpu", self.strip_pixels // 4)

    def render(
        self,
        photo: Photo,
        strength: Strength | float = FULL,
        w_image: np.ndarray | None = None,
        in_place: bool = False,
    ) -> Rendering:
        """Retouch a photo, pixel by pixel.

        Args:
            photo: as read.
            strength: 0 gives the photo's own codes, 1 the full result; between them x + strength · (f(x) − x).
            w_image: (N,) weights to use instead of the predicted ones, as a group agrees on them.
            in_place: the result takes the place of `photo.pixels`, so that a large photo is held once.
        """
        strength = Strength.of(strength).everywhere
        w_image = self._weights(photo, w_image)
        out = photo.pixels if in_place else np.empty_like(photo.pixels)
        if strength == 0:
            out[:] = photo.pixels
            return Rendering(out, tuple(w_image.tolist()), 0.0)
        clipped = self._render(photo, strength, w_image, out)
        return Rendering(out, tuple(w_image.tolist()), clipped / (out.shape[0] * out.shape[1]))

    def _render(self, photo, strength, w_image, out):
        """Puts the retouched codes into `out`, which may be photo.pixels; returns how many pixels are newly clipped."""
        if not self._local:
            return self._render_spatial(photo, strength, w_image, out)
        on_cpu = self.device == "cpu"
        if on_cpu:  # imported here, because Numba takes half a second and torch two
            from lutbridge.render.cpu import Renderer
        else:
            from lutbridge.render.gpu import Renderer
        renderer, in_codes = Renderer(self._plain or self.network, w_image), on_cpu and photo.color is SRGB
        strip_pixels = CODE_STRIP_PIXELS if in_codes else self.strip_pixels
        clipped = 0
        for top, rows, lead in strips(photo.pixels, strip_pixels, self._k // 2):
            count = min(len(rows) - lead, max(1, strip_pixels // rows.shape[1]))
            codes = rows[lead : lead + count]
            if in_codes:
                result, newly_clipped = renderer.codes(rows, strength, lead, lead + count)
            else:
                before = photo.color.to_model(rows)
                result, before = renderer.strip(before, lead, lead + count), before[lead : lead + count]
                result, newly_clipped = blended(photo.color, before, result, codes, strength)
            out[top : top + count] = result
            clipped += newly_clipped
        return clipped

    def _render_spatial(self, photo, strength, w_image, out):
        clipped = 0
        for strip in self._spatial_strips(photo, w_image):
            rows = slice(strip.top, strip.top + len(strip.before))
            out[rows], newly = blended(photo.color, strip.before, strip.after, photo.pixels[rows], strength)
            clipped += newly
        return clipped

    def lut(
        self,
        photo: Photo,
        view: str = "fitted",
        grid_size: int = 33,
        strength: Strength | float = FULL,
        w_image: np.ndarray | None = None,
    ) -> Lut3D:
        """One LUT for the whole photo, for hosts that cannot run the network.

        Args:
            photo: as read.
            view: "fitted" is least squares on the photo's own pixels against its pixel-adaptive render; "fused" mixes
                the basis LUTs by w_image · mean(w_pixel); "image-weights" by w_image alone (the paper's eq. 2 read
                literally; only the product of both weights is determined by training, so it may be far off).
            grid_size: M, lattice points per axis, 2 to 256.
            strength: 0 is the identity, 1 the full result.
            w_image: (N,) weights to use instead of the predicted ones, as a group agrees on them.
        """
        strength = Strength.of(strength).everywhere
        lattice = self._lattice(photo, view, grid_size, strength, self._weights(photo, w_image))
        title = f"{photo.path.name[:MOST_NAME]} - {self.name} {view} LUT" + (
            f" {strength:.0%}" if strength != 1 else ""
        )
        wide = "" if photo.color is SRGB else f" (the photo is {photo.color.name})"
        return Lut3D(lattice, f"{title}, sRGB in and out{wide}")

    def _lattice(self, photo, view, grid_size, strength, w_image):
        """`lut`, as an array (M, M, M, 3)."""
        import torch

        from lutbridge.lut.fit import fit_lattice
        from lutbridge.lut.lattice import fuse, identity_lattice, resize_lattice

        with torch.inference_mode():
            luts, w_image = self.network.luts, torch.from_numpy(w_image).to(self.device)
            if view == "image-weights":
                lattice = resize_lattice(fuse(luts, w_image), grid_size)
            else:
                before, after, w_pixel = self._samples(photo, w_image)
                lattice = resize_lattice(fuse(luts, w_image * w_pixel), grid_size)
                if view == "fitted":
                    lattice = fit_lattice(before.cpu(), after.cpu(), lattice.cpu())
            identity = identity_lattice(grid_size)
            lattice = identity + strength * (lattice.cpu().clamp(0, 1) - identity)
            return lattice.movedim(0, -1).numpy()

    def network_on_cpu(self) -> "PixelAdaptiveLUT":
        """The network, copied where it lives elsewhere: for small pictures the way to a GPU does not pay.

        Raises:
            UsageError: it weighs pixels by the whole photo, so that there is no common look to agree on.
        """
        if not self._local:
            raise UsageError(f"{self.name} weighs pixels by the whole photo and cannot match takes; leave out --group")
        return self.network if self.device == "cpu" else copy.deepcopy(self.network).cpu()

    def predict(self, photo: Photo) -> np.ndarray:
        """The N image-adaptive weights (N,) float32 that the model chooses for the photo."""
        thumbnail = self._thumbnail(photo)
        if self._plain:
            return self._plain.predictor(thumbnail)
        import torch

        with torch.inference_mode():
            seen = torch.from_numpy(thumbnail).movedim(2, 0)[None].to(self.device)
            return self.network.predictor(seen)[0].cpu().numpy()

    def _thumbnail(self, photo):
        """(S, S, 3), as the network asks for it."""
        network = self._plain or self.network
        return THUMBNAILS[network.thumbnail](photo.pixels, network.thumbnail_size, photo.color.to_model)

    @property
    def _k(self):
        return self._plain.k if self._plain else self.network.local_context.k

    def _spatial_strips(self, photo, w_image):
        from lutbridge.render.whole_photo import rendered

        thumbnail = self._thumbnail(photo)
        return rendered(self.network, photo.pixels, photo.color.to_model, thumbnail, w_image, self.strip_pixels)

    def _weights(self, photo, w_image):
        return self.predict(photo) if w_image is None else np.asarray(w_image, np.float32)

    def _samples(self, photo, w_image):
        """Pixels spread over the photo, before and after, (P, 3) each, and the mean of w_pixel over them (N,)."""
        import torch

        before, after, w_pixel, count = [], [], 0, 0
        if not self._local:
            every = max(1, photo.pixels[..., 0].size // FIT_PIXELS)
            for strip in self._spatial_strips(photo, w_image):
                for images, image in ((before, strip.before), (after, strip.after)):
                    images.append(torch.from_numpy(image.reshape(-1, 3)[-count % every :: every]))
                w_pixel, count = w_pixel + strip.w_pixel, count + strip.before[..., 0].size
            return torch.cat(before), torch.cat(after), w_pixel / count
        k = self.network.local_context.k
        for side_by_side in windows(photo, k, FIT_PIXELS, self.strip_pixels):
            side_by_side = torch.from_numpy(side_by_side).to(self.device)
            inner = side_by_side[..., k // 2 : k // 2 + 1, k // 2 :: k]
            weights = self.network.local_context.valid(side_by_side)[0][..., ::k]  # none that lie across two windows
            result = self.network.mix(w_image[None], weights, inner)
            before.append(inner[0, :, 0])
            after.append(result[0, :, 0].clamp(0, 1))
            w_pixel, count = w_pixel + weights.sum((0, 2, 3)), count + weights.shape[-1]
        return torch.cat(before, 1).mT, torch.cat(after, 1).mT, w_pixel / count


def _network(path):
    from lutbridge.model import selftest
    from lutbridge.train.networks import checkpoint
    from lutbridge.train.networks.network import LutNetwork

    network = checkpoint.read(path).network
    if not isinstance(network, LutNetwork):
        raise SetupError(
            f"{path}: this model has no basis LUTs and can only be measured (lutbridge evaluate); choose another"
        )
    try:
        selftest.check(network)
    except ValueError as error:
        raise SetupError(
            f"{path}: this model is not fit for photos: {error}; train it longer, or choose another"
        ) from error
    return network


def _has_cuda():
    for driver in GPU_DRIVERS:
        try:
            ctypes.CDLL(driver)
        except OSError:
            continue
        import torch

        return torch.cuda.is_available()
    return False
