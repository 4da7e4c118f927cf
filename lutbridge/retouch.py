"""The public door: a photo in; a retouched photo or a Lut3D out."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

from lutbridge.errors import SetupError
from lutbridge.image.gamut import SRGB
from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import area_thumbnail
from lutbridge.kernels.reference import render
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.lattice import fuse, identity_lattice, resize_lattice
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model import checkpoint
from lutbridge.model.network import PixelAdaptiveLUT
from lutbridge.model.registry import DEFAULT_MODEL, find_model

VIEWS = ("fitted", "fused", "image-weights")
STRIP_PIXELS = 2**18  # pixels rendered at once: about 250 MB of intermediate values
MOST_NAME = 80  # characters of a photo's name in a LUT's title
CODE_STRIP_PIXELS = 2**22  # where the CPU kernel takes codes as they are, and has no intermediate values
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

    def __init__(self, network: PixelAdaptiveLUT, name: str, device: str = "cpu", strip_pixels: int = STRIP_PIXELS):
        self.network = network.eval().to(device)
        self.name, self.device, self.strip_pixels = name, device, strip_pixels

    @classmethod
    def load(cls, model: str = DEFAULT_MODEL, device: str = "auto") -> "Retoucher":
        """Load a model.

        Args:
            model: a shipped model's name, or the path of a .safetensors file.
            device: "cpu", "cuda", or "auto" for CUDA where there is one.
        Raises:
            UsageError: no model has that name.
            SetupError: the model's file is missing or damaged, or there is no CUDA.
        """
        cuda = torch.cuda.is_available()
        if device == "cuda" and not cuda:
            raise SetupError(
                "no CUDA device is usable here; use --device cpu, or install torch's CUDA build and a driver"
            )
        if device == "auto":
            device = "cuda" if cuda else "cpu"
        path = find_model(model)
        return cls(checkpoint.read(path).network, path.stem, device)

    def rungs(self) -> Iterator["Retoucher"]:
        """What to try in turn where memory runs out: this retoucher, a half and a quarter of its strips, the CPU."""
        yield self
        for parts in (2, 4):
            yield Retoucher(self.network, self.name, self.device, self.strip_pixels // parts)
        if self.device != "cpu":
            yield Retoucher(copy.deepcopy(self.network), self.name, "cpu", self.strip_pixels // 4)

    @torch.inference_mode()
    def render(
        self, photo: Photo, strength: float = 1.0, w_image: np.ndarray | None = None, in_place: bool = False
    ) -> Rendering:
        """Retouch a photo, pixel by pixel.

        Args:
            photo: as read.
            strength: 0 gives the photo's own codes, 1 the full result; between them x + strength · (f(x) − x).
            w_image: (N,) weights to use instead of the predicted ones, as a group agrees on them.
            in_place: the result takes the place of `photo.pixels`, so that a large photo is held once.
        """
        w_image = self._weights(photo, w_image)
        out = photo.pixels if in_place else np.empty_like(photo.pixels)
        if strength == 0:
            out[:] = photo.pixels
            return Rendering(out, tuple(w_image.tolist()), 0.0)
        clipped = self._render(photo, strength, w_image, out)
        return Rendering(out, tuple(w_image.tolist()), clipped / (out.shape[0] * out.shape[1]))

    def _render(self, photo, strength, w_image, out):
        """Puts the retouched codes into `out`, which may be photo.pixels; returns how many pixels are newly clipped."""
        renderer, strip_pixels = None, self.strip_pixels
        if self.device == "cpu":
            from lutbridge.kernels.cpu import Renderer  # here, because Numba takes half a second to import

            renderer = Renderer(self.network, w_image)
            strip_pixels = CODE_STRIP_PIXELS if photo.color is SRGB else strip_pixels
        clipped = 0
        for top, rows, lead in _strips(photo.pixels, strip_pixels, self.network.local_context.k // 2):
            count = min(len(rows) - lead, max(1, strip_pixels // rows.shape[1]))
            codes, strip = rows[lead : lead + count], replace(photo, pixels=rows)
            if renderer and photo.color is SRGB:
                result, newly_clipped = renderer.codes(rows, strength, lead, lead + count)
            else:
                result, before = self._strip(strip, lead, lead + count, w_image, renderer)
                if strength != 1:
                    result = before + np.float32(strength) * (result - before)
                result = photo.color.from_model(result, before, codes)
                newly_clipped = _newly_clipped(codes, result)
            out[top : top + count] = result
            clipped += newly_clipped
        return clipped

    @torch.inference_mode()
    def lut(
        self,
        photo: Photo,
        view: str = "fitted",
        grid_size: int = 33,
        strength: float = 1.0,
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
        w_image = self._weights(photo, w_image)
        luts = self.network.luts
        if view == "image-weights":
            lattice = resize_lattice(fuse(luts, w_image), grid_size)
        else:
            before, after, w_pixel = self._samples(photo, w_image)
            lattice = resize_lattice(fuse(luts, w_image * w_pixel), grid_size)
            if view == "fitted":
                lattice = fit_lattice(before.cpu(), after.cpu(), lattice.cpu())
        identity = identity_lattice(grid_size)
        lattice = identity + strength * (lattice.cpu().clamp(0, 1) - identity)
        title = f"{photo.path.name[:MOST_NAME]} - {self.name} {view} LUT" + (
            f" {strength:.0%}" if strength != 1 else ""
        )
        wide = "" if photo.color is SRGB else f" (the photo is {photo.color.name})"
        return Lut3D(lattice.movedim(0, -1).numpy(), f"{title}, sRGB in and out{wide}")

    def network_on_cpu(self) -> PixelAdaptiveLUT:
        """The network, copied where it lives elsewhere: for small pictures the way to a GPU does not pay."""
        return self.network if self.device == "cpu" else copy.deepcopy(self.network).cpu()

    @torch.inference_mode()
    def predict(self, photo: Photo) -> np.ndarray:
        """The N image-adaptive weights (N,) float32 that the model chooses for the photo."""
        thumbnail = torch.from_numpy(area_thumbnail(photo.pixels, self.network.thumbnail_size, photo.color.to_model))
        return self.network.predictor(thumbnail.movedim(2, 0)[None].to(self.device))[0].cpu().numpy()

    def _weights(self, photo, w_image):
        chosen = self.predict(photo) if w_image is None else np.asarray(w_image, np.float32)
        return torch.from_numpy(chosen).to(self.device)

    def _strip(self, photo, top, bottom, w_image, renderer):
        """Rows [top, bottom) of the full-strength result, and before it: (rows, W, 3) float32 each."""
        edge = self.network.local_context.k // 2
        if renderer:
            first = max(0, top - edge)
            rows = photo.color.to_model(photo.pixels[first : bottom + edge])
            return renderer.strip(rows, top - first, bottom - first), rows[top - first : bottom - first]
        rgb = _with_border(photo, top, bottom, edge)
        before = rgb[:, edge : rgb.shape[1] - edge, edge : rgb.shape[2] - edge].movedim(0, 2).numpy()
        return render(self.network, w_image, rgb.to(self.device)).movedim(0, 2).cpu().numpy(), before

    def _samples(self, photo, w_image):
        """Pixels spread over the photo, before and after, (P, 3) each, and the mean of w_pixel over them (N,)."""
        k = self.network.local_context.k
        before, after, w_pixel, count = [], [], 0, 0
        for windows in _windows(photo, k, self.strip_pixels):
            windows = windows.to(self.device)
            inner = windows[..., k // 2 : k // 2 + 1, k // 2 :: k]
            weights = self.network.local_context.valid(windows)[0][..., ::k]  # none that lie across two windows
            result = self.network.mix(w_image[None], weights, inner)
            before.append(inner[0, :, 0])
            after.append(result[0, :, 0].clamp(0, 1))
            w_pixel, count = w_pixel + weights.sum((0, 2, 3)), count + weights.shape[-1]
        return torch.cat(before, 1).mT, torch.cat(after, 1).mT, w_pixel / count


def _windows(photo, k, strip_pixels):
    """Pixels on a grid over the photo with their k × k neighbours, replicated at its border.

    Yields:
        (1, 3, k, P · k): the windows of P pixels side by side; as one picture they take a quarter of the time.
    """
    height, width = photo.pixels.shape[:2]
    spacing = max(1.0, (height * width / FIT_PIXELS) ** 0.5)
    rows, columns = (_neighbourhoods(side, spacing, k) for side in (height, width))
    for part in np.array_split(rows, max(1, len(rows) * len(columns) // strip_pixels)):
        codes = photo.pixels[part.reshape(-1)][:, columns.reshape(-1)]
        rgb = photo.color.to_model(codes).reshape(len(part), k, len(columns), k, 3)
        yield torch.from_numpy(np.ascontiguousarray(rgb.transpose(4, 1, 0, 2, 3))).view(1, 3, k, -1)


def _neighbourhoods(side, spacing, k):
    """(count, k): evenly spaced places along a side of a photo, each with its neighbours."""
    count = max(1, int(side / spacing))
    places = ((np.arange(count) + 0.5) * side / count).astype(int)
    return (places[:, None] + np.arange(k) - k // 2).clip(0, side - 1)


def _strips(pixels, strip_pixels, edge):
    """A photo's rows, strip by strip, as they were before the first strip: (top, rows, lead).

    `rows` are copies: the strip's, from row `lead` of them, and where the photo has them `edge` rows above and below.
    """
    height, count = len(pixels), max(1, strip_pixels // pixels.shape[1])
    above = pixels[:0]
    for top in range(0, height, count):
        rows = np.concatenate((above, pixels[top : top + count + edge]))
        yield top, rows, len(above)
        own = rows[: len(above) + min(count, height - top)]
        above = own[max(0, len(own) - edge) :]


def _with_border(photo, top, bottom, edge):
    """Rows [top, bottom) and `edge` pixels around them, replicated at the photo's border: (3, H', W') float32."""
    height = len(photo.pixels)
    bottom = min(bottom, height)
    first, last = max(0, top - edge), min(height, bottom + edge)
    rgb = torch.from_numpy(photo.color.to_model(photo.pixels[first:last])).movedim(2, 0)
    missing = [edge, edge, edge - (top - first), edge - (last - bottom)]
    return F.pad(rgb, missing, mode="replicate")


def _newly_clipped(before, after):
    most = np.iinfo(after.dtype).max
    return int((((after == 0) & (before != 0)) | ((after == most) & (before != most))).any(-1).sum())
