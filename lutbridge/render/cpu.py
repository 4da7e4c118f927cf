"""The CPU renderer: a photo of any size through the fused kernel, its rows shared among threads."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import TYPE_CHECKING

import numba
import numpy as np

from lutbridge.model.network import PlainNetwork, plain
from lutbridge.render.fused import render_rows
from lutbridge.render.layout import pack, reweigh

if TYPE_CHECKING:
    import torch

    from lutbridge.train.networks.network import PixelAdaptiveLUT

BAND = 16  # rows a thread takes at once
SMALL = 2**15  # pixels, up to which starting threads takes longer than they save


class Renderer:
    """One photo's renderer: a network with the photo's image-adaptive weights worked in.

    The same result, to rounding, as `render.reference.render` of the photo with its border replicated; the same to the
    bit in strips of any height and on any number of threads. Takes as many threads as NUMBA_NUM_THREADS says, by
    default one per core; may be called from several threads at once.

    Args:
        network: in torch, on the CPU, or plain.
        w_image: (N,) float32.
    """

    def __init__(self, network: "PixelAdaptiveLUT | PlainNetwork", w_image: "np.ndarray | torch.Tensor"):
        self._network = network if isinstance(network, PlainNetwork) else plain(network)
        self._packed = pack(self._network, np.asarray(w_image, np.float32))

    def reweighed(self, w_image: "np.ndarray | torch.Tensor") -> "Renderer":
        """The renderer of another photo by the same network, which is not laid out a second time."""
        other = copy(self)
        other._packed = reweigh(self._packed, self._network, np.asarray(w_image, np.float32))
        return other

    def codes(
        self, pixels: np.ndarray, strength: float = 1.0, top: int = 0, bottom: int | None = None
    ) -> tuple[np.ndarray, int]:
        """Retouch a photo, or rows [top, bottom) of it.

        Args:
            pixels: (H, W, 3) uint8 or uint16, sRGB-encoded, any strides: those rows and, where the photo has them,
                k // 2 rows above and below.
            strength: [0, 1]; x + strength · (f(x) − x).
        Returns:
            Codes (bottom − top, W, 3) of the same dtype, rounded to nearest and clamped; and how many pixels have a
            channel at the end of the range where they had none.
        """
        return self._rows(pixels, top, len(pixels) if bottom is None else bottom, np.iinfo(pixels.dtype).max, strength)

    def strip(self, rgb: np.ndarray, top: int, bottom: int) -> np.ndarray:
        """Retouch rows [top, bottom) of a photo.

        Args:
            rgb: (H, W, 3) float32, sRGB-encoded, [0, 1], any strides: those rows and, where the photo has them, k // 2
                rows above and below.
        Returns:
            (bottom − top, W, 3) float32, sRGB-encoded, clamped to [0, 1].
        """
        return self._rows(rgb, top, bottom, 1, 1)[0]

    def _rows(self, pixels, top, bottom, white, strength):
        out = np.empty((bottom - top, *pixels.shape[1:]), pixels.dtype)
        edge = self._packed.k // 2

        def band(start):
            first, stop = top + start - edge, min(top + start + BAND, bottom) + edge
            above = max(0, first)
            rows = np.require(pixels[above:stop], requirements="CAW")
            target, lead = out[start : start + BAND], top + start - above
            return render_rows(rows, lead, target, np.float32(white), np.float32(strength), self._packed)

        bands = range(0, len(out), BAND)
        if out[..., 0].size <= SMALL:
            return out, sum(map(band, bands))
        # Threads of our own around a kernel that lets go of the GIL. Of Numba's threading layers, workqueue ends the
        # process when two threads enter it, tbb is one more package, and omp shares its OpenMP with torch.
        with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "lutbridge-render") as threads:
            return out, sum(threads.map(band, bands))
